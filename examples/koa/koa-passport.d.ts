/** koa-passport has no types of its own: the little that the example calls. */
declare module 'koa-passport' {
  import type { Middleware } from 'koa';
  import type { AuthenticateOptions, Strategy } from 'passport';

  type Done<T> = (error: unknown, value?: T) => void;
  interface KoaPassport {
    use(strategy: Strategy): this;
    serializeUser<User>(serialize: (user: User, done: Done<unknown>) => void): void;
    deserializeUser<User>(deserialize: (serialized: User, done: Done<User>) => void): void;
    initialize(): Middleware;
    session(): Middleware;
    authenticate(strategy: string, options?: AuthenticateOptions): Middleware;
  }
  const passport: KoaPassport;
  export default passport;
}

/** Types of koa-passport, which has none: only what the example calls. */
declare module 'koa-passport' {
  import type { Middleware } from 'koa';
  import type { Strategy } from 'passport';

  type Done<T> = (error: unknown, value?: T) => void;
  /** `info` has the reason of a refusal. */
  type Answer<User> = (error: unknown, user: User | false, info: { message: string }, status?: number) => unknown;
  interface KoaPassport {
    use(strategy: Strategy): this;
    serializeUser<User>(serialize: (user: User, done: Done<unknown>) => void): void;
    deserializeUser<User>(deserialize: (serialized: User, done: Done<User>) => void): void;
    initialize(): Middleware;
    session(): Middleware;
    authenticate<User>(strategy: string, answer?: Answer<User>): Middleware;
  }
  const passport: KoaPassport;
  export default passport;
}

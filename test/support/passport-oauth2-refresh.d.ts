declare module 'passport-oauth2-refresh' {
  type Done = (error: unknown, accessToken?: string, refreshToken?: string, results?: object) => void;
  export class AuthTokenRefresh {
    use(strategy: object): void;
    requestNewAccessToken(name: string, refreshToken: string, done: Done): void;
    requestNewAccessToken(name: string, refreshToken: string, parameters: object, done: Done): void;
  }
}

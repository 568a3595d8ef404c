/** What Passport is told at the end, once per request. */
export type Outcome =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'success'; readonly user: unknown; readonly info: object }
  | { readonly kind: 'fail'; readonly challenge: unknown; readonly status: number | undefined }
  | { readonly kind: 'error'; readonly error: unknown };

/** A redirect to Roblox. */
export const redirect = (url: string): Outcome => ({ kind: 'redirect', url });
/** A signed-in user. */
export const success = (user: unknown, info: object): Outcome => ({ kind: 'success', user, info });
/** A login that is refused, with 403: the browser cannot mend it by credentials. */
export const refusal = (challenge: unknown): Outcome => ({ kind: 'fail', challenge, status: 403 });
/** A user whom the app's verify refused. Mostly without a status, as all Passport strategies do, so that Passport's own counts. */
export const refusedByApp = (challenge: unknown, status?: number): Outcome => ({ kind: 'fail', challenge, status });

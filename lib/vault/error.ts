/** Why a vault could not do its work. */
export type TokenVaultErrorCode =
  /** What is stored cannot be read: sealed by a secret that is not among `secrets`, changed by somebody, or not the vault's at all. */
  | 'unreadable'
  /** Another process has held the user's lock all the time that we wait for it. Try again. */
  | 'lock_timeout'
  /** The lock ended while we held it (this process stood still for long, or the server was restarted), so nothing was stored. */
  | 'lock_lost'
  /** Redis or Postgres did not answer in time. */
  | 'timeout';

/**
 * The vault's storage or lock failed: nothing is known about the user's authorization. `unreadable` stays until it is mended (or the
 * user signs in again); all else is worth another try. What the storage itself throws comes as it is.
 */
export class TokenVaultError extends Error {
  static {
    this.prototype.name = 'TokenVaultError';
  }
  /** What went wrong. */
  readonly code: TokenVaultErrorCode;

  /** @internal */
  constructor(code: TokenVaultErrorCode, message: string, about: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in about ? { cause: about.cause } : undefined);
    this.code = code;
  }
}

export { TokenVaultError, type TokenVaultErrorCode } from '../errors.ts';

import { ConnectionError } from '../errors.ts';
import { readString } from '../http/json.ts';

/** Says in plain words why an exchange failed, and what to look at first. */
export function explainFailure(error: unknown): string {
  if (!(error instanceof ConnectionError)) throw error;
  switch (error.code) {
    case 'timeout':
      return `${error.url} did not answer in time. A firewall that swallows packets is the usual cause`;
    case 'network': {
      const code = systemCodeOf(error.cause);
      return `${error.url} cannot be reached${code === undefined ? '' : ` (${code})`}. ${adviceFor(code)}`;
    }
    case 'redirect':
      return `${error.url} answers with a redirect. Look at ROBLOX_BASE_URL, and for a portal or proxy in between`;
    case 'body_too_large':
    case 'invalid_body':
      return `${error.url} answers with something that is no JSON. Look at ROBLOX_BASE_URL, and for a proxy in between`;
    case 'server_error':
      return `${error.url} answers with HTTP ${error.status}. See https://status.roblox.com, and try again later`;
    case 'unexpected_status':
      return `${error.url} answers with HTTP ${error.status}. Look at ROBLOX_BASE_URL, and for a proxy in between`;
  }
}

/** The code of the system's error, however deep a `fetch` has wrapped it. */
function systemCodeOf(cause: unknown, depth = 0): string | undefined {
  if (!(cause instanceof Error) || depth > 4) return undefined;
  const code = 'code' in cause ? readString(cause.code) : undefined;
  return code ?? systemCodeOf(cause.cause, depth + 1);
}

function adviceFor(code: string | undefined): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'Its name cannot be looked up: check the spelling, the DNS and the network';
    case 'ECONNREFUSED':
      return 'Nothing listens there: check the host and port, or start the emulator';
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return "Its certificate is not valid at this machine's time: check the clock";
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return 'A proxy that opens TLS is in between: give Node its certificate with NODE_EXTRA_CA_CERTS';
    default:
      return 'Check the network; where it needs a proxy, give the strategy a fetch that uses it';
  }
}

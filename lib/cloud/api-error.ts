import { RobloxAPIError } from '../errors.ts';
import { readErrorBody, type ErrorBody } from '../http/json.ts';
import { redact } from '../http/redact.ts';
import { readRetryAfterSeconds } from '../http/retry.ts';
import { removeQuery, type HttpResponse } from '../http/transport.ts';

const STATUS_MESSAGES: Readonly<Record<number, string>> = {
  400: 'the request was not understood',
  401: 'the authorization has ended or does not cover this; ask the user to sign in again',
  403: 'a scope or a permission is missing',
  404: 'not found',
  409: 'something else changed it at the same time',
  429: 'too many requests',
};

/** A response that is an error, and its request. */
export interface Refusal extends HttpResponse {
  readonly method: string;
  readonly url: string;
  /** The scope that the method needs, or may need. */
  readonly scope?: string | undefined;
  /** The scopes that the user granted; empty when they are not known. */
  readonly granted: readonly string[];
  readonly nowMs: number;
  /** Values that the error must not show: the server may have echoed them. */
  readonly secrets: readonly string[];
}

/** Makes the error for a response whose status is not 2xx, or whose body is not JSON. */
export function createAPIError(refusal: Refusal): RobloxAPIError {
  const { method, status, secrets } = refusal;
  const url = removeQuery(refusal.url);
  const body = readErrorBody(refusal.text, secrets);
  const said =
    body.message ??
    `${method} ${url}: Roblox answered ${status}${body.code === undefined ? '' : ` ${body.code}`} (${describeStatus(status)})`;
  return new RobloxAPIError(redact(said + buildScopeHint(refusal, body), secrets), {
    status,
    code: body.code,
    details: body.details,
    retryAfter: readRetryAfterSeconds(refusal, refusal.nowMs),
    method,
    url: redact(url, secrets),
  });
}

function describeStatus(status: number): string {
  if (status >= 200 && status < 300) return 'with a body that is not JSON; the usual cause is a proxy in between';
  return STATUS_MESSAGES[status] ?? (status >= 500 ? 'the server failed; try again later' : 'refused');
}

/** Adds a sentence about the scope when a missing scope is the likely reason. */
function buildScopeHint({ status, header, scope, granted, text }: Refusal, body: ErrorBody): string {
  const named =
    /scope/i.test(`${body.code} ${body.message}`) || /insufficient_scope/.test(header('www-authenticate') ?? text);
  if (!(status === 403 || (status === 401 && named))) return '';
  if (scope !== undefined) {
    return granted.includes(scope)
      ? `. This call works with the scope ${scope}, which the user granted: a permission may be missing`
      : `. This call needs the scope ${scope}: add it to the app and to the strategy, and let the user sign in again`;
  }
  const wanted = named ? /scope="([\w.:\- ]{1,200})"/.exec(header('www-authenticate') ?? '')?.[1] : undefined;
  return wanted === undefined ? '' : `. This call needs the scope ${wanted}`;
}

import { readString } from '../http/json.ts';
import { RobloxAPIError } from '../errors.ts';
import { readWaitMs, type ReadHeader } from '../http/rate-limit.ts';
import { redact, redactJSON } from '../http/redact.ts';
import { withoutQuery } from '../http/transport.ts';
import { isRaw, type Raw } from './read.ts';

/** What an error body says, whichever of Roblox's shapes it has. */
export interface ErrorBody {
  readonly code: string | number | undefined;
  readonly message: string | undefined;
  readonly details: unknown;
}

/** A longer body is no explanation. */
const MAX_BODY_LENGTH = 256 * 1024;

const NOTHING: ErrorBody = { code: undefined, message: undefined, details: undefined };

/**
 * Reads an error body: the gateway's `{ errors: [{ code, message }] }`, v2's `{ code, message, details }`, v1's
 * `{ error, message, errorDetails }`, ASP.NET's `{ errors: { field: [message] }, title }`, OAuth's `{ error, error_description }`.
 * Anything else, HTML or nothing at all, says nothing.
 * @see https://create.roblox.com/docs/cloud/reference/errors
 */
export function readErrorBody(text: string): ErrorBody {
  const body = text.length > MAX_BODY_LENGTH ? undefined : parse(text);
  if (!isRaw(body)) return NOTHING;
  if (Array.isArray(body['errors'])) return readGatewayErrors(body['errors']);
  if (isRaw(body['errors'])) return readFieldErrors(body, body['errors']);
  return {
    code: codeOf(body['code']) ?? readString(body['error']),
    message: readString(body['message']) ?? readString(body['error_description']) ?? readString(body['title']),
    details: body['details'] ?? body['errorDetails'],
  };
}

function readGatewayErrors(errors: readonly unknown[]): ErrorBody {
  const [first] = errors;
  if (!isRaw(first)) return { ...NOTHING, message: readString(first) };
  const { code, message, ...more } = first;
  const messages = errors.flatMap((error) => (isRaw(error) ? (readString(error['message']) ?? []) : []));
  return {
    code: codeOf(code),
    message: messages.length === 0 ? undefined : messages.join('; '),
    details: errors.length > 1 || Object.keys(more).length > 0 || isRaw(message) ? errors : undefined,
  };
}

function readFieldErrors(body: Raw, fields: Raw): ErrorBody {
  const problems = Object.entries(fields).map(([field, texts]) => {
    const text = (Array.isArray(texts) ? texts : [texts]).filter((item) => typeof item === 'string').join(' ');
    return field === '' ? text : `${field}: ${text}`;
  });
  const title = readString(body['title']) ?? readString(body['message']) ?? 'The request is not valid';
  return {
    code: codeOf(body['code']),
    message: problems.length === 0 ? title : `${title} (${problems.join('; ')})`,
    details: fields,
  };
}

function codeOf(value: unknown): string | number | undefined {
  return typeof value === 'number' ? value : readString(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is said where Roblox says nothing. */
const STATUS_MESSAGES: Readonly<Record<number, string>> = {
  400: 'the request was not understood',
  401: 'the authorization has ended or does not cover this; ask the user to sign in again',
  403: 'a scope or a permission is missing',
  404: 'there is no such thing',
  409: 'it was changed by someone else meanwhile',
  429: 'too many requests',
};

/** The longest message of Roblox's that is handed on. */
const MAX_MESSAGE_LENGTH = 1000;

/** An answer that is an error, and what was asked. */
export interface Refusal {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly header: ReadHeader;
  readonly text: string;
  /** The scope that the method needs, or may need. */
  readonly scope?: string | undefined;
  /** The scopes that the user granted; empty where nobody knows. */
  readonly granted: readonly string[];
  readonly nowMs: number;
  /** What the error must not show, although the server may have echoed it. */
  readonly secrets: readonly string[];
}

/** Makes the one error of any answer whose status is not 2xx, or whose body is none that was promised. */
export function refusalError(refusal: Refusal): RobloxAPIError {
  const { method, status, header, secrets } = refusal;
  const url = withoutQuery(refusal.url);
  const body = readErrorBody(refusal.text);
  const said =
    body.message?.slice(0, MAX_MESSAGE_LENGTH) ??
    `${method} ${url}: Roblox answered ${status}${body.code === undefined ? '' : ` ${body.code}`} (${statusMessage(status)})`;
  const waitMs = status === 429 || status >= 500 ? readWaitMs(status, header, refusal.nowMs) : undefined;
  return new RobloxAPIError(redact(said + scopeHint(refusal, body), secrets), {
    status,
    code: typeof body.code === 'string' ? redact(body.code, secrets) : body.code,
    details: redactJSON(body.details, secrets),
    retryAfter: waitMs === undefined ? undefined : Math.ceil(waitMs / 1000),
    method,
    url: redact(url, secrets),
  });
}

function statusMessage(status: number): string {
  if (status >= 200 && status < 300) return 'with a body that is no JSON; a proxy in between is the usual cause';
  return STATUS_MESSAGES[status] ?? (status >= 500 ? 'the server failed; try again later' : 'refused');
}

/** A sentence about the scope, where one is likely to be what is missing. */
function scopeHint({ status, header, scope, granted, text }: Refusal, body: ErrorBody): string {
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

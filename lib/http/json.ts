import { redact, redactJSON } from './redact.ts';
import { sleep } from './abort.ts';
import { createConnectionError, type HttpRequest, type HttpResponse, type Transport } from './transport.ts';
import type { ConnectionError } from '../errors.ts';

/** The value when it is a JSON object (no array), else undefined. */
export function readObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>) // any object can be read by name
    : undefined;
}

/** The value when it is a string that is not empty, else undefined. */
export function readString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether a value is an ID as Roblox sends it: a whole number above 0, in a string. */
export function isID(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value);
}

/** The value as an ID, also where an older service sends it as a number; undefined when it is no ID. */
export function readID(value: unknown): string | undefined {
  const id = Number.isSafeInteger(value) ? String(value) : value;
  return isID(id) ? id : undefined;
}

/** The parsed text, or undefined when it is no JSON. */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The largest answer of an OAuth endpoint that is read. They are small. */
export const MAX_OAUTH_BODY_BYTES = 1024 * 1024;

const PASSING_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);
const PAUSE_MS = 200;

/**
 * Gets a JSON object of an OAuth endpoint that may be asked again: after a broken connection, a 502, 503 or 504 it is asked once more.
 * @param bearer the access token to send along, if any
 * @throws {ConnectionError} no answer, no success, or no JSON object
 */
export async function getJSON(
  transport: Transport,
  url: string,
  bearer?: string,
): Promise<{ readonly json: Readonly<Record<string, unknown>>; readonly text: string; readonly status: number }> {
  const request = {
    method: 'GET',
    url,
    headers: { accept: 'application/json', ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
    maxBytes: MAX_OAUTH_BODY_BYTES,
    secrets: bearer === undefined ? [] : [bearer],
  };
  let response = await transport(request).catch((error: unknown) => {
    if ((error as Partial<ConnectionError>).code === 'network') return undefined; // any error can be asked for its code
    throw error;
  });
  if (response === undefined || PASSING_STATUSES.has(response.status)) {
    await sleep(PAUSE_MS);
    response = await transport(request);
  }
  const { status, text } = response;
  if (status < 200 || status > 299) throw createRefusalError(request, response);
  const json = readObject(parseJSON(text));
  if (json === undefined) throw createConnectionError('invalid_body', request, { status });
  return { json, text, status };
}

/** The error for a status that is no success, with what the body says of it. */
export function createRefusalError(request: HttpRequest, { status, text }: HttpResponse): ConnectionError {
  const { message } = readErrorBody(text, request.secrets);
  return createConnectionError(status >= 500 ? 'server_error' : 'unexpected_status', request, {
    status,
    said: message,
  });
}

/** What an error body says, whichever of Roblox's shapes it has. Without secrets. */
export interface ErrorBody {
  readonly code: string | number | undefined;
  readonly message: string | undefined;
  readonly details: unknown;
}

/** A longer body is no explanation. */
const MAX_ERROR_BODY_LENGTH = 64 * 1024;

/** The longest message of Roblox's that is handed on. */
const MAX_MESSAGE_LENGTH = 1000;

/**
 * Reads an error body: the gateway's `{ errors: [{ code, message }] }`, v2's `{ code, message, details }`, v1's
 * `{ error, message, errorDetails }`, ASP.NET's `{ errors: { field: [message] }, title }`, OAuth's `{ error, error_description }`.
 * Of anything else (HTML, nothing at all) every field is undefined.
 * @param secrets what the server may have echoed
 * @see https://create.roblox.com/docs/cloud/reference/errors
 */
export function readErrorBody(text: string, secrets: readonly string[]): ErrorBody {
  const body = text.length > MAX_ERROR_BODY_LENGTH ? undefined : readObject(parseJSON(text));
  const { code, message, details } = body === undefined ? NOTHING : readShape(body);
  return {
    code: typeof code === 'string' ? redact(code, secrets).slice(0, 100) : code,
    message: message === undefined ? undefined : redact(message, secrets).slice(0, MAX_MESSAGE_LENGTH),
    details: redactJSON(details, secrets),
  };
}

const NOTHING: ErrorBody = { code: undefined, message: undefined, details: undefined };

function readShape(body: Readonly<Record<string, unknown>>): ErrorBody {
  const { errors } = body;
  if (Array.isArray(errors)) return readGatewayErrors(errors);
  const fields = readObject(errors);
  if (fields !== undefined) return readFieldErrors(body, fields);
  return {
    code: readCode(body['code']) ?? readString(body['error']),
    message: readString(body['message']) ?? readString(body['error_description']) ?? readString(body['title']),
    details: body['details'] ?? body['errorDetails'],
  };
}

function readGatewayErrors(errors: readonly unknown[]): ErrorBody {
  const first = readObject(errors[0]);
  if (first === undefined) return { ...NOTHING, message: readString(errors[0]) };
  const { code, message, ...more } = first;
  const messages = errors.flatMap((error) => readString(readObject(error)?.['message']) ?? []);
  const isMore = errors.length > 1 || Object.keys(more).length > 0 || typeof message === 'object';
  return {
    code: readCode(code),
    message: messages.length === 0 ? undefined : messages.join('; '),
    details: isMore ? errors : undefined,
  };
}

function readFieldErrors(
  body: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, unknown>>,
): ErrorBody {
  const problems = Object.entries(fields).map(([field, texts]) => {
    const text = (Array.isArray(texts) ? texts : [texts]).filter((item) => typeof item === 'string').join(' ');
    return field === '' ? text : `${field}: ${text}`;
  });
  const title = readString(body['title']) ?? readString(body['message']) ?? 'The request is not valid';
  return {
    code: readCode(body['code']),
    message: problems.length === 0 ? title : `${title} (${problems.join('; ')})`,
    details: fields,
  };
}

function readCode(value: unknown): string | number | undefined {
  return typeof value === 'number' ? value : readString(value);
}

import type { ConnectionError } from '../errors.ts';
import { sleep } from './abort.ts';
import { redact, redactJSON } from './redact.ts';
import { TEMPORARY_STATUSES } from './retry.ts';
import { createConnectionError, type HttpRequest, type HttpResponse, type Transport } from './transport.ts';

type JSONObject = Readonly<Record<string, unknown>>;

/** Returns the value when it is a JSON object (not an array), else undefined. */
export function readObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>) // any object can be read by name
    : undefined;
}

/** Returns the value when it is a non-empty string, else undefined. */
export function readString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether a value is a Roblox ID: a whole number above 0, as a string. */
export function isID(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value);
}

/** Returns the value as an ID, undefined when it is none. Older services send IDs as numbers. */
export function readID(value: unknown): string | undefined {
  const id = Number.isSafeInteger(value) ? String(value) : value;
  return isID(id) ? id : undefined;
}

/** Parses JSON; undefined when the text is not JSON. */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a number of seconds since the epoch; undefined when it is none. */
export function readEpochSeconds(value: unknown): Date | undefined {
  const date = typeof value === 'number' ? new Date(value * 1000) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

/** Copies an object without the fields that are undefined. */
export function dropUndefined<T extends object>(fields: T): DropUndefined<T> {
  const kept: Partial<T> = {};
  // A loop: this runs for each item of a list, and Object.entries took a tenth of the list's time.
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept as DropUndefined<T>; // no field is undefined
}

type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** The type with `x?: T` for each `x: T | undefined`. */
export type DropUndefined<T> = Omit<T, OptionalKeys<T>> & { [K in OptionalKeys<T>]?: Exclude<T[K], undefined> };

/** The largest response of an OAuth endpoint that we read. Roblox's are small. */
export const MAX_OAUTH_BODY_BYTES = 1024 * 1024;

const PAUSE_MS = 200;

/**
 * Gets a JSON object from an OAuth endpoint. Tries once more after a broken connection, a 502, 503 or 504.
 * @param bearer the access token to send, if any
 * @throws {ConnectionError} no response, a status that is not 2xx, or not a JSON object
 */
export async function getJSON(
  transport: Transport,
  url: string,
  bearer?: string,
): Promise<{ readonly json: JSONObject; readonly text: string; readonly status: number }> {
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
  if (response === undefined || TEMPORARY_STATUSES.has(response.status)) {
    await sleep(PAUSE_MS);
    response = await transport(request);
  }
  const { status, text } = response;
  if (status < 200 || status > 299) throw createRefusalError(request, response);
  const json = readObject(parseJSON(text));
  if (json === undefined) throw createConnectionError('invalid_body', request, { status });
  return { json, text, status };
}

/** Makes the error for a status that is not 2xx, with the body's message. */
export function createRefusalError(request: HttpRequest, { status, text }: HttpResponse): ConnectionError {
  const { message: said } = readErrorBody(text, request.secrets);
  return createConnectionError(status >= 500 ? 'server_error' : 'unexpected_status', request, { status, said });
}

/** An error body in any of Roblox's shapes, without secrets. */
export interface ErrorBody {
  readonly code: string | number | undefined;
  readonly message: string | undefined;
  readonly details: unknown;
}

/** A longer body is not read: an explanation is short. */
const MAX_ERROR_BODY_LENGTH = 64 * 1024;

/** Longer messages of Roblox are cut. */
const MAX_MESSAGE_LENGTH = 1000;

/**
 * Reads an error body: the gateway's `{ errors: [{ code, message }] }`, v2's `{ code, message, details }`, v1's
 * `{ error, message, errorDetails }`, ASP.NET's `{ errors: { field: [message] }, title }`, OAuth's `{ error, error_description }`.
 * For anything else (HTML, an empty body) every field is undefined.
 * @param secrets values to redact: a server may echo the request
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

function readShape(body: JSONObject): ErrorBody {
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

function readFieldErrors(body: JSONObject, fields: JSONObject): ErrorBody {
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

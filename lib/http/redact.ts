import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * Takes every secret out of a text, so that it may stand in an error although a server (or a proxy) echoed the request.
 * Each secret is looked for as it is and as it looks in a URL, a form or JSON. Strings shorter than four characters are no secrets.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.filter((secret) => secret.length >= 4).flatMap(formsOf));
  let clean = text;
  // The longest first: one secret may be the beginning of another.
  for (const form of [...forms].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(form, REDACTED);
  return clean;
}

function formsOf(secret: string): string[] {
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  return [secret, encodeURIComponent(secret), inForm, JSON.stringify(secret).slice(1, -1)];
}

/** How deep JSON is followed; what lies deeper explains nothing, and a hostile depth would exhaust the stack. */
const MAX_DEPTH = 64;

/** {@link redact} for parsed JSON: every string in it, keys included. */
export function redactJSON(value: unknown, secrets: readonly string[], depth = 0): unknown {
  if (typeof value === 'string') return redact(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) return REDACTED;
  if (Array.isArray(value)) return value.map((item) => redactJSON(item, secrets, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key, secrets), redactJSON(item, secrets, depth + 1)]),
  );
}

/**
 * The error itself when it shows no secret, however deep it is inspected; else a copy of its name, message and code without them.
 * A `fetch` that an app brings may keep the whole request in its errors.
 */
export function redactError(error: unknown, secrets: readonly string[]): unknown {
  const shown = inspect(error, { depth: 12, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity });
  if (redact(shown, secrets) === shown) return error;
  const { name, message, code } = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: unknown;
    message?: unknown;
    code?: unknown;
  }; // every field is unknown: any object may be thrown
  const copy = new Error(typeof message === 'string' ? redact(message, secrets) : 'The request failed');
  if (typeof name === 'string') copy.name = redact(name, secrets);
  // The copy's own stack would point here; the original's may hold the secret.
  delete copy.stack;
  return typeof code === 'string' || typeof code === 'number'
    ? Object.assign(copy, { code: redactJSON(code, secrets) })
    : copy;
}

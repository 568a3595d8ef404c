import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/** How many layers of encoding are undone: a URL in a URL in HTML has three. */
const MAX_LAYERS = 4;

/**
 * Removes every secret from a text, so that an error may show it: a server (or a proxy) may have echoed the request.
 * Finds secrets as they are and as encoded in a URL, a form, JSON or HTML, nested too. When it finds an encoded secret, it returns the
 * text decoded. Strings shorter than four characters do not count as secrets.
 *
 * Redact first, then shorten: half a secret is not found.
 */
export function redact(text: string, secrets: readonly string[]): string {
  // A secret may look encoded itself. It would then be decoded together with the text.
  const forms = new Set(secrets.flatMap((secret) => [secret, ...decodeLayers(secret)]));
  // The longest first: a secret may begin with another one.
  const known = [...forms].filter(({ length }) => length >= 4).sort((a, b) => b.length - a.length);
  if (known.length === 0) return text;
  const strip = (from: string) => known.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), from);
  let clean = strip(text);
  for (;;) {
    const found = decodeLayers(clean).find((layer) => strip(layer) !== layer);
    if (found === undefined) return clean;
    clean = strip(found);
  }
}

/** Decodes a text once, twice and so on, each time also as a form, where a plus sign means a space. */
function decodeLayers(text: string): string[] {
  const layers: string[] = [];
  let outer = [text];
  for (let count = 0; count < MAX_LAYERS; count += 1) {
    const inner = outer.flatMap((layer) => [decode(layer), decode(layer.replaceAll('+', ' '))]);
    outer = [...new Set(inner)].filter((layer) => layer !== text && !layers.includes(layer));
    layers.push(...outer);
  }
  return layers;
}

const HTML_ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Undoes one layer of the encodings of URLs, HTML and JSON. */
function decode(text: string): string {
  return text
    .replace(/(?:%[0-9a-f]{2})+/gi, decodePercent)
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (entity, decimal, hex, name) => {
      if (typeof name === 'string') return HTML_ENTITIES[name.toLowerCase()] ?? entity;
      const point = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : entity;
    })
    .replace(/\\(?:u([0-9a-f]{4})|(["'\\/bfnrt]))/gi, (_, hex, character) => {
      if (typeof hex === 'string') return String.fromCharCode(Number.parseInt(hex, 16));
      return JSON_ESCAPES[String(character)] ?? String(character);
    });
}

const JSON_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function decodePercent(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    // Not UTF-8: decode its ASCII alone.
    return run.replace(/%[0-7][0-9a-f]/gi, (one) => String.fromCharCode(Number.parseInt(one.slice(1), 16)));
  }
}

/** How deep JSON is followed. Deeper values explain nothing, and a hostile depth would exhaust the stack. */
const MAX_DEPTH = 64;

/** {@link redact} for every string in parsed JSON, keys included. */
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
 * Copies what explains an error, without secrets: name, message, code, cause and (of an AggregateError) errors.
 * Other properties are not copied: they may hold the whole request where no scan finds it (getters, `toJSON`, a custom `inspect`).
 */
export function copyError(error: unknown, secrets: readonly string[], depth = 0): Error {
  const message = readField(error, 'message');
  const copy = new Error(typeof message === 'string' ? redact(message, secrets) : 'The request failed');
  // The copy's stack would point here, and the original's may hold a secret.
  delete copy.stack;
  const name = readField(error, 'name');
  if (typeof name === 'string' && name !== 'Error') define(copy, 'name', redact(name, secrets));
  const code = readField(error, 'code');
  if (typeof code === 'string') Object.assign(copy, { code: redact(code, secrets) });
  else if (typeof code === 'number') Object.assign(copy, { code });
  const [cause, errors] = [readField(error, 'cause'), readField(error, 'errors')];
  const copyInner = (inner: unknown) => copyError(inner, secrets, depth + 1);
  if (depth < 5 && cause !== undefined) define(copy, 'cause', copyInner(cause));
  if (depth < 5 && Array.isArray(errors)) define(copy, 'errors', errors.slice(0, 10).map(copyInner));
  return copy;
}

/** Defines a field that is not enumerable, like `name`, `cause` and `errors` of every error. */
function define(error: Error, field: string, value: unknown): void {
  Object.defineProperty(error, field, { value, configurable: true, writable: true });
}

/** Reads a field of a thrown value. Anything may be thrown, also a Proxy that throws when it is read. */
function readField(error: unknown, field: string): unknown {
  if (typeof error === 'string') return field === 'message' ? error : undefined;
  try {
    return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[field] : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns an error of the app's own function unchanged when it shows no secret, so that the app can recognise it; else
 * {@link copyError | a copy}.
 */
export function redactError(error: unknown, secrets: readonly string[]): unknown {
  const everything = { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity };
  try {
    const shown = [
      inspect(error, everything),
      inspect(error, { ...everything, customInspect: false, getters: true }),
      String(JSON.stringify(error)),
    ].join('\n');
    // inspect() shows bytes as numbers, so a secret in them would not be found.
    if (redact(shown, secrets) === shown && !/<Buffer|ArrayBuffer/.test(shown)) return error;
  } catch {
    // An error that cannot be inspected is not passed on.
  }
  return copyError(error, secrets);
}

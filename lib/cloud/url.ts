import { refuse } from '../errors.ts';

/** A value in a path template or a query parameter. */
export type Parameter = string | number | boolean;

/** Query parameters by name. Several values repeat the name; undefined and null leave it out. */
export type Query = Readonly<Record<string, Parameter | readonly Parameter[] | null | undefined>>;

/**
 * Builds the URL of a call: fills a path template and appends the query. The result is always under `baseURL`, because the request carries
 * a token.
 * @param path begins with one slash; `{name}` is replaced by a value of `values`
 * @throws {TypeError} an absolute URL, `//host`, a backslash, a `..` segment, a query or fragment in the path, a control character, a place
 * without a value, or a value without a place
 */
export function buildURL(
  baseURL: string,
  path: unknown,
  values: Readonly<Record<string, Parameter>> = {},
  query: Query = {},
): string {
  const target = `${baseURL}${fillPath(path, values)}${writeQuery(query)}`;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  // Check the result too: the URL parser might read the path in another way than fillPath.
  if (url === undefined || !url.href.startsWith(`${baseURL}/`)) {
    refuse('path', path, "a path of Open Cloud such as '/cloud/v2/groups/7'");
  }
  return target;
}

function fillPath(path: unknown, values: Readonly<Record<string, Parameter>>): string {
  if (typeof path !== 'string' || !path.startsWith('/') || path.startsWith('//')) {
    refuse(
      'path',
      path,
      "a path that begins with one slash, such as '/cloud/v2/groups/7' (the host is that of baseURL)",
    );
  }
  // eslint-disable-next-line no-control-regex -- the URL parser would drop these silently
  if (/[\u0000-\u0020\u007f\\?#]|\p{Surrogate}/u.test(path)) {
    throw new TypeError('path must have no white space, control character, backslash, ? or #; use `path` and `query`');
  }
  if (!isPlainObject(values)) refuse('options.path', values, `a plain object with the values for ${path}`);
  const unused = new Set(Object.keys(values));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    unused.delete(name);
    if (!Object.hasOwn(values, name)) throw new TypeError(`path.${name} is missing: ${path} has a place for it`);
    return encodeSegment(`path.${name}`, values[name]);
  });
  if (/[{}]/.test(filled)) refuse('path', path, 'a path without braces other than those of {name}');
  for (const name of unused) throw new TypeError(`path.${name} has no place in ${path}`);
  if (filled.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) {
    throw new TypeError('path must have no segment . or .., because it would lead to another path');
  }
  return filled;
}

/** Escapes one value for a path. Refuses a value that would change the path, such as `..`. */
function encodeSegment(name: string, value: unknown): string {
  const isNumber = typeof value === 'number' && Number.isSafeInteger(value);
  if (!isNumber && typeof value !== 'string' && typeof value !== 'boolean') {
    refuse(name, value, 'a string or a safe integer');
  }
  const text = String(value);
  if (text === '' || text === '.' || text === '..' || /\p{Surrogate}/u.test(text)) {
    refuse(name, value, 'text that can stand in a path');
  }
  return encodeURIComponent(text);
}

function writeQuery(query: Query): string {
  if (!isPlainObject(query)) refuse('query', query, 'a plain object of names and values');
  const parameters = new URLSearchParams();
  for (const [name, given] of Object.entries(query)) {
    for (const value of Array.isArray(given) ? given : [given]) {
      if (value === undefined || value === null) continue;
      if (typeof value === 'number' ? !Number.isFinite(value) : !/^(string|boolean)$/.test(typeof value)) {
        refuse(`query.${name}`, value, 'a string, a number, a boolean or an array of them');
      }
      parameters.append(name, String(value));
    }
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** Whether a value is a plain object. Not a Map, Headers or URLSearchParams, in which Object.entries finds nothing. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]' && !(Symbol.asyncIterator in (value as object));
}

import { describeValue } from '../errors.ts';

/** A value for a place in a path or for a query parameter. */
export type Parameter = string | number | boolean;

/** Query parameters by name; several values repeat the name, undefined leaves it out. */
export type Query = Readonly<Record<string, Parameter | readonly Parameter[] | null | undefined>>;

/**
 * Builds the URL of a call: fills a path template, appends the query, and makes sure that the result lies under `baseURL`, since a
 * credential goes with it.
 * @param path begins with one slash; `{name}` stands for a value of `values`
 * @throws {TypeError} an absolute URL, `//host`, a backslash, a `..` segment, a query or fragment inside the path, a control
 * character, a place without a value or a value without a place
 */
export function buildURL(
  baseURL: string,
  path: unknown,
  values: Readonly<Record<string, Parameter>> = {},
  query: Query = {},
): string {
  const target = `${baseURL}${fillPath(path, values)}${writeQuery(query)}`;
  const url = URL.canParse(target) ? new URL(target) : undefined;
  // What the checks above let through, the platform's own reading must agree with.
  if (url === undefined || !url.href.startsWith(`${baseURL}/`)) {
    throw new TypeError(
      `path must be a path of Open Cloud such as '/cloud/v2/groups/7', but is ${describeValue(path)}`,
    );
  }
  return target;
}

function fillPath(path: unknown, values: Readonly<Record<string, Parameter>>): string {
  if (typeof path !== 'string' || !path.startsWith('/') || path.startsWith('//')) {
    throw new TypeError(
      `path must begin with one slash, such as '/cloud/v2/groups/7' (the host is baseURL's), but is ${describeValue(path)}`,
    );
  }
  // eslint-disable-next-line no-control-regex -- these are what the platform's URL would silently drop
  if (/[\u0000-\u0020\u007f\\?#]|\p{Surrogate}/u.test(path)) {
    throw new TypeError('path must have no white space, control character, backslash, ? or #; use `path` and `query`');
  }
  const unused = new Set(Object.keys(values));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    unused.delete(name);
    if (!Object.hasOwn(values, name)) throw new TypeError(`path.${name} is missing: ${path} has a place for it`);
    return encodeSegment(`path.${name}`, values[name]);
  });
  if (/[{}]/.test(filled)) throw new TypeError(`path must have no braces beside {name}, but is ${describeValue(path)}`);
  for (const name of unused) throw new TypeError(`path.${name} has no place in ${path}`);
  if (filled.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) {
    throw new TypeError('path must have no segment . or .., since it would lead elsewhere');
  }
  return filled;
}

/** One value inside a path: escaped, and never one that would end or leave its segment. */
function encodeSegment(name: string, value: unknown): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new TypeError(`${name} must be a string or a safe integer, but is ${describeValue(value)}`);
  }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new TypeError(`${name} must be a string or a safe integer, but is ${describeValue(value)}`);
  }
  const text = String(value);
  if (text === '' || text === '.' || text === '..' || /\p{Surrogate}/u.test(text)) {
    throw new TypeError(`${name} must be text that can stand in a path, but is ${describeValue(value)}`);
  }
  return encodeURIComponent(text);
}

function writeQuery(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, given] of Object.entries(query)) {
    for (const value of Array.isArray(given) ? given : [given]) {
      if (value === undefined || value === null) continue;
      if (
        typeof value === 'number' ? !Number.isFinite(value) : typeof value !== 'string' && typeof value !== 'boolean'
      ) {
        throw new TypeError(
          `query.${name} must be a string, a number, a boolean or an array of them, but is ${describeValue(value)}`,
        );
      }
      parameters.append(name, String(value));
    }
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

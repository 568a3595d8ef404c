import { dereference, validate, type Schema } from '@cfworker/json-schema';
import { existsSync, readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

import { createPathReader, parseForm, parseJSON, refuseArgument, type CloudRefusal } from './request.ts';
import type { Exchange } from '../http.ts';

/** An operation of Roblox's OpenAPI description. scripts/generate-open-cloud.ts writes them. */
export interface DescribedOperation {
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly string[];
  /** The number of requests, and the period in seconds. */
  readonly limit: readonly [number, number];
  readonly parameters: readonly {
    readonly in: string;
    readonly name: string;
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  readonly body?: { readonly required: boolean; readonly types: readonly string[]; readonly schema: Schema };
  readonly status: number;
  readonly answer?: Schema;
  readonly sample?: unknown;
  /** By status: the schema of the error body, and a template with `$message`, `$code` and `$status` to fill in. */
  readonly errors: Readonly<Record<string, { readonly schema: Schema; readonly template: unknown }>>;
}

/** The operations of the description, and the schemas that they refer to. */
export interface Description {
  readonly operations: readonly DescribedOperation[];
  readonly $defs: Readonly<Record<string, Schema>>;
}

type Lookup = Record<string, Schema | boolean>;

/** Reads the description. It is compressed in the package, but not in the repository. */
export function readDescription(): Description {
  const built = new URL('../emulator/open-cloud.json.br', import.meta.url);
  const text = existsSync(built)
    ? brotliDecompressSync(readFileSync(built))
    : readFileSync(new URL('open-cloud.json', import.meta.url));
  return JSON.parse(text.toString()) as Description; // our own file
}

const description = readDescription();
const definitions: Lookup = dereference({ $id: 'https://apis.roblox.com/', $defs: { ...description.$defs } });

// Paths with fewer parameters come first: `secrets/public-key` before `secrets/{secretId}`.
const routes = description.operations
  .map((operation) => ({ operation, readParams: createPathReader(operation.path) }))
  .sort((a, b) => countParams(a.operation) - countParams(b.operation));

function countParams({ path }: DescribedOperation): number {
  return path.split('{').length - 1;
}

/** The described operation of a request. */
export interface Found {
  readonly operation: DescribedOperation;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the described operation of a request. When several match, the first whose parameters are valid. */
export function findDescribed(method: string, path: string): Found | undefined {
  const found = routes.flatMap(({ operation, readParams }) => {
    const params = operation.method === method ? readParams(path) : undefined;
    return params === undefined ? [] : [{ operation, params }];
  });
  return found.find((candidate) => findParameterProblem(candidate) === undefined) ?? found[0];
}

function findParameterProblem({ operation, params }: Found): string | undefined {
  for (const { in: place, name, schema } of operation.parameters) {
    if (place !== 'path') continue;
    const problem = findProblem(schema, readParameter(schema, [params[name] ?? '']));
    if (problem !== undefined) return `${name} does not fit Roblox's description: ${problem}`;
  }
  return undefined;
}

/**
 * Checks a request against its description.
 * @returns the JSON of a response that matches the description; undefined for an empty body
 * @throws {CloudRefusal} 400: the request does not match
 */
export async function createResponse(found: Found, exchange: Exchange): Promise<unknown> {
  const { operation } = found;
  const problem = findParameterProblem(found);
  if (problem !== undefined) throw refuseArgument(problem);
  for (const { in: place, name, required, schema } of operation.parameters) {
    if (place === 'path') continue;
    const header = exchange.req.headers[name.toLowerCase()];
    const values = place === 'query' ? exchange.query.getAll(name) : header === undefined ? [] : [header].flat();
    if (values.length === 0 && required) throw refuseArgument(`${name} is missing.`);
    if (values.length > 0 && !/^accept/i.test(name)) checkValue(schema, readParameter(schema, values), name);
  }
  await checkBody(operation, exchange);
  return operation.sample;
}

/** Builds the body of a refusal, in the form of the description, or else in the form that Roblox documents for the API. */
export function describeRefusal({ operation }: Found, { status, code, message }: CloudRefusal): unknown {
  const described = operation.errors[status];
  if (described !== undefined) return fillIn(described.template, { $message: message, $code: code, $status: status });
  if (operation.path.startsWith('/cloud/')) return { code, message };
  if (operation.path.startsWith('/assets/')) return { code: status, message };
  return { errors: [{ code: 0, message }] };
}

function fillIn(template: unknown, values: Readonly<Record<string, unknown>>): unknown {
  if (typeof template === 'string') return values[template] ?? template;
  if (Array.isArray(template)) return template.map((item) => fillIn(item, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fillIn(value, values)]));
}

async function checkBody({ body }: DescribedOperation, exchange: Exchange): Promise<void> {
  if (body === undefined) return;
  if (exchange.body.length === 0) {
    // A body with required fields is required, even if the description does not say so.
    if (body.required || findProblem(body.schema, {}) !== undefined) throw refuseArgument('The body is missing.');
    return;
  }
  const type = (exchange.req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isKnown = body.types.some(
    (known) => known === type || (known === 'application/*+json' && /\+json$/.test(type)),
  );
  if (!isKnown) throw refuseArgument(`The Content-Type header must be ${body.types.join(' or ')}.`);
  if (type === 'multipart/form-data') return checkValue(body.schema, await readForm(body.schema, exchange), 'The body');
  checkValue(body.schema, parseJSON(exchange.body.toString(), 'The body'), 'The body');
}

async function readForm(schema: Schema, { req, body }: Exchange): Promise<Record<string, unknown>> {
  const form = await parseForm(body, req.headers['content-type'] ?? '');
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Schema>>; // no schema of Roblox's is a boolean
  const entries = [...new Set(form.keys())].map((name) => {
    const expected = properties[name];
    const isFile = expected?.format === 'binary' || expected?.items !== undefined;
    // The schema has a string for a file. Its content is not checked.
    const values = form.getAll(name).map((value) => (typeof value === 'string' ? (isFile ? 0 : value) : ''));
    if (expected === undefined || isFile) return [name, expected?.items === undefined ? values[0] : values];
    const [text = ''] = values.map(String);
    return [name, expected.$ref === undefined ? readParameter(expected, [text]) : parseJSON(text, name)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function readParameter(schema: Schema, values: readonly string[]): unknown {
  const resolved = resolveSchema(schema);
  const types = [resolved.type ?? []].flat();
  if (types.includes('array')) return values.map((value) => readParameter(resolved.items as Schema, [value]));
  const [text = ''] = values;
  // Long IDs stay strings: a number would lose digits. The schema accepts both.
  if (types.includes('integer') && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (types.includes('number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (types.includes('boolean') && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return text;
}

function resolveSchema(schema: Schema): Schema {
  const inner = schema.allOf?.[0] ?? schema.anyOf?.[0];
  if (inner !== undefined && typeof inner === 'object') return resolveSchema(inner);
  const found = schema.$ref === undefined ? undefined : definitions[schema.$ref];
  return typeof found === 'object' ? resolveSchema(found) : schema;
}

/** @throws {CloudRefusal} 400: the value does not match the schema */
function checkValue(schema: Schema, value: unknown, name: string): void {
  const problem = findProblem(schema, value);
  if (problem !== undefined) throw refuseArgument(`${name} does not fit Roblox's description: ${problem}`);
}

function findProblem(schema: Schema, value: unknown): string | undefined {
  const lookup: Lookup = Object.create(definitions) as Lookup; // only strings are looked up in it
  dereference(schema, lookup, new URL('https://apis.roblox.com/request'));
  const { valid, errors } = validate(value, schema, '2020-12', lookup, true);
  const last = errors.at(-1);
  return valid ? undefined : `${last?.instanceLocation ?? '#'} ${last?.error ?? 'is wrong'}`;
}

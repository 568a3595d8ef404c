/**
 * Writes lib/cloud/openapi.ts from Roblox's OpenAPI description: types only, without prose.
 *
 *   node --import tsx scripts/generate-openapi-types.ts <description.json> [lib/cloud/openapi.ts]
 *
 * The description is that of the operations which take a user's OAuth token; Roblox publishes it in its creator-docs repository,
 * at content/en-us/reference/cloud/. For each operation the output has the values of its path, its query, headers, body and answer.
 * Operations of another host than apis.roblox.com are left out: the client sends a user's token to one host only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

type JSONObject = Record<string, unknown>;

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: JSONObject;
}

interface Server {
  readonly url: string;
}

interface Operation {
  /** Where this operation is, when it is elsewhere than the rest of its path. */
  readonly servers?: readonly Server[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content?: Record<string, { readonly schema: JSONObject }>;
  };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema?: JSONObject }> }>;
}

interface Description {
  readonly servers?: readonly Server[];
  readonly paths: Readonly<Record<string, JSONObject>>;
  readonly components: { readonly schemas: Readonly<Record<string, JSONObject>> };
}

/** The host that the client speaks to. */
const HOST = 'https://apis.roblox.com';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** Words about a schema rather than of it. */
const PROSE = new Set([
  'description',
  'summary',
  'example',
  'examples',
  'title',
  'externalDocs',
  'deprecated',
  'default',
]);
/** Formats that stand for types which OpenAPI has no word for. */
const FORM = 'x-form-data';
const NOTHING = 'x-nothing';

/** Writes the source of lib/cloud/openapi.ts. */
export async function writeTypes(description: Description): Promise<string> {
  const operations = new Map<string, { readonly method: string; readonly path: string }>();
  const schemas: Record<string, unknown> = {};
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of METHODS) {
      const operation = item[method] as Operation | undefined;
      if (operation === undefined) continue;
      // OpenAPI 3, "Server Object": the operation's servers win over the path's, and those over the document's.
      const servers = operation.servers ?? (item['servers'] as Operation['servers']) ?? description.servers ?? [];
      if (!servers.some(({ url }) => url.replace(/\/$/, '') === HOST)) continue;
      const name = `operation${operations.size}`;
      operations.set(name, { method: method.toUpperCase(), path });
      const parameters = [...((item['parameters'] as Parameter[] | undefined) ?? []), ...(operation.parameters ?? [])];
      schemas[name] = describeOperation(method, path, parameters, operation);
    }
  }
  const known = description.components.schemas;
  for (const name of findReferences(Object.values(schemas), known)) schemas[name] = dropProse(known[name]);

  const document = {
    openapi: '3.0.4',
    info: { title: '', version: '' },
    paths: {},
    components: { schemas },
  } as unknown as OpenAPI3; // built from a valid one
  const nodes = await openapiTS(document, { silent: true, emptyObjectsUnknown: true, transform: openEnum });
  const file = ts.createSourceFile('x.ts', astToString(nodes), ts.ScriptTarget.Latest, true);

  const byMethod = new Map<string, string[]>();
  const types: string[] = [];
  for (const member of readSchemaMembers(file)) {
    const name = (member.name as ts.Identifier | ts.StringLiteral).text;
    const type = member
      .type!.getText()
      .replaceAll('components["schemas"]', 'Schemas')
      .replace(/\/\*\*.*?\*\//gs, '');
    const operation = operations.get(name);
    if (operation === undefined) types.push(`${JSON.stringify(name)}: ${type};`);
    else byMethod.set(operation.method, [...(byMethod.get(operation.method) ?? []), `'${operation.path}': ${type};`]);
  }

  return `// Written by scripts/generate-openapi-types.ts from Roblox's OpenAPI description; do not edit.

/** Every operation of apis.roblox.com that takes a user's OAuth token, by method and path template. */
export interface Operations {
${[...byMethod].map(([method, lines]) => `${method}: {\n${lines.join('\n')}\n};`).join('\n')}
}

/** What operations take and answer. */
export interface Schemas {
${types.join('\n')}
}
`;
}

function describeOperation(method: string, path: string, parameters: readonly Parameter[], operation: Operation) {
  const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, place]) => place!);
  const media = operation.requestBody?.content ?? {};
  const json = Object.keys(media).find((type) => type.endsWith('json'));
  const body =
    json !== undefined ? media[json]!.schema : 'multipart/form-data' in media ? { type: 'string', format: FORM } : {};
  const query = parameters.filter((parameter) => parameter.in === 'query');
  // Those that fetch sets by itself are not for callers.
  const headers = parameters.filter(({ in: where, name }) => where === 'header' && !/^accept/i.test(name));
  const parts = {
    path: describeObject(
      places.map((name) => ({ in: 'path', name, required: true, schema: allowStrings({ type: 'integer' }) })),
    ),
    query: describeObject(query.map((parameter) => ({ ...parameter, schema: allowStrings(parameter.schema) }))),
    headers: describeObject(headers.map((parameter) => ({ ...parameter, schema: { type: 'string' } }))),
    body: operation.requestBody === undefined ? undefined : dropProse(body),
    answer: describeAnswer(method, operation),
  };
  const required = [
    ...(places.length > 0 ? ['path'] : []),
    ...(query.some((parameter) => parameter.required) ? ['query'] : []),
    ...(headers.some((parameter) => parameter.required) ? ['headers'] : []),
    ...(operation.requestBody?.required ? ['body'] : []),
    'answer',
  ];
  return { type: 'object', properties: JSON.parse(JSON.stringify(parts)), required };
}

function describeObject(parameters: readonly Parameter[]) {
  if (parameters.length === 0) return undefined;
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, dropProse(schema)])),
    required: parameters.filter((parameter) => parameter.required).map((parameter) => parameter.name),
  };
}

/** An ID need not fit a JavaScript number, so a string is as good wherever a whole number is asked for in a URL. */
function allowStrings(schema: JSONObject): JSONObject {
  if (schema['type'] === 'integer') return { oneOf: [{ type: 'string' }, { type: 'integer' }] };
  if (schema['type'] === 'array') return { ...schema, items: allowStrings(schema['items'] as JSONObject) };
  return schema;
}

/** The JSON of the first success; nothing where none is described, which for a GET is only an omission. */
function describeAnswer(method: string, operation: Operation): unknown {
  const successes = Object.entries(operation.responses).filter(([status]) => /^2/.test(status));
  for (const [, { content = {} }] of successes) {
    const schema = Object.entries(content).find(([type]) => type.endsWith('json'))?.[1].schema;
    if (schema !== undefined) return dropProse(schema);
  }
  return method === 'get' ? {} : { type: 'string', format: NOTHING };
}

function dropProse(value: unknown, inProperties = false): unknown {
  if (Array.isArray(value)) return value.map((item) => dropProse(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => inProperties || (!PROSE.has(key) && !key.startsWith('x-')));
  return Object.fromEntries(
    entries.map(([key, item]) => [key, dropProse(item, key === 'properties' && !inProperties)]),
  );
}

function findReferences(roots: readonly unknown[], schemas: Readonly<Record<string, unknown>>): Set<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const reference = (value as JSONObject)['$ref'];
    if (typeof reference === 'string') {
      const name = reference.replace('#/components/schemas/', '');
      if (!found.has(name)) {
        found.add(name);
        visit(schemas[name]);
      }
    }
    Object.values(value).forEach(visit);
  };
  roots.forEach(visit);
  return found;
}

/** Enums are open: Roblox adds to them. */
function openEnum(schema: { enum?: unknown; format?: string; type?: unknown }): ts.TypeNode | undefined {
  if (schema.format === FORM) return ts.factory.createTypeReferenceNode('FormData');
  if (schema.format === NOTHING) return ts.factory.createKeywordTypeNode(ts.SyntaxKind.UndefinedKeyword);
  if (!Array.isArray(schema.enum) || schema.enum.some((value) => typeof value !== 'string')) return undefined;
  const known = schema.enum.map((value: string) =>
    ts.factory.createLiteralTypeNode(ts.factory.createStringLiteral(value, true)),
  );
  const open = ts.factory.createParenthesizedType(
    ts.factory.createIntersectionTypeNode([
      ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword),
      ts.factory.createTypeLiteralNode([]),
    ]),
  );
  return ts.factory.createUnionTypeNode([...known, open]);
}

function readSchemaMembers(source: ts.SourceFile): ts.PropertySignature[] {
  const components = source.statements.find(
    (node): node is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(node) && node.name.text === 'components',
  );
  const member = components?.members.find((node) => node.name?.getText() === 'schemas');
  if (member === undefined || !ts.isPropertySignature(member) || !member.type || !ts.isTypeLiteralNode(member.type)) {
    throw new Error('openapi-typescript wrote something unexpected');
  }
  return member.type.members.filter(ts.isPropertySignature);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [input, output = 'lib/cloud/openapi.ts'] = process.argv.slice(2);
  if (input === undefined) throw new Error('Say where the OpenAPI description is');
  const source = await writeTypes(JSON.parse(readFileSync(input, 'utf8')));
  const config = await resolveConfig(output);
  writeFileSync(output, await format(source, { ...config, parser: 'typescript' }));
  console.log(`Written: ${output}`);
}

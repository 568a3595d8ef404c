/**
 * Writes lib/emulator/cloud/open-cloud.json from Roblox's OpenAPI description: what the emulator needs to check the requests of every
 * operation that takes a user's OAuth token, and to answer them.
 *
 *   node --import tsx scripts/generate-open-cloud.ts <description.json> [lib/emulator/cloud/open-cloud.json]
 *
 * The description is the input of generate-openapi-types.ts, too. Schemas become JSON Schema without prose; answers are sampled from
 * the schemas by openapi-sampler. One line for each operation and schema, so that a new description shows what has changed.
 */
import { Ajv } from 'ajv';
import { readFileSync, writeFileSync } from 'node:fs';
import { sample } from 'openapi-sampler';

type JSONObject = Record<string, unknown>;

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: JSONObject;
}

interface Media {
  readonly schema?: JSONObject;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly $ref?: string;
    readonly required?: boolean;
    readonly content?: Record<string, Media>;
  };
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>;
  readonly 'x-roblox-scopes'?: readonly { readonly name: string; readonly description?: string }[];
  readonly 'x-roblox-rate-limits'?: {
    readonly perOauth2Authorization?: { readonly period: string; readonly maxInPeriod: number };
  };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
/** Words of JSON Schema that are kept; all others are prose, or say how a form looks. */
const KEPT = new Set(
  `$ref type enum items properties required additionalProperties allOf oneOf anyOf minimum maximum minLength maxLength
  minItems maxItems pattern format writeOnly`.split(/\s+/),
);
/** Formats that JSON Schema knows by the same name, and `binary` for files in forms. */
const FORMATS = new Set(['date-time', 'uuid', 'binary']);
const SCHEMAS = '#/components/schemas/';
/** Where references of the output lead: the same place in JSON Schema's words. */
const DEFINITIONS = 'https://apis.roblox.com/#/$defs/';

const [input, output = 'lib/emulator/cloud/open-cloud.json'] = process.argv.slice(2);
if (input === undefined) throw new Error('Say where the OpenAPI description is');
const description = JSON.parse(readFileSync(input, 'utf8'));
const described: Record<string, JSONObject> = description.components.schemas;

const schemas = Object.fromEntries(Object.entries(described).map(([name, schema]) => [name, convertSchema(schema)]));
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema({ $id: 'https://apis.roblox.com/', $defs: schemas });
dropWrongExamples(described);

const operations = Object.entries<Record<string, Operation>>(description.paths).flatMap(([path, item]) =>
  METHODS.flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [describeOperation(method, path, operation)];
  }),
);
const lines = (items: readonly string[]) => items.map((item) => `    ${item}`).join(',\n');
writeFileSync(
  output,
  `{
  "operations": [
${lines(operations.map((operation) => JSON.stringify(operation)))}
  ],
  "$defs": {
${lines(
  Object.keys(schemas)
    .sort()
    .map((name) => `${JSON.stringify(name)}: ${JSON.stringify(schemas[name])}`),
)}
  }
}
`,
);
console.log(`${operations.length} operations and ${Object.keys(schemas).length} schemas in ${output}`);

function describeOperation(method: string, path: string, operation: Operation): JSONObject {
  const limit = operation['x-roblox-rate-limits']?.perOauth2Authorization;
  const [status, success] = Object.entries(operation.responses).find(([code]) => /^2/.test(code)) ?? ['200', {}];
  const answer = findJSON(success.content);
  const failures = Object.entries(operation.responses).filter(([code]) => /^4/.test(code));
  return dropUndefined({
    method: method.toUpperCase(),
    path,
    // Scopes with a description are needed in some cases alone.
    scopes: (operation['x-roblox-scopes'] ?? [])
      .filter((scope) => scope.description === undefined)
      .map(({ name }) => name),
    limit: [limit?.maxInPeriod ?? 100, limit?.period === 'SECOND' ? 1 : 60],
    parameters: (operation.parameters ?? []).map((parameter) => ({
      in: parameter.in,
      name: parameter.name,
      required: parameter.required ?? false,
      schema: convertSchema(parameter.schema),
    })),
    body: describeBody(operation),
    status: Number(status),
    answer: answer && convertSchema(answer),
    sample: answer && makeSample(answer),
    errors: dropUndefined(
      Object.fromEntries(
        failures.map(([code, { content }]) => {
          const schema = findJSON(content);
          return [code, schema && { schema: convertSchema(schema), template: makeErrorTemplate(schema, Number(code)) }];
        }),
      ),
    ),
  });
}

function describeBody({ requestBody }: Operation): JSONObject | undefined {
  const name = requestBody?.$ref?.split('/').at(-1);
  const body =
    name === undefined ? requestBody : (description.components.requestBodies[name] as Operation['requestBody']);
  if (body === undefined) return undefined;
  const types = Object.keys(body.content ?? {});
  const schema = findJSON(body.content) ?? body.content?.['multipart/form-data']?.schema ?? {};
  return { required: body.required ?? false, types, schema: convertSchema(schema) };
}

function findJSON(content: Record<string, Media> = {}): JSONObject | undefined {
  return Object.entries(content).find(([type]) => type.endsWith('json'))?.[1].schema;
}

/** OpenAPI 3.0 to JSON Schema: `nullable` becomes a type. */
function convertSchema(schema: JSONObject): JSONObject {
  if (typeof schema['$ref'] === 'string') {
    return { $ref: DEFINITIONS + encodeURIComponent(schema['$ref'].slice(SCHEMAS.length)) };
  }
  const converted: JSONObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!KEPT.has(key)) continue;
    if (key === 'properties') {
      const entries = Object.entries(value as Record<string, JSONObject>);
      converted[key] = Object.fromEntries(entries.map(([name, property]) => [name, convertSchema(property)]));
    } else if (key === 'required') {
      // `required: true` beside a property is Swagger's form, which OpenAPI 3 has no meaning for.
      if (Array.isArray(value)) converted[key] = value.filter((name) => !isOneWay(schema, String(name)));
    } else if (key === 'format') {
      if (FORMATS.has(String(value))) converted[key] = value;
    } else if (key === 'oneOf') {
      // Roblox's alternatives overlap: most values are several of them.
      converted['anyOf'] = (value as JSONObject[]).map(convertSchema);
    } else if (Array.isArray(value)) {
      converted[key] = key === 'enum' ? value : value.map((item) => convertSchema(item as JSONObject));
    } else {
      converted[key] = typeof value === 'object' && value !== null ? convertSchema(value as JSONObject) : value;
    }
  }
  // In JSON, whole numbers of 64 bits come as numbers and as strings: Roblox's guides show both.
  if (schema['type'] === 'integer' && schema['format'] === 'int64') {
    Object.assign(converted, { type: ['integer', 'string'], pattern: '^-?\\d+$' });
  }
  if (schema['nullable'] !== true) return converted;
  if (Object.keys(converted).length === 0) return converted;
  if (converted['type'] === undefined) return { anyOf: [converted, { type: 'null' }] };
  const values = converted['enum'] as unknown[] | undefined;
  return { ...converted, type: [converted['type'], 'null'].flat(), ...(values && { enum: [...values, null] }) };
}

/** Whether a property is for answers or for requests alone: it cannot be required of both. */
function isOneWay(schema: JSONObject, name: string): boolean {
  const { readOnly, writeOnly } = (schema['properties'] as Record<string, JSONObject> | undefined)?.[name] ?? {};
  return readOnly === true || writeOnly === true;
}

/** Some of Roblox's examples are not of the type that they stand for. */
function dropWrongExamples(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const item of Object.values(value)) dropWrongExamples(item);
  const schema = value as JSONObject;
  if (!('example' in schema) || !('type' in schema || '$ref' in schema)) return;
  if (!ajv.validate(convertSchema(schema), schema['example'])) delete schema['example'];
}

function makeSample(schema: JSONObject): unknown {
  const made: unknown = sample(schema, { skipWriteOnly: true }, description);
  if (ajv.validate(convertSchema(schema), made)) return made;
  throw new Error(`A sample does not fit its schema: ${ajv.errorsText()} in ${JSON.stringify(made).slice(0, 500)}`);
}

/** The body of a refusal, with `$message`, `$code` and `$status` in the place of what the emulator fills in. */
function makeErrorTemplate(schema: JSONObject, status: number): unknown {
  const { $ref, oneOf, allOf, properties, items, enum: values, type } = schema as Record<string, unknown>;
  if (typeof $ref === 'string') return makeErrorTemplate(described[$ref.slice(SCHEMAS.length)] ?? {}, status);
  const [first] = (oneOf ?? allOf ?? []) as JSONObject[];
  if (first !== undefined) return makeErrorTemplate(first, status);
  if (Array.isArray(values)) return findErrorCode(values as string[], status);
  if (type === 'array') return [makeErrorTemplate(items as JSONObject, status)];
  if (typeof properties !== 'object' || properties === null) return {};
  const filled = Object.entries(properties as Record<string, JSONObject>).map(([name, property]) => {
    if (/^(?:message|errorMessage|detail|title)$/.test(name)) return [name, '$message'];
    if (/^(?:status|code)$/.test(name)) return [name, property['type'] === 'integer' ? '$status' : '$code'];
    if (name === 'errorCode' || property['type'] === 'array') return [name, makeErrorTemplate(property, status)];
    return [name, undefined];
  });
  return dropUndefined(Object.fromEntries(filled) as JSONObject);
}

function findErrorCode(values: readonly string[], status: number): string | undefined {
  const wanted: Record<number, RegExp> = {
    400: /^BadRequest$/,
    401: /^NotAuthenticated$/,
    403: /^UnauthorizedAccess$/,
    404: /^NotFound$/,
    409: /Conflict|DuplicateProductName/,
  };
  return values.find((value) => wanted[status]?.test(value)) ?? values[0];
}

function dropUndefined(object: JSONObject): JSONObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

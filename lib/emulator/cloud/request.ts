import { randomUUID } from 'node:crypto';

import type { OperationFault } from '../faults.ts';
import type { AppIdentities } from '../identities.ts';
import type { Access } from '../oauth/storage.ts';
import type { EmulatorParts } from '../world.ts';

/** A message that an app published to an experience. */
export interface PublishedMessage {
  readonly universeId: string;
  readonly topic: string;
  readonly message: string;
}

/** A notification that an app sent to a person, in Roblox's fields. */
export interface SentNotification {
  /** The person, by the ID in `users`. */
  readonly userId: string;
  readonly id: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A restart of servers that an app requested, in Roblox's fields. */
export interface RequestedRestart {
  readonly universeId: string;
  readonly request: Readonly<Record<string, unknown>>;
}

/** What apps did. The newest thousand of each kind. */
export interface Records {
  readonly messages: PublishedMessage[];
  readonly notifications: SentNotification[];
  readonly restarts: RequestedRestart[];
}

/** The input of an endpoint. */
export interface CloudRequest extends EmulatorParts {
  readonly access: Access;
  readonly ids: AppIdentities;
  /** By ID. The newest thousand. */
  readonly operations: Map<string, StoredOperation>;
  readonly records: Records;
  readonly now: Date;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: Buffer;
}

/** The fields of a request or a response. */
type JSONObject = Record<string, unknown>;

/** Makes the JSON response; undefined means an empty body. @throws {CloudRefusal} */
export type Endpoint = (request: CloudRequest) => JSONObject | undefined | Promise<JSONObject | undefined>;

const statuses = {
  INVALID_ARGUMENT: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
} as const;

/**
 * A refusal by Open Cloud.
 * @see https://create.roblox.com/docs/cloud/reference/errors
 */
export class CloudRefusal extends Error {
  readonly code: keyof typeof statuses;
  readonly status: number;

  constructor(code: keyof typeof statuses, message: string) {
    super(message);
    this.code = code;
    this.status = statuses[code];
  }
}

/** @throws {CloudRefusal} 403: the token lacks a scope */
export function requireScopes({ access }: Pick<CloudRequest, 'access'>, ...scopes: readonly string[]): void {
  const missing = scopes.filter((scope) => !access.scopes.has(scope));
  if (missing.length > 0) throw refuseScope(missing.join(', '));
}

/** Makes the refusal for a scope that was not granted. */
export function refuseScope(scope: string): CloudRefusal {
  return new CloudRefusal('PERMISSION_DENIED', `The access token does not have the required scope: ${scope}`);
}

/** Makes the refusal for a wrong value in a request. */
export function refuseArgument(message: string): CloudRefusal {
  return new CloudRefusal('INVALID_ARGUMENT', message);
}

/** Makes the refusal for a filter that Roblox does not accept. */
export function refuseFilter(what: string): CloudRefusal {
  return refuseArgument(`The provided filter is invalid: ${what}.`);
}

/**
 * Reads the JSON body of a request.
 * @throws {CloudRefusal} 400: not a JSON object, or another content type
 */
export function readJSONBody({ body, contentType }: Pick<CloudRequest, 'body' | 'contentType'>): JSONObject {
  if (!/^application\/json\b/i.test(contentType)) {
    throw refuseArgument('The Content-Type header must be application/json.');
  }
  return readObject(parseJSON(body.toString(), 'The body'), 'The body');
}

/** @throws {CloudRefusal} 400: not JSON */
export function parseJSON(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuseArgument(`${name} is not JSON.`);
  }
}

/** @throws {CloudRefusal} 400: not multipart form data */
export async function parseForm(body: Buffer, contentType: string): Promise<FormData> {
  const response = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
  return response.formData().catch(() => Promise.reject(refuseArgument('The multipart form data cannot be read.')));
}

/** @throws {CloudRefusal} 400: not an object */
export function readObject(value: unknown, name: string): JSONObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuseArgument(`${name} must be an object.`);
  }
  return { ...value };
}

/** @throws {CloudRefusal} 400: not a string, or too short or too long */
export function readText(value: unknown, name: string, max: number, min = 1): string {
  if (typeof value === 'string' && value.length >= min && value.length <= max) return value;
  throw refuseArgument(`${name} must be a string of ${min} to ${max} characters.`);
}

/** A long-running operation, which apps poll until it is done. */
export interface StoredOperation {
  /** Who may poll it: the authorization of an upload, or the user of a thumbnail. */
  readonly owner: string;
  /** The path of the resource that it belongs to, with a slash at the end. */
  readonly parent: string;
  /** Makes the response. Called once, when the operation is done. */
  readonly finish: () => JSONObject;
  readonly fault: OperationFault | undefined;
  /** How many more responses say `done: false`. */
  left: number;
  /** How it ended. */
  result?: { readonly response: JSONObject } | { readonly error: OperationFault['error'] };
}

/**
 * Starts a long-running operation.
 * @returns the response to the first poll
 */
export function startOperation(
  { operations, faults }: CloudRequest,
  about: Omit<StoredOperation, 'fault' | 'result'>,
): JSONObject {
  const id = randomUUID();
  operations.set(id, { ...about, fault: faults.next('operation') });
  const [oldest] = operations.keys();
  if (operations.size > 1000 && oldest !== undefined) operations.delete(oldest);
  return pollOperation({ operations }, id, about.owner);
}

/** @throws {CloudRefusal} 404: no such operation, or another owner's */
export function pollOperation({ operations }: Pick<CloudRequest, 'operations'>, id: string, owner: string): JSONObject {
  const known = operations.get(id);
  const operation = requireFound(known?.owner === owner ? known : undefined, 'operation');
  const { parent, fault, finish } = operation;
  if (operation.result === undefined && fault?.kind !== 'never_ends') {
    operation.left -= 1;
    if (operation.left < 0) operation.result = fault === undefined ? { response: finish() } : { error: fault.error };
  }
  return { path: `${parent}operations/${id}`, done: operation.result !== undefined, ...operation.result };
}

/** @throws {CloudRefusal} 404: the value is undefined */
export function requireFound<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new CloudRefusal('NOT_FOUND', `The ${what} does not exist.`);
  return value;
}

/** Makes a function that reads the parameters of a path like the template; undefined for any other path. */
export function createPathReader(template: string): (path: string) => Record<string, string> | undefined {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const source = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '([^/:]+)');
  const pattern = new RegExp(`^${source}$`);
  return (path) => {
    const match = pattern.exec(path);
    return match === null ? undefined : Object.fromEntries(names.map((name, i) => [name, decode(match[i + 1] ?? '')]));
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

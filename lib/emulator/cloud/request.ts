import type { EmulatorKnobs } from '../options.ts';
import type { Access } from '../oauth/storage.ts';
import type { World } from '../world.ts';

/** A message that an app published to an experience. */
export interface PublishedMessage {
  readonly universeId: string;
  readonly topic: string;
  readonly message: string;
}

/** A thumbnail being drawn. */
export interface ThumbnailOperation {
  readonly userId: string;
  readonly picture: string;
  polls: number;
}

/** What an operation gets to see. */
export interface CloudRequest {
  readonly world: World;
  readonly knobs: EmulatorKnobs;
  readonly access: Access;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  absolute(url: string): string;
  deliver(message: PublishedMessage): void;
  startOperation(userId: string, picture: string): string;
  /** Counts the asking, too. */
  pollOperation(id: string): Readonly<ThumbnailOperation> | undefined;
}

/** Computes the JSON answer; undefined is an empty body. Throws a CloudRefusal. */
export type Operation = (request: CloudRequest) => Record<string, unknown> | undefined;

const statuses = {
  INVALID_ARGUMENT: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
} as const;

/**
 * A refusal in the shape of Open Cloud v2: `{ code, message }`.
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

/** The refusal of a call that needs a scope which was not granted. */
export function refuseScope(scope: string): CloudRefusal {
  return new CloudRefusal('PERMISSION_DENIED', `The access token does not have the required scope: ${scope}`);
}

/** The refusal of a filter that Roblox would not understand. */
export function refuseFilter(what: string): CloudRefusal {
  return new CloudRefusal('INVALID_ARGUMENT', `The provided filter is invalid: ${what}.`);
}

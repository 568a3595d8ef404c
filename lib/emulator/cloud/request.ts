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

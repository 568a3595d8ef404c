import type { MakeCall } from './call.ts';
import type { CallOptions } from './groups.ts';
import { checkID, type ID } from './ids.ts';
import { describeValue } from '../errors.ts';

/** The experiences that the user chose on the consent page. */
export interface Experiences {
  /**
   * Publishes a message to every live server of an experience, where `MessagingService:SubscribeAsync(topic)` hears it.
   * Scope: `universe-messaging-service:publish`. Roblox allows 5,000 requests a minute for each user, and less for an experience.
   * @param universeId an ID of `client.resources()`'s `experiences`
   * @param topic up to 80 characters
   * @param message up to 1,024 characters; JSON that the game parses, for the most part
   * @throws {RobloxAPIError} 403: the scope is missing, or the user did not choose this experience
   * @see https://create.roblox.com/docs/cloud/guides/usage-messaging
   */
  publish(universeId: ID, topic: string, message: string, options?: CallOptions): Promise<void>;
}

/** Makes {@link Experiences}. */
export function createExperiences(call: MakeCall): Experiences {
  return {
    async publish(universeId, topic, message, { signal } = {}) {
      await call({
        method: 'POST',
        path: '/cloud/v2/universes/{universe_id}:publishMessage',
        values: { universe_id: checkID('universeId', universeId) },
        body: { topic: textFor('topic', topic, 80), message: textFor('message', message, 1024) },
        signal,
        scope: 'universe-messaging-service:publish',
      });
    },
  };
}

function textFor(name: string, value: unknown, max: number): string {
  if (typeof value === 'string' && value !== '' && value.length <= max) return value;
  const was = typeof value === 'string' ? `has ${value.length}` : `is ${describeValue(value)}`;
  throw new TypeError(`${name} must be a string of 1 to ${max} characters, but ${was}`);
}

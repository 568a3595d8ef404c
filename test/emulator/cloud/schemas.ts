import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

import { readDescription } from '../../../lib/emulator/cloud/described.ts';

const { $defs } = readDescription();

// Without additional properties: an unknown field is a mistake.
const ajv = new Ajv({ strict: false, allErrors: true });
// A CommonJS module, whose types say more than Node's import sees.
(addFormats as unknown as (to: Ajv) => void)(ajv);
ajv.addFormat('binary', true);
ajv.addSchema({ $id: 'https://apis.roblox.com/', $defs: closeObjects($defs) as object });

function closeObjects(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closeObjects);
  if (typeof value !== 'object' || value === null) return value;
  const closed = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closeObjects(item)]));
  const isOpen = typeof closed['properties'] === 'object' && closed['type'] === 'object';
  return isOpen ? { additionalProperties: false, ...closed } : closed;
}

/** Finds out what is wrong with a value, by a schema of Roblox's description. */
export function findProblem(schema: object, value: unknown): string | undefined {
  return ajv.validate(closeObjects(schema) as object, value) ? undefined : ajv.errorsText();
}

/** Finds out what is wrong with a value, by the name of a schema. */
export function findProblemBy(name: string, value: unknown): string | undefined {
  return findProblem({ $ref: `https://apis.roblox.com/#/$defs/${name}` }, value);
}

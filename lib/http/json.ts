/** The value when it is a JSON object (no array), else undefined. */
export function readObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>) // any object can be read by name
    : undefined;
}

/** The value when it is a string that is not empty, else undefined. */
export function readString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Whether a value is an ID as Roblox sends it: a whole number above 0, in a string. */
export function isID(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value);
}

/** The value as an ID, also where an older service sends it as a number; undefined when it is no ID. */
export function readID(value: unknown): string | undefined {
  const id = Number.isSafeInteger(value) ? String(value) : value;
  return isID(id) ? id : undefined;
}

/** The parsed text, or undefined when it is no JSON. */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

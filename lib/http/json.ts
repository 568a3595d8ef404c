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

/** An ID as a string, also where an older service sends it as a number; else undefined. */
export function readID(value: unknown): string | undefined {
  return Number.isSafeInteger(value) ? String(value) : readString(value);
}

/** The parsed text, or undefined when it is no JSON. */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

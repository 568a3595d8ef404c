/** One thing that the doctor looked at. */
export interface Finding {
  /** `problem`: sign-in will fail for somebody. `note`: works, and is worth a thought. `ok`: as it should be. */
  readonly level: 'ok' | 'note' | 'problem';
  /** What was looked at: an environment variable, or a part of the service. */
  readonly about: string;
  /** What was seen, and what to do where something is to be done. Shows no secret. */
  readonly message: string;
}

/** Makes the findings about one thing. */
export function about(thing: string): Readonly<Record<Finding['level'], (message: string) => Finding>> {
  const made = (level: Finding['level']) => (message: string) => ({ level, about: thing, message });
  return { ok: made('ok'), note: made('note'), problem: made('problem') };
}

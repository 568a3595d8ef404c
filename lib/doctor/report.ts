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

/** Reads the message of anything that was thrown. */
export function readMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a command needs of the process that it runs in. */
export interface CommandOutput {
  print(text: string): unknown;
  printError(text: string): unknown;
  /** Resolves when the process is told to end. */
  waitForEnd(): Promise<unknown>;
}

/** What the doctor found, as lines to read. */
export function showFindings(findings: readonly Finding[]): string {
  const lines = findings.map(({ level, about, message }) => `${level.padEnd(8)} ${about}: ${message}`);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  return `${lines.join('\n')}\n\n${problems === 0 ? 'No' : problems} problem${problems > 1 ? 's' : ''} found.\n`;
}

/** What the doctor found, as JSON: `{ healthy, findings: [{ level, about, message }] }`. */
export function writeFindings(findings: readonly Finding[]): string {
  return `${JSON.stringify({ healthy: isHealthy(findings), findings }, null, 2)}\n`;
}

/** Whether nothing was found that makes a sign-in fail. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== 'problem');
}

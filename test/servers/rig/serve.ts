/** The side of the process that `remote.ts` starts. */
import { createHash } from 'node:crypto';

export type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

export interface Call {
  readonly id: number;
  readonly name: string;
  readonly args: unknown[];
}

export type Answer =
  { readonly id: number; readonly result?: unknown; readonly error?: string } | { readonly event: unknown };

/** Milliseconds since the epoch, with fractions: the same clock in all processes. */
export const now = (): number => performance.timeOrigin + performance.now();

/** A short name of a token: tokens themselves stay out of test output. */
export const makeMark = (token: string): string => createHash('sha256').update(token).digest('hex').slice(0, 12);

/** Whether an outcome says that an authorization has ended, so that further tries do not help. */
export const isLoss = (outcome: string): boolean => outcome === 'nothing stored' || outcome.includes('invalid_grant');

/** Answers calls of the parent, and ends when the parent has gone. */
export function serve(methods: Methods): void {
  process.on('disconnect', () => process.exit());
  process.on('message', async ({ id, name, args }: Call) => {
    let answer: Answer;
    try {
      answer = { id, result: await methods[name]?.(...(args as never[])) }; // startRemote's types checked them
    } catch (error) {
      answer = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    if (process.connected) process.send?.(answer);
  });
  tell({ isReady: true });
}

/** Tells the parent something that it did not ask for. */
export function tell(event: unknown): void {
  if (process.connected) process.send?.({ event });
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BackendName } from './backends.ts';

/** Where in a renewal a process may die. */
export const MOMENTS = [
  'under the lock',
  'between the intent and the end of the lock',
  'before the request',
  "between Roblox's answer and the store",
  'between the store and the end of the lock',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** What a worker is started with. */
export interface Plan {
  readonly backend: BackendName;
  readonly space: string;
  readonly baseURL: string;
  readonly userId: string;
  /** Where the worker stands still. */
  readonly pauseAt?: Moment;
}

/** What a worker is told: so many calls at once. */
export interface Order {
  readonly calls: number;
}

/** What a worker tells. */
export interface Report {
  readonly isReady?: boolean;
  readonly reached?: Moment | undefined;
  readonly lost?: string;
  readonly failures?: readonly string[];
  readonly names?: readonly (string | undefined)[];
}

export interface Worker {
  order(order: Order): void;
  /** The first report that has this in it, be it past or to come. */
  heard<Name extends keyof Report>(name: Name): Promise<Required<Report>[Name]>;
  readonly reports: readonly Report[];
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a process with a vault of its own, and waits until it is ready. */
export async function startWorker(plan: Plan): Promise<Worker> {
  const file = fileURLToPath(new URL('worker.ts', import.meta.url));
  const child = fork(file, [JSON.stringify(plan)], { execArgv: ['--import', 'ts-blank-space/register'] });
  const reports: Report[] = [];
  const exited = once(child, 'exit');
  child.on('message', (report) => reports.push(report as Report)); // it sends nothing else
  const worker: Worker = {
    reports,
    order: (order) => void child.send(order),
    async heard(name) {
      for (;;) {
        const found = reports.find((report) => report[name] !== undefined)?.[name];
        if (found !== undefined) return found as Required<Report>[typeof name]; // just looked
        const ended = exited.then(() => {
          throw new Error(`The worker ended before it told ${name}`);
        });
        await Promise.race([once(child, 'message'), ended]);
      }
    },
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      await exited;
    },
  };
  await worker.heard('isReady');
  return worker;
}

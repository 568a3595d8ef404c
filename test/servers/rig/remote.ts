/** Starts a process, and calls its functions over Node's IPC channel. */
import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { register, runFolder } from '../../../scripts/servers.ts';
import type { Answer, Call, Methods } from './serve.ts';

/** A process that {@link startRemote} started. */
export interface Remote<M extends Methods, Event> {
  readonly pid: number;
  call<Name extends keyof M & string>(name: Name, ...args: Parameters<M[Name]>): Promise<Awaited<ReturnType<M[Name]>>>;
  /** All that it has told by itself, oldest first. */
  readonly events: readonly Event[];
  /** Resolves once an event passes, be it past or to come. Each event is looked at once. */
  heard(test: (event: Event) => boolean): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Ends it by a signal and waits until it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

const started = new Set<{ end(): Promise<void> }>();

/** Ends every process that is still there, whatever a test left behind. */
export async function endRemotes(): Promise<void> {
  await Promise.all([...started].map((remote) => remote.end()));
}

/** What the processes run, built once: a process that compiles TypeScript by itself takes three times as long to start. */
let programs: Promise<string> | undefined;

async function buildPrograms(): Promise<string> {
  const outdir = join(runFolder(), `programs-${process.pid}`);
  const entryPoints = ['worker.ts', 'roblox.ts'].map((file) => fileURLToPath(new URL(file, import.meta.url)));
  const options = { format: 'esm', platform: 'node', target: 'node20', outExtension: { '.js': '.mjs' } } as const;
  await build({ entryPoints, outdir, bundle: true, packages: 'external', sourcemap: 'inline', ...options });
  return outdir;
}

/** Starts a program of this folder as a process of its own, and waits until it serves. */
export async function startRemote<M extends Methods, Event>(
  program: 'worker' | 'roblox',
  plan: unknown,
  nodeOptions: readonly string[] = [],
): Promise<Remote<M, Event>> {
  const folder = await (programs ??= buildPrograms());
  const child: ChildProcess = fork(join(folder, `${program}.mjs`), [JSON.stringify(plan)], {
    execArgv: ['--enable-source-maps', ...nodeOptions],
    // JSON would make null of undefined.
    serialization: 'advanced',
  });
  register(child);
  const events: Event[] = [];
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const listeners = new Set<() => void>();
  let hasEnded = false;
  child.setMaxListeners(0);
  child.on('message', (answer: Answer) => {
    if ('event' in answer) {
      events.push(answer.event as Event); // the child's own type
      for (const listener of listeners) listener();
      return;
    }
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === undefined) call?.resolve(answer.result);
    else call?.reject(new Error(answer.error));
  });
  const exited = once(child, 'exit').then(() => {
    hasEnded = true;
    started.delete(remote);
    for (const call of waiting.values()) call.reject(new Error('The process has ended'));
    for (const listener of listeners) listener();
  });
  let calls = 0;
  const remote: Remote<M, Event> = {
    pid: child.pid ?? 0,
    events,
    call: (name, ...args) =>
      new Promise((resolve, reject) => {
        const id = ++calls;
        // It resolves with what the method returned: serve() sends it.
        waiting.set(id, { resolve: resolve, reject });
        if (hasEnded) return reject(new Error('The process has ended'));
        child.send({ id, name, args } satisfies Call, (error) => {
          if (error !== null) reject(error);
        });
      }),
    heard: (test) =>
      new Promise((resolve, reject) => {
        let looked = 0;
        const look = () => {
          while (looked < events.length) {
            const event = events[looked++];
            if (event === undefined || !test(event)) continue;
            listeners.delete(look);
            return resolve();
          }
          if (hasEnded) reject(new Error('The process ended before it told that'));
        };
        listeners.add(look);
        look();
      }),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async end(signal = 'SIGKILL') {
      if (!hasEnded) child.kill(signal);
      await exited;
    },
  };
  started.add(remote);
  await remote.heard((event) => (event as { isReady?: boolean }).isReady === true); // serve() tells it first
  return remote;
}

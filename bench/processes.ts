import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ContenderName } from './contenders.ts';
import type { Order } from './worker.ts';

/** Starts a file of this folder as a process and waits for its first word. */
async function begin<T>(file: string, ...values: string[]): Promise<{ child: ChildProcess; said: T }> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), values, {
    execArgv: ['--import', 'ts-blank-space/register', '--expose-gc'],
  });
  return { child, said: await next<T>(child) };
}

function next<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`${child.spawnargs.at(-2)} ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T); // each process says one kind of thing
    });
  });
}

/** The provider, in a process of its own. */
export async function startProvider(): Promise<{ baseURL: string; stop: () => void }> {
  const { child, said } = await begin<{ baseURL: string }>('./provider.ts');
  return { baseURL: said.baseURL, stop: () => child.kill() };
}

/** A contender, in a process of its own. */
export interface Worker {
  follow<T>(order: Order): Promise<T>;
  stop(): void;
}

export async function startWorker(name: ContenderName | 'list-ours' | 'list-bare', baseURL: string): Promise<Worker> {
  const { child } = await begin('./worker.ts', name, baseURL);
  return {
    async follow<T>(order: Order) {
      const answer = next<{ result: T }>(child);
      child.send(order);
      return (await answer).result;
    },
    stop: () => child.kill(),
  };
}

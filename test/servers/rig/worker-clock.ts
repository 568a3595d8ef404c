/** The plan of a worker, and its clock, which may be wrong: imported before anything that reads the time. */
import type { TokenVaultOptions } from '../../../lib/index.ts';
import type { BackendPlan } from './backends.ts';
import type { Moment } from './moments.ts';

/** What a worker is started with. */
export interface WorkerPlan {
  readonly backend: BackendPlan;
  readonly baseURL: string;
  /** How much the process's clock is wrong, in milliseconds. */
  readonly clockOffset?: number;
  readonly onLost?: 'throws once' | 'never ends';
  /** Where the process stops for good. */
  readonly stopAt?: Moment;
  /** Lets the worker write down when it stored Roblox's answers. */
  readonly isFollowed?: boolean;
  readonly vault?: Pick<TokenVaultOptions, 'timeout' | 'lossDelay' | 'secrets'>;
}

export const plan = JSON.parse(process.argv[2] ?? '{}') as WorkerPlan; // startWorker wrote it

const offset = plan.clockOffset ?? 0;
if (offset !== 0) {
  const RealDate = Date;
  const shiftedNow = () => RealDate.now() + offset;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[]) => Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args),
    get: (target, name) => (name === 'now' ? shiftedNow : Reflect.get(target, name)),
  });
}

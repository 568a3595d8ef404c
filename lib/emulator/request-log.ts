import type { Exchange, RequestRecord } from './http.ts';

/** What the emulator was asked: the newest requests in full, and how often each path was asked for. */
export class RequestLog {
  /** Oldest first. */
  readonly requests: RequestRecord[] = [];
  readonly #counts = new Map<string, number>();
  readonly #kept: number;

  constructor(kept: number) {
    this.#kept = kept;
  }

  add({ req, res, method, path, query, form }: Exchange): void {
    const record: RequestRecord = {
      ...{ method, path, query, headers: req.headers, at: Date.now() },
      ...(form === undefined ? {} : { form: Object.fromEntries(form) }),
      status: 0,
    };
    // The status is noted when the head leaves, so that it is there before the other side can have read the answer.
    const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => typeof res;
    res.writeHead = (...args: unknown[]) => {
      if (typeof args[0] === 'number') record.status = args[0];
      return writeHead(...args);
    };
    this.requests.push(record);
    if (this.requests.length > this.#kept) this.requests.shift();
    if (this.#counts.size < 10_000 || this.#counts.has(path)) this.#counts.set(path, this.count(path) + 1);
  }

  count(path: string | RegExp): number {
    if (typeof path === 'string') return this.#counts.get(path) ?? 0;
    let sum = 0;
    for (const [key, times] of this.#counts) if (path.test(key)) sum += times;
    return sum;
  }

  reset(): void {
    this.requests.length = 0;
    this.#counts.clear();
  }
}

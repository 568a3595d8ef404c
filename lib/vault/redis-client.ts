import { TokenVaultError } from '../errors.ts';
import { sleep } from '../http/abort.ts';

/** A client of the `redis` package, version 5 or 6: `createClient()`, `createCluster()`, `createSentinel()` or a pool, connected. */
export interface NodeRedisClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  del(key: string): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** A client of the `ioredis` package, version 5 or 6: `new Redis()` or `new Cluster()`. */
export interface IORedisClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  del(key: string): Promise<unknown>;
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>;
  /** Only clients of `ioredis` have it. */
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void;
}

/** The commands that a vault needs, the same for every client. */
export interface RedisCommands {
  get(key: string): Promise<unknown>;
  /** Runs a script that returns 1 or 0. */
  run(script: string, keys: string[], values: string[]): Promise<boolean>;
  /** Runs a script that writes tokens, and waits for the replicas. */
  write(script: string, keys: string[], values: string[]): Promise<boolean>;
  info(section: string): Promise<string>;
  /** Whether a failover may forget a value. */
  mayForget(): Promise<boolean>;
  /** The prefix that the client adds to each key. */
  readonly keyPrefix: string;
}

/** Other members of the clients. They show which client it is. */
interface Parts {
  readonly sendCommand?: unknown;
  readonly destroy?: unknown;
  readonly disconnect?: unknown;
  readonly masters?: unknown;
  readonly isCluster?: boolean;
  readonly options?: { readonly keyPrefix?: string; readonly sentinels?: unknown };
  /** Members of a pool and of a Sentinel client: they give one connection for several commands. */
  readonly execute?: (work: (client: NodeRedisClient & Parts) => Promise<unknown>) => Promise<unknown>;
  readonly use?: (work: (client: NodeRedisClient & Parts) => Promise<unknown>) => Promise<unknown>;
  info?(section: string): Promise<unknown>;
  wait?(replicas: number, timeoutMs: number): Promise<unknown>;
}

type RedisClient = (NodeRedisClient | IORedisClient) & Parts;

/** While a slot moves to another node of a cluster, a script with two keys gets TRYAGAIN. */
const TRY_AGAIN_MS = 100;
const MAX_TRIES = 50;

/**
 * Makes the commands from a client.
 * @throws {TypeError} not a client, a client that cannot work, or `replicas` for which it cannot wait
 */
export function connectRedis(
  given: NodeRedisClient | IORedisClient,
  options: { readonly replicas: number | undefined; readonly replicaTimeout: number },
): RedisCommands {
  const client = readClient(given);
  const { replicas = 0, replicaTimeout } = options;
  if (!Number.isSafeInteger(replicas) || replicas < 0)
    throw new TypeError('replicas must be a whole number of 0 or more');
  const isCluster = client.isCluster === true || client.masters !== undefined;
  const isSentinel = !isCluster && (client.use !== undefined || client.options?.sentinels != null);
  if (replicas > 0 && (isCluster || (client.wait ?? client.execute ?? client.use) === undefined)) {
    throw new TypeError('replicas needs a client that can WAIT on the connection that wrote: not a Cluster client');
  }
  let hadReplicas = isCluster || isSentinel;

  async function evaluate(on: RedisClient, script: string, keys: string[], values: string[]): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      try {
        const result =
          'defineCommand' in on
            ? await on.eval(script, keys.length, ...keys, ...values)
            : await on.eval(script, { keys, arguments: values });
        return Number(result) === 1;
      } catch (error) {
        const isMoving = error instanceof Error && error.message.startsWith('TRYAGAIN');
        if (!isMoving || tries === MAX_TRIES) throw error;
        await sleep(TRY_AGAIN_MS);
      }
    }
  }

  async function evaluateAndWait(on: RedisClient, script: string, keys: string[], values: string[]): Promise<boolean> {
    const isDone = await evaluate(on, script, keys, values);
    if (!isDone) return false;
    const count = Number(await on.wait?.(replicas, replicaTimeout));
    if (count >= replicas) return true;
    const message = `Only ${count} of ${replicas} replicas have the value after ${replicaTimeout} ms`;
    throw new TokenVaultError('not_replicated', message);
  }

  async function info(section: string): Promise<string> {
    return String(await client.info?.(section));
  }

  return {
    get: async (key) => client.get(key),
    run: async (script, keys, values) => evaluate(client, script, keys, values),
    async write(script, keys, values) {
      if (replicas === 0) return evaluate(client, script, keys, values);
      const onOne = client.execute ?? client.use;
      if (onOne === undefined) return evaluateAndWait(client, script, keys, values);
      return (await onOne.call(client, (one) => evaluateAndWait(one, script, keys, values))) as boolean; // the result of our function
    },
    info,
    async mayForget() {
      if (hadReplicas) return true;
      const replication = await info('replication').catch(() => '');
      const read = (name: string) => new RegExp(`^${name}:(.*?)\\s*$`, 'm').exec(replication)?.[1];
      // Without a role, Redis did not say. With a second replication ID, this server was a replica before.
      hadReplicas =
        read('role') !== 'master' ||
        read('connected_slaves') !== '0' ||
        !/^(?:-1)?$/.test(read('second_repl_offset') ?? '');
      return hadReplicas;
    },
    keyPrefix: client.options?.keyPrefix ?? '',
  };
}

function readClient(given: unknown): RedisClient {
  const client = given as Partial<RedisClient> | null | undefined; // its fields are checked below
  const isClient =
    typeof client === 'object' &&
    client !== null &&
    (['get', 'set', 'del', 'eval'] as const).every((name) => typeof client[name] === 'function');
  if (!isClient) throw new TypeError('client must be a client of the redis package (5, 6) or of ioredis (5, 6)');
  if (!('defineCommand' in client) && client.sendCommand !== undefined && client.destroy === undefined) {
    throw new TypeError(
      client.disconnect === undefined
        ? "client must be a client that answers with promises, but is node-redis' legacy client: leave out .legacy()"
        : 'client must be of the redis package 5 or 6, but is of node-redis 4 (its cluster sends scripts to the wrong node, and its legacyMode knows no promises): npm install redis@latest',
    );
  }
  return client as RedisClient; // checked above
}

/**
 * Explains what is wrong with Redis' eviction policy.
 * @param info the response of `INFO memory`
 * @returns undefined when Redis removes no key when its memory is full, or does not say
 */
export function explainEviction(info: string): string | undefined {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy === undefined || policy === 'noeviction') return undefined;
  return (
    `Redis may remove users' tokens when its memory is full: its maxmemory-policy is ${policy}. ` +
    'Set it to noeviction, or give the vault a Redis of its own.'
  );
}

import { explainEviction } from '../vault/redis-client.ts';
import { about, type Finding } from './report.ts';

/**
 * Asks the Redis of a vault whether it can lose tokens. One command, `INFO`; nothing is changed there.
 * @param url `REDIS_URL`; without one there is nothing to look at
 * @param libraries the client libraries to try, in this order
 * @returns findings that show no password
 * @see https://redis.io/docs/latest/develop/reference/eviction/
 */
export async function checkRedis(
  url: string | undefined,
  timeoutMs: number,
  libraries: readonly Library[] = ['redis', 'ioredis'],
): Promise<Finding[]> {
  const { ok, note, problem } = about('REDIS_URL');
  if (url === undefined || url === '') return [];
  if (!URL.canParse(url) || !['redis:', 'rediss:'].includes(new URL(url).protocol)) {
    return [problem('is not a URL such as redis://localhost:6379')];
  }
  let read: InfoReader | undefined;
  for (const library of libraries) read ??= await loadReader(library);
  if (read === undefined) return [note('was not asked: neither redis nor ioredis is installed')];
  let info: string;
  try {
    info = await read(url, timeoutMs);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }; // any value can be asked for a field
    if (message?.startsWith('NOPERM')) return [note('answers, but lets this user ask nothing: grant +info')];
    return [problem(`cannot be asked: ${code ?? message?.split(':')[0] ?? 'unknown'}`)];
  }
  const eviction = explainEviction(info);
  const findings = [eviction === undefined ? ok('answers, and removes no tokens') : problem(eviction)];
  if (/^aof_enabled:0/m.test(info)) {
    findings.push(
      note('writes no log: tokens renewed since its last snapshot are lost when it restarts. Set appendonly yes'),
    );
  }
  return findings;
}

type Library = 'redis' | 'ioredis';
type InfoReader = (url: string, timeoutMs: number) => Promise<string>;

/** Loads a client library. @returns undefined where it is not installed */
async function loadReader(name: Library): Promise<InfoReader | undefined> {
  try {
    return name === 'redis' ? readByNodeRedis(await import('redis')) : readByIORedis(await import('ioredis'));
  } catch {
    return undefined;
  }
}

function readByNodeRedis({ createClient }: typeof import('redis')): InfoReader {
  return async (url, connectTimeout) => {
    const client = createClient({ url, socket: { connectTimeout, reconnectStrategy: false } });
    client.on('error', () => {}); // connect() rejects with it
    try {
      await client.connect();
      return await client.info();
    } finally {
      client.destroy();
    }
  };
}

function readByIORedis({ Redis }: Pick<typeof import('ioredis'), 'Redis'>): InfoReader {
  return async (url, connectTimeout) => {
    const client = new Redis(url, {
      lazyConnect: true,
      enableReadyCheck: false,
      connectTimeout,
      retryStrategy: () => null,
    });
    let failure: unknown;
    client.on('error', (error) => (failure = error));
    try {
      return await client.info();
    } catch (error) {
      throw failure ?? error; // what the command rejects with says only that the connection is closed
    } finally {
      client.disconnect();
    }
  };
}

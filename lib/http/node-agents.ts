import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { setImmediate } from './platform.ts';

/**
 * How long an idle connection is kept. Load balancers close one after 60 seconds or more; a request sent in that moment is lost, and one
 * that carries a code must not be sent again. Where the server announces a shorter time (`Keep-Alive: timeout=5`), Node's agent uses that.
 */
const IDLE_MS = 55_000;

/** When an idle connection becomes too old, by the wall clock: timers stop while a machine (or a Lambda) sleeps. */
const staleAt = new WeakMap<object, number>();

const agents = new Map<string, http.Agent>();

/** Node's own agents, as they were before the app replaced them. */
const originalAgents = { 'http:': http.globalAgent, 'https:': https.globalAgent };

/**
 * Chooses the agent for a protocol. All transports share it, and with it the connections to a host.
 * Called for each request: an app may replace Node's `globalAgent` (mostly by one for a proxy) at any time, and then that one is used.
 */
export function chooseAgent(protocol: string): http.Agent {
  const [module, original] =
    protocol === 'https:' ? [https, originalAgents['https:']] : [http, originalAgents['http:']];
  if (module.globalAgent !== original || original.constructor !== module.Agent) return module.globalAgent;
  let agent = agents.get(protocol);
  if (agent === undefined) {
    agent = createKeepingAgent(module.Agent, original);
    agents.set(protocol, agent);
  }
  return agent;
}

function createKeepingAgent(AgentClass: typeof http.Agent, original: http.Agent): http.Agent {
  // What the app has set on Node's own agent (a CA, a proxy by the environment) goes for ours; @types/node does not know its options.
  const { options } = original as unknown as { options: https.AgentOptions };
  const agent = new AgentClass({ ...options, keepAlive: true, timeout: IDLE_MS });
  const keep: (socket: Socket) => unknown = agent.keepSocketAlive.bind(agent); // it says whether, @types/node does not
  agent.keepSocketAlive = (socket) => {
    const kept = keep(socket as Socket); // the agent's own
    staleAt.set(socket, Date.now() + ((socket as Socket).timeout ?? IDLE_MS));
    return kept;
  };
  return agent;
}

/** Where a request goes, as `http.request` wants it. */
export interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  /** How the names begin that an agent gives to the connections to this host: `host:port:`. */
  readonly connectionName: string;
}

const targets = new Map<string, Target>();
const MAX_TARGETS = 50;

/**
 * Parses a URL, each one once: a login has three, and parsing them each time took 7 % of its CPU time.
 * @throws {TypeError} it is no URL
 */
export function parseTarget(url: string): Target {
  let target = targets.get(url);
  if (target === undefined) {
    const { protocol, hostname, port, pathname, search } = new URL(url);
    const bareHostname = hostname.replace(/^\[|\]$/g, '');
    target = {
      protocol,
      hostname: bareHostname,
      port,
      path: pathname + search,
      connectionName: `${bareHostname}:${port || (protocol === 'https:' ? 443 : 80)}:`,
    };
    // A query may hold a secret, and differs each time.
    if (search === '' && targets.size < MAX_TARGETS) targets.set(url, target);
  }
  return target;
}

/** Whether there is a connection to a host, idle or in use. */
export function isConnected({ sockets, freeSockets }: http.Agent, target: Target): boolean {
  return listConnections(sockets, target).length > 0 || listConnections(freeSockets, target).length > 0;
}

/**
 * Closes the idle connections to a host that must not be used again, right before a request takes one.
 * Two turns of the event loop let Node notice those that the server has closed while the process was busy or asleep.
 */
export async function dropDeadConnections(agent: http.Agent, target: Target): Promise<void> {
  const idle = () => listConnections(agent.freeSockets, target);
  if (idle().length === 0) return;
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  // The agent takes the one that was used last. When that one is too old, all are.
  const left = idle();
  const last = left.at(-1);
  if (last === undefined || Date.now() <= (staleAt.get(last) ?? Infinity)) return;
  for (const socket of [...left]) socket.destroy();
}

function listConnections(
  lists: NodeJS.ReadOnlyDict<Socket[]> | undefined,
  { connectionName }: Target,
): readonly Socket[] {
  for (const name in lists) if (name.startsWith(connectionName)) return lists[name] ?? [];
  return [];
}

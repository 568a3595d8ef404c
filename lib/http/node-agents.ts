import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { setImmediate } from './platform.ts';

/**
 * How long a connection may lie idle before it is given up: less than the 60 seconds and more after which load balancers close one,
 * since a request that is just leaving over it would be lost, and one that carries a code must not be sent again.
 * Where the server announces a shorter time (`Keep-Alive: timeout=5`), Node's agent keeps to that.
 */
const IDLE_MS = 55_000;

/** When an idle connection is too old to be used, by the wall clock: timers stand still while a machine (or a Lambda) sleeps. */
const staleAt = new WeakMap<object, number>();

const agents = new Map<string, http.Agent>();

/** Node's own agents, as they were before the app replaced them. */
const originalAgents = { 'http:': http.globalAgent, 'https:': https.globalAgent };

/**
 * The agent for a protocol, which everyone shares, so that a host's connections are used by all.
 * Asked for at each request: where the app has replaced Node's own `globalAgent` (by one that goes through a proxy, as a rule), its agent
 * is the one to use, also when it came after the first request.
 */
export function agentFor(protocol: string): http.Agent {
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
  /** The beginning of the name that an agent gives to the connections of this host: `host:port:`, before what else tells them apart. */
  readonly connectionName: string;
}

const targets = new Map<string, Target>();
const MAX_TARGETS = 50;

/**
 * Takes a URL apart, the same one only once: a login has three, and taking them apart each time took 7 % of a login's CPU time.
 * @throws {TypeError} it is no URL
 */
export function targetOf(url: string): Target {
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
    // A query may hold what must not stay, and is another one each time.
    if (search === '' && targets.size < MAX_TARGETS) targets.set(url, target);
  }
  return target;
}

/** Whether there is a connection to a host, idle or in use. */
export function isConnected({ sockets, freeSockets }: http.Agent, target: Target): boolean {
  return connectionsIn(sockets, target).length > 0 || connectionsIn(freeSockets, target).length > 0;
}

/**
 * Gives up what must not be used again among a host's idle connections, right before a request takes one.
 * Two turns of the event loop let it hear of those that the server has closed meanwhile; a process that was busy, or asleep, has not.
 */
export async function dropDeadConnections(agent: http.Agent, target: Target): Promise<void> {
  const idle = () => connectionsIn(agent.freeSockets, target);
  if (idle().length === 0) return;
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  // The agent takes the one that was used last; when that one is too old, all are.
  const left = idle();
  const last = left.at(-1);
  if (last === undefined || Date.now() <= (staleAt.get(last) ?? Infinity)) return;
  for (const socket of [...left]) socket.destroy();
}

function connectionsIn(
  lists: NodeJS.ReadOnlyDict<Socket[]> | undefined,
  { connectionName }: Target,
): readonly Socket[] {
  for (const name in lists) if (name.startsWith(connectionName)) return lists[name] ?? [];
  return [];
}

import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { setImmediate } from './platform.ts';

/**
 * How long an idle connection is kept. Load balancers close it after 60 seconds or more. A request sent at that moment is lost, and a
 * request with a code must not be sent again. When the server announces a shorter time (`Keep-Alive: timeout=5`), Node's agent uses that.
 */
const IDLE_MS = 55_000;

/** When an idle connection becomes too old, in milliseconds since the epoch. Not a timer, which stops while a machine (or a Lambda) sleeps. */
const staleAt = new WeakMap<object, number>();

const agents = new Map<string, http.Agent>();

/** Node's own agents, before the app replaces them. */
const originalAgents = { 'http:': http.globalAgent, 'https:': https.globalAgent };

/**
 * Chooses the agent for a protocol. All transports share the agent and so its connections.
 * Call it for each request: an app may replace Node's `globalAgent` (often with a proxy's agent) at any time, and then we use that one.
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
  // Our agent keeps what was set on Node's agent (a CA, a proxy from the environment). Cast: @types/node does not declare `options`.
  const { options } = original as unknown as { options: https.AgentOptions };
  const agent = new AgentClass({ ...options, keepAlive: true, timeout: IDLE_MS });
  const keep: (socket: Socket) => unknown = agent.keepSocketAlive.bind(agent); // @types/node declares no return value
  agent.keepSocketAlive = (socket) => {
    const kept = keep(socket as Socket); // the agent's own
    staleAt.set(socket, Date.now() + ((socket as Socket).timeout ?? IDLE_MS));
    return kept;
  };
  return agent;
}

/** Where a request goes, in the form of `http.request`'s options. */
export interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  /** `host:port:`, how an agent's names of the connections to this host begin. */
  readonly connectionName: string;
}

const targets = new Map<string, Target>();
const MAX_TARGETS = 50;

/**
 * Parses a URL and remembers the result: to parse the three URLs of a login each time took 7 % of its CPU time.
 * @throws {TypeError} not a URL
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
    // Not with a query: it may hold a secret, and it differs each time.
    if (search === '' && targets.size < MAX_TARGETS) targets.set(url, target);
  }
  return target;
}

/** Whether the agent has a connection to a host, idle or in use. */
export function isConnected({ sockets, freeSockets }: http.Agent, target: Target): boolean {
  return listConnections(sockets, target).length > 0 || listConnections(freeSockets, target).length > 0;
}

/**
 * Closes idle connections to a host that are too old. Call it right before a request takes one.
 * It waits two turns of the event loop first: Node then notices which ones the server has closed while the process was busy or asleep.
 */
export async function dropDeadConnections(agent: http.Agent, target: Target): Promise<void> {
  const idle = () => listConnections(agent.freeSockets, target);
  if (idle().length === 0) return;
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  // The agent takes the connection that was used last. When that one is too old, all are.
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

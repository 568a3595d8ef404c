import type { ArmedFault, Faults, FaultTarget, OperationFault } from './faults.ts';
import type { IdTokenFault } from './oauth/id-token-faults.ts';
import { checkFields, OptionError } from './check-options.ts';
import type { Changes } from './changes.ts';
import { sendJson, type Exchange } from './http.ts';
import type { EmulatorKnobs } from './options.ts';
import { readPeople, reviveTimes } from './people-file.ts';

/** The parts of a running emulator that can be used over HTTP. They have the same names as in JavaScript. */
export interface Controlled extends Changes {
  readonly faults: Faults;
  readonly knobs: EmulatorKnobs;
  readonly clock: { advance(ms: number): void };
  readonly requests: readonly unknown[];
  readonly users: readonly unknown[];
  readonly messages: readonly unknown[];
  readonly notifications: readonly unknown[];
  readonly restarts: readonly unknown[];
  count(path: string | RegExp): number;
  reset(): void;
  rotateKeys(options?: { readonly dropOld?: boolean }): Promise<void>;
  issueTokens(options?: object): Promise<object>;
  expireAccessTokens(): void;
  revokeAuthorizations(userId: string): void;
}

type Body = Readonly<Record<string, unknown>>;

/** The base path of the control interface. */
export const CONTROL_PATH = '/control/';

/** Changes, by the name of the method: `POST /control/setRank`. The body has the fields of the method's argument. */
const changes: Readonly<Record<string, (emulator: Controlled, body: Body) => unknown>> = {
  replacePeople: (emulator, body) => emulator.replacePeople(readPeople(body)),
  addUser: (emulator, body) => readPeople({ users: [body] }).users.forEach((user) => emulator.addUser(user)),
  changeUser: (emulator, body) => {
    checkFields({ users: [body] });
    emulator.changeUser(reviveTimes(body) as Parameters<Changes['changeUser']>[0]); // checked there
  },
  removeUser: (emulator, body) => emulator.removeUser({ id: readField(body, 'id', 'string') }),
  addGroup: (emulator, body) => readPeople({ groups: [body] }).groups.forEach((group) => emulator.addGroup(group)),
  setRoles: (emulator, body) => {
    const { roleIds } = body;
    if (!Array.isArray(roleIds)) throw new OptionError(['roleIds'], 'must be an array of role IDs');
    emulator.setRoles({ ...readMember(body), roleIds: roleIds.map(String) });
  },
  setRank: (emulator, body) => emulator.setRank({ ...readMember(body), rank: readField(body, 'rank', 'number') }),
  removeMember: (emulator, body) => emulator.removeMember(readMember(body)),
  addItem: (emulator, body) =>
    emulator.addItem({ userId: readField(body, 'userId', 'string'), item: readField(body, 'item', 'object') }),
  removeItem: (emulator, body) =>
    emulator.removeItem({ userId: readField(body, 'userId', 'string'), itemId: readField(body, 'itemId', 'string') }),
  spendQuota: (emulator, body) => emulator.spendQuota({ ...body, path: readField(body, 'path', 'string') }),
  rotateKeys: (emulator, body) => emulator.rotateKeys({ dropOld: body['dropOld'] === true }),
  issueTokens: (emulator, body) => emulator.issueTokens(body),
  expireAccessTokens: (emulator) => emulator.expireAccessTokens(),
  revokeAuthorizations: (emulator, body) => emulator.revokeAuthorizations(readField(body, 'userId', 'string')),
  knobs: (emulator, body) => setKnobs(emulator.knobs, body),
  'clock/advance': (emulator, body) => emulator.clock.advance(readField(body, 'ms', 'number')),
  count: (emulator, body) => emulator.count(readField(body, 'path', 'string')),
  reset: (emulator) => emulator.reset(),
};

/** Faults that are for no path. */
const TARGETLESS_FAULTS = ['idToken', 'userInfoOf', 'operation', 'clear'];

/** Faults, by name: `POST /control/faults/status`. All of them take `times`, and all but {@link TARGETLESS_FAULTS} a `target`. */
const faults: Readonly<Record<string, (all: Faults, target: FaultTarget, body: Body) => ArmedFault | void>> = {
  status: (all, target, body) => all.status(target, readField(body, 'status', 'number'), body),
  redirect: (all, target, body) => all.redirect(target, readField(body, 'location', 'string'), body),
  html: (all, target, body) => all.html(target, body),
  hang: (all, target, body) => all.hang(target, body),
  stall: (all, target, body) => all.stall(target, body),
  destroy: (all, target, body) => all.destroy(target, body),
  truncate: (all, target, body) => all.truncate(target, body),
  hugeBody: (all, target, body) => all.hugeBody(target, body),
  delay: (all, target, body) => all.delay(target, readField(body, 'ms', 'number'), body),
  rewrite: (all, target, body) => all.rewrite(target, { ...readField(body, 'change', 'object') }, body),
  idToken: (all, _target, body) => all.idToken(readField(body, 'kind', 'string') as IdTokenFault, body), // checked there
  userInfoOf: (all, _target, body) => all.userInfoOf(readField(body, 'userId', 'string'), body),
  operation: (all, _target, body) => all.operation(readField(body, 'kind', 'string') as OperationFault['kind'], body), // checked there
  clear: (all) => all.clear(),
};

const lists = ['users', 'requests', 'messages', 'notifications', 'restarts'] as const;

/**
 * Serves the control interface, which is for tests in other languages. Accepts requests only from this machine, and not from web pages.
 * The response to a change is `{ "result": … }`. For a mistake it is 400 and `{ "error": … }`.
 */
export async function handleControl(exchange: Exchange, emulator: Controlled): Promise<void> {
  const { req, res, method, path } = exchange;
  const word = path.slice(CONTROL_PATH.length);
  const refuse = (status: number, error: string) => sendJson(res, status, { error });
  const isLocal = /^(?:127\.|::1$|::ffff:127\.)/.test(req.socket.remoteAddress ?? '');
  if (!isLocal) return refuse(403, 'The control interface accepts requests from this machine only.');
  // Browsers send one of these headers with every request of a web page.
  if (req.headers.origin !== undefined || req.headers['sec-fetch-site'] !== undefined) {
    return refuse(403, 'The control interface is not for web pages.');
  }
  if (method === 'GET') {
    const list = lists.find((name) => name === word);
    if (list !== undefined) return sendJson(res, 200, emulator[list].map(showRecord));
    return refuse(404, `There is no list "${word}". The lists: ${lists.join(', ')}`);
  }
  const kind = word.startsWith('faults/') ? word.slice('faults/'.length) : '';
  const fault = Object.hasOwn(faults, kind) ? faults[kind] : undefined;
  const change = Object.hasOwn(changes, word) ? changes[word] : undefined;
  if (method !== 'POST' || (change === undefined && fault === undefined)) {
    const words = [...Object.keys(changes), ...Object.keys(faults).map((name) => `faults/${name}`)];
    return refuse(404, `There is no ${method} ${word}. For POST: ${words.join(', ')}`);
  }
  try {
    const body = readBody(exchange);
    if (fault !== undefined) {
      const hasTarget = !TARGETLESS_FAULTS.includes(kind);
      fault(emulator.faults, hasTarget ? readField(body, 'target', 'string') : '*', body);
      return sendJson(res, 200, { result: null });
    }
    sendJson(res, 200, { result: (await change?.(emulator, body)) ?? null });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    refuse(400, error.message);
  }
}

function showRecord(record: unknown): unknown {
  const { query, ...rest } = { ...(record as Body) };
  return query instanceof URLSearchParams ? { ...rest, query: Object.fromEntries(query) } : record;
}

function readBody({ body }: Exchange): Body {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw new OptionError(['body'], 'must be JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OptionError(['body'], 'must be an object');
  }
  return { ...value };
}

function setKnobs(knobs: EmulatorKnobs, body: Body): EmulatorKnobs {
  for (const [name, value] of Object.entries(body)) {
    const known: unknown = Object.hasOwn(knobs, name) ? Reflect.get(knobs, name) : undefined;
    if (typeof known !== typeof value) throw new OptionError([name], 'is not a knob, or has the wrong type');
  }
  return Object.assign(knobs, body);
}

function readMember(body: Body): { groupId: string; userId: string } {
  return { groupId: readField(body, 'groupId', 'string'), userId: readField(body, 'userId', 'string') };
}

interface FieldTypes {
  string: string;
  number: number;
  object: object;
}

function readField<T extends keyof FieldTypes>(body: Body, name: string, type: T): FieldTypes[T] {
  const value = body[name];
  if (typeof value === type && value !== null) return value as FieldTypes[T]; // just checked
  throw new OptionError([name], `must be ${type === 'object' ? 'an' : 'a'} ${type}`);
}

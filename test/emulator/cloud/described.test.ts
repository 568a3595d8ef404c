import { expect } from 'chai';
import { sample } from 'openapi-sampler';

import { readDescription } from '../../../lib/emulator/cloud/described.ts';
import type { DescribedOperation } from '../../../lib/emulator/cloud/described.ts';
import { startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { knownScopes } from '../../../lib/emulator/oauth/endpoints.ts';
import { createBench } from '../support.ts';
import type { ParsedResponse, Bench } from '../support.ts';
import { findProblem } from './schemas.ts';

const OWNER = '4100000004';
const MANGO = '4100000001';
const NELL = '4100000002';

const { operations, $defs } = readDescription();
const local: unknown = JSON.parse(JSON.stringify({ $defs }).replaceAll('https://apis.roblox.com/#/', '#/'));

function makeSample(schema: object): unknown {
  const text = JSON.stringify(schema).replaceAll('https://apis.roblox.com/#/', '#/');
  return sample(JSON.parse(text), { skipReadOnly: true }, local as object);
}

/** Valid values for the operations that change something. Made-up values would be refused. */
const realValues: Readonly<Record<string, string>> = {
  user_id: OWNER,
  group_id: '7001',
  membership_id: MANGO,
  join_request_id: NELL,
  role_id: '700102',
  universe_id: '3828411590',
};
const realBodies: Readonly<Record<string, unknown>> = {
  'PATCH /cloud/v2/groups/{group_id}/memberships/{membership_id}': { role: 'groups/7001/roles/700102' },
  'POST /cloud/v2/groups/{group_id}/memberships/{membership_id}:assignRole': { role: 'groups/7001/roles/700104' },
  'POST /cloud/v2/groups/{group_id}/memberships/{membership_id}:unassignRole': { role: 'groups/7001/roles/700104' },
  'POST /cloud/v2/universes/{universe_id}:restartServers': { bleedOffServers: true, bleedOffDurationMinutes: 10 },
  'POST /cloud/v2/users/{user_id}/notifications': {
    source: { universe: 'universes/3828411590' },
    payload: { type: 'MOMENT', messageId: 'm' },
  },
};
const realQueries: Readonly<Record<string, string>> = {
  'GET /cloud/v2/users/{user_id}:generateThumbnail': 'shape=ROUND',
};

interface Wire {
  readonly path: string;
  readonly init: RequestInit;
}

/** A request that matches the description. */
function makeRequest(operation: DescribedOperation, token: string): Wire {
  const name = `${operation.method} ${operation.path}`;
  const query = new URLSearchParams(realQueries[name]);
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  const values = new Map<string, string>();
  for (const { in: place, name: parameter, required, schema } of operation.parameters) {
    const made = makeSample(schema);
    if (place === 'path') values.set(parameter, made === 'string' ? '1' : String(made));
    if (place === 'query' && required) for (const value of [made].flat()) query.append(parameter, String(value));
    if (place === 'header' && required) headers[parameter] = String(made);
  }
  const path = operation.path.replace(/\{(\w+)\}/g, (_, parameter: string) =>
    encodeURIComponent(realValues[parameter] ?? values.get(parameter) ?? '1'),
  );
  const url = query.size === 0 ? path : `${path}?${query}`;
  const { method } = operation;
  if (operation.body === undefined) return { path: url, init: { method, headers } };
  const body = realBodies[name] ?? makeSample(operation.body.schema);
  if (operation.body.types.includes('multipart/form-data')) {
    return { path: url, init: { method, headers, body: makeForm(operation, body) } };
  }
  headers['content-type'] = 'application/json';
  return { path: url, init: { method, headers, body: JSON.stringify(body) } };
}

function makeForm({ path, body }: DescribedOperation, values: unknown): FormData {
  const form = new FormData();
  const file = new Blob(['x'], { type: 'image/png' });
  const creationContext = { creator: { userId: OWNER } };
  const asset = { assetType: 'Decal', displayName: 'x', description: 'x', creationContext };
  for (const [name, value] of Object.entries(values as object)) {
    const property = (body?.schema.properties as Record<string, { format?: string; items?: unknown }>)[name];
    if (property?.format === 'binary' || property?.items !== undefined) form.append(name, file);
    else if (name === 'request') form.append(name, JSON.stringify(path === '/assets/v1/assets' ? asset : value));
    else form.append(name, String(value));
  }
  return form;
}

describe('Every operation of Roblox’s description', () => {
  let roblox: Emulator;
  let bench: Bench;
  let token: string;
  let narrowToken: string;
  before(async () => {
    roblox = await startEmulator({ thumbnailPolls: 0, assetPolls: 0 });
    bench = createBench(roblox);
    token = await bench.token({ user: OWNER, scope: [...knownScopes] });
    narrowToken = await bench.token({ user: OWNER, scope: 'openid' });
  });
  // An accepted or declined request does not exist any more.
  beforeEach(() => roblox.addGroup({ id: '7001', joinRequests: [NELL] }));
  after(() => roblox.close());

  /** A request that matches. Operations and assets have the IDs of earlier calls. */
  async function prepare(operation: DescribedOperation): Promise<Wire> {
    const { path, init } = makeRequest(operation, token);
    const call = async (name: string) => {
      const [method, template] = name.split(' ');
      const start = operations.find((known) => known.method === method && known.path === template);
      const wire = makeRequest(start ?? operation, token);
      return (await bench.send(wire.path, wire.init)).json;
    };
    switch (`${operation.method} ${operation.path}`) {
      case 'GET /cloud/v2/users/{user_id}/operations/{operation_id}': {
        const { path: made } = await call('GET /cloud/v2/users/{user_id}:generateThumbnail');
        return { path: `/cloud/v2/${String(made)}`, init };
      }
      case 'GET /assets/v1/operations/{operationId}':
        return { path: `/assets/v1/${String((await call('POST /assets/v1/assets'))['path'])}`, init };
      case 'GET /assets/v1/assets/{assetId}': {
        const { response } = await call('POST /assets/v1/assets');
        return { path: `/assets/v1/${(response as { path: string }).path}`, init };
      }
      default:
        return { path, init };
    }
  }

  it('is known, with a scope that apps can use', () => {
    expect(operations).to.have.length(197);
    expect(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size).to.equal(197);
    const asked = new Set(operations.flatMap(({ scopes }) => scopes));
    expect([...asked].filter((scope) => !knownScopes.has(scope))).to.deep.equal([]);
  });

  for (const operation of operations) {
    it(`${operation.method} ${operation.path} answers as described, and refuses what is not`, async () => {
      const { path, init } = await prepare(operation);
      const good = await bench.send(path, init);
      expect(good.status, good.text).to.equal(operation.status);
      if (operation.answer === undefined) expect(good.text).to.equal('');
      else expect(findProblem(operation.answer, JSON.parse(good.text)), good.text.slice(0, 500)).to.equal(undefined);
      const [limit, seconds] = operation.limit;
      expect(good.headers.get('x-ratelimit-limit')).to.equal(`${limit}, ${limit};w=${seconds}`);

      const nobody = await bench.send(path, { ...init, headers: {} });
      expect(nobody.status).to.equal(401);
      expect(nobody.json['errors']).to.be.an('array');
      if (operation.scopes.length > 0) {
        const headers = { ...(init.headers as object), authorization: `Bearer ${narrowToken}` };
        expectRefusal(operation, await bench.send(path, { ...init, headers }), 403);
      }
      for (const mistake of findMistakes(operation, await prepare(operation))) {
        expectRefusal(operation, await bench.send(mistake.path, mistake.init), 400);
      }
    });
  }

  it('has a header that says that the response is generated, if it is', async () => {
    const generated = new Set<string>();
    for (const operation of operations) {
      const { path, init } = await prepare(operation);
      const { headers } = await bench.send(path, init);
      if (headers.get('x-roblox-emulator') === 'generated') generated.add(`${operation.method} ${operation.path}`);
    }
    const real = operations.map(({ method, path }) => `${method} ${path}`).filter((name) => !generated.has(name));
    expect(real).to.have.length(21).and.include('GET /cloud/v2/groups/{group_id}');
  });

  it('accepts what Roblox’s guides show: numbers as text, other JSON types, and missing optional fields', async () => {
    const send = (path: string, body: string, type: string) =>
      bench.send(path, { method: 'POST', body, headers: { authorization: `Bearer ${token}`, 'content-type': type } });
    const publish = '/messaging-service/v1/universes/3828411590/topics/news';
    expect((await send(publish, '{"message":"x"}', 'application/json')).status).to.equal(200);
    expect((await send(publish, '{"message":"x"}', 'application/vnd.x+json; charset=utf-8')).status).to.equal(200);
    const policies = '/legacy-groups/v1/groups/policies';
    expect((await send(policies, '{"groupIds":["9007199254740993",7]}', 'application/json')).status).to.equal(200);
    expect((await send(policies, '{"groupIds":["seven"]}', 'application/json')).status).to.equal(400);
  });

  it('accepts a query parameter several times', async () => {
    const path = '/legacy-develop/v1/universes/multiget/permissions';
    expect((await bench.get(`${path}?ids=1&ids=2`, token)).status).to.equal(200);
    expect((await bench.get(`${path}?ids=1&ids=x`, token)).status).to.equal(400);
    expect((await bench.get(path, token)).status).to.equal(400);
  });

  it('is limited as described', async () => {
    await roblox.spendQuota({ path: '/toolbox-service/v1/saves', left: 1 });
    const statuses: number[] = [];
    for (let time = 0; time < 2; time += 1) {
      statuses.push((await bench.get('/toolbox-service/v1/saves', token)).status);
    }
    roblox.reset();
    expect(statuses).to.deep.equal([200, 429]);
  });

  it('is not found with another method or path', async () => {
    for (const path of ['/toolbox-service/v1/saves/1', '/toolbox-service/v3/saves', '/cloud/v2/planets', '/v1/x']) {
      expect((await bench.get(path, token)).status, path).to.equal(404);
    }
  });
});

/** Requests that the description does not allow. */
function findMistakes({ path: template, parameters, body }: DescribedOperation, { path, init }: Wire): Wire[] {
  const mistakes: Wire[] = [];
  const withType = (type: string) => ({ ...(init.headers as object), 'content-type': type });
  for (const { in: place, name, required, schema } of parameters) {
    if (place === 'path' && [schema.type].flat().includes('integer')) {
      const at = template.split('/').findIndex((part) => part.startsWith(`{${name}}`));
      const parts = path.split('/').map((part, index) => (index === at ? part.replace(/^[^:?]+/, 'x') : part));
      mistakes.push({ path: parts.join('/'), init });
    }
    if (place === 'query' && required) mistakes.push({ path: path.split('?')[0] ?? path, init });
  }
  if (body?.types.includes('application/json')) {
    mistakes.push({ path, init: { ...init, body: '{' } }, { path, init: { ...init, body: '7' } });
    mistakes.push({ path, init: { ...init, headers: withType('text/plain') } });
  }
  if (body?.types.includes('multipart/form-data')) {
    mistakes.push({ path, init: { ...init, body: '{}', headers: withType('application/json') } });
    mistakes.push({ path, init: { ...init, body: 'x', headers: withType('multipart/form-data; boundary=y') } });
  }
  return mistakes;
}

function expectRefusal(operation: DescribedOperation, response: ParsedResponse, status: number): void {
  expect(response.status, response.text).to.equal(status);
  const described = operation.errors[status];
  if (described !== undefined) {
    expect(findProblem(described.schema, JSON.parse(response.text)), response.text).to.equal(undefined);
  } else if (operation.path.startsWith('/cloud/')) {
    expect(response.json['code']).to.equal(status === 400 ? 'INVALID_ARGUMENT' : 'PERMISSION_DENIED');
    expect(response.json['message']).to.be.a('string');
  } else if (operation.path.startsWith('/assets/')) {
    expect(response.json).to.include({ code: status }).and.have.property('message');
  } else {
    expect(response.json['errors']).to.be.an('array');
  }
}

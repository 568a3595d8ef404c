import { expect } from 'chai';

import { startEmulator } from '../../lib/emulator/index.ts';
import type { Emulator } from '../../lib/emulator/index.ts';
import { matchesTarget } from '../../lib/emulator/faults.ts';
import { createBench } from './support.ts';
import type { Bench } from './support.ts';

const certsPath = '/oauth/v1/certs';

describe('Faults of the emulator', () => {
  let roblox: Emulator;
  let bench: Bench;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
  });
  afterEach(() => roblox.reset());
  after(() => roblox.close());

  it('are used once, and then the emulator answers normally again', async () => {
    const fault = roblox.faults.status(certsPath, 503, { headers: { 'retry-after': '1' }, body: { error: 'down' } });
    const bad = await bench.get(certsPath);
    expect(bad.status).to.equal(503);
    expect(bad.headers.get('retry-after')).to.equal('1');
    expect(bad.json).to.deep.equal({ error: 'down' });
    expect((await bench.get(certsPath)).status).to.equal(200);
    expect(fault.hits).to.equal(1);
  });

  it('are used `times` times, in the order in which they were armed, until they are cleared', async () => {
    roblox.faults.status(certsPath, 500, { times: 2 });
    const always = roblox.faults.status(certsPath, 502, { times: Infinity });
    const statuses: number[] = [];
    for (let time = 0; time < 4; time += 1) statuses.push((await bench.get(certsPath)).status);
    expect(statuses).to.deep.equal([500, 500, 502, 502]);
    always.clear();
    expect((await bench.get(certsPath)).status).to.equal(200);
  });

  it('are used for requests that match their target', () => {
    const path = '/cloud/v2/groups/7/roles';
    for (const target of [path, '/cloud/v2/*', '*', `GET ${path}`, 'GET *', /roles$/, /groups/g]) {
      expect(matchesTarget(target, 'GET', path), String(target)).to.equal(true);
    }
    for (const target of ['/cloud/v2', `POST ${path}`, '/cloud/v2/groups/./roles', /^roles/]) {
      expect(matchesTarget(target, 'GET', path), String(target)).to.equal(false);
    }
  });

  it('can be a redirect, a page, a huge body or a rewritten response', async () => {
    roblox.faults.redirect(certsPath, 'https://elsewhere.example/');
    const redirect = await bench.get(certsPath);
    expect({ status: redirect.status, location: redirect.headers.get('location') }).to.deep.equal({
      status: 302,
      location: 'https://elsewhere.example/',
    });
    roblox.faults.html(certsPath, { status: 502 });
    const page = await bench.get(certsPath);
    expect({ status: page.status, type: page.headers.get('content-type') }).to.deep.equal({
      status: 502,
      type: 'text/html; charset=utf-8',
    });
    roblox.faults.hugeBody(certsPath, { bytes: 3_000_000 });
    expect((await bench.get(certsPath)).text.length).to.be.above(3_000_000);
    roblox.faults.rewrite(certsPath, () => ({ keys: [] }));
    expect((await bench.get(certsPath)).json).to.deep.equal({ keys: [] });
    roblox.faults.rewrite('/oauth/v1/token', ({ scope: _scope, ...rest }) => ({ ...rest, token_type: 'mac' }));
    const { json } = await bench.signIn();
    expect(json).to.include({ token_type: 'mac' }).and.not.have.property('scope');
    roblox.faults.rewrite('/cloud/v2/groups/*', (group) => ({ ...group, id: '8' }));
    expect((await bench.get('/cloud/v2/groups/7001', await bench.token())).json['id']).to.equal('8');
  });

  it('can break a connection, before the response or in the middle of it', async () => {
    for (const arm of ['destroy', 'truncate'] as const) {
      roblox.faults[arm](certsPath);
      const outcome = await bench.get(certsPath).then(
        () => 'answered',
        () => 'broken',
      );
      expect(outcome, arm).to.equal('broken');
      expect((await bench.get(certsPath)).status).to.equal(200);
    }
  });

  it('can make the client wait for ever, until it closes the connection', async () => {
    for (const arm of ['hang', 'stall'] as const) {
      const fault = roblox.faults[arm](certsPath);
      const controller = new AbortController();
      const asking = fetch(roblox.url + certsPath, { signal: controller.signal }).then((response) => response.text());
      const outcome = asking.then(
        () => 'answered',
        () => 'left',
      );
      while (fault.hits === 0) await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      expect(await outcome, arm).to.equal('left');
    }
  });

  it('can delay the normal response', async () => {
    roblox.faults.delay(certsPath, 5);
    expect((await bench.get(certsPath)).json).to.have.property('keys');
  });

  it('can make userinfo about another user', async () => {
    const { access_token: token } = await roblox.issueTokens();
    roblox.faults.userInfoOf('4100000002');
    expect((await bench.get('/oauth/v1/userinfo', token)).json['sub']).to.equal('4100000002');
    expect((await bench.get('/oauth/v1/userinfo', token)).json['sub']).to.equal('4100000001');
  });
});

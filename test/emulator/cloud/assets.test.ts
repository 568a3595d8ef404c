import { expect } from 'chai';

import { startEmulator } from '../../../lib/emulator/index.ts';
import type { Emulator } from '../../../lib/emulator/index.ts';
import { createBench, withEmulator } from '../support.ts';
import type { ParsedResponse, Bench } from '../support.ts';

const scope = 'openid asset:read asset:write';
const asked = {
  assetType: 'Decal',
  displayName: 'A kite',
  description: 'It flies.',
  creationContext: { creator: { userId: '4100000001' } },
};
const png = new Blob([new Uint8Array(1000)], { type: 'image/png' });

function upload(bench: Bench, token: string, fields: Readonly<Record<string, string | Blob>>): Promise<ParsedResponse> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return bench.send('/assets/v1/assets', { method: 'POST', body, headers: { authorization: `Bearer ${token}` } });
}

describe('Emulated uploads', () => {
  let roblox: Emulator;
  let bench: Bench;
  let token: string;
  before(async () => {
    roblox = await startEmulator();
    bench = createBench(roblox);
    token = await bench.token({ scope });
  });
  afterEach(() => roblox.reset());
  after(() => roblox.close());

  const uploadKite = (fields: Readonly<Record<string, unknown>> = {}, bearer = token) =>
    upload(bench, bearer, { request: JSON.stringify({ ...asked, ...fields }), fileContent: png });
  const poll = (path: unknown, bearer = token) => bench.get(`/assets/v1/${String(path)}`, bearer);

  it('are an operation that ends with the asset, which can be read afterwards', async () => {
    const started = await uploadKite();
    expect(started.status).to.equal(200);
    expect(started.json['done']).to.equal(false);
    expect(started.json['path']).to.match(/^operations\/[\w-]+$/);
    const { json } = await poll(started.json['path']);
    expect(json['done']).to.equal(true);
    const asset = json['response'] as Record<string, unknown>;
    expect(asset).to.deep.include({
      displayName: 'A kite',
      description: 'It flies.',
      assetType: 'Decal',
      revisionId: '1',
      creationContext: { creator: { userId: '4100000001' } },
    });
    expect((await poll(asset['path'])).json).to.deep.equal(asset);
  });

  it('can belong to a group that the user chose', async () => {
    const { json } = await uploadKite({ creationContext: { creator: { groupId: 7001 } } });
    const { response } = (await poll(json['path'])).json;
    expect(response).to.deep.include({ creationContext: { creator: { groupId: '7001' } } });
  });

  it('take as many polls as assetPolls says', async () => {
    await withEmulator({ assetPolls: 3 }, async (own) => {
      const bearer = await own.token({ scope });
      const { json } = await upload(own, bearer, { request: JSON.stringify(asked), fileContent: png });
      const done: unknown[] = [json['done']];
      for (let time = 0; time < 3; time += 1) {
        done.push((await own.get(`/assets/v1/${String(json['path'])}`, bearer)).json['done']);
      }
      expect(done).to.deep.equal([false, false, false, true]);
    });
  });

  it('can fail, or never end', async () => {
    roblox.faults.operation('fails', { code: 7, message: 'The file was moderated.' });
    const failed = await uploadKite();
    const { json } = await poll(failed.json['path']);
    expect(json).to.deep.equal({
      path: failed.json['path'],
      done: true,
      error: { code: 7, message: 'The file was moderated.' },
    });
    roblox.faults.operation('never_ends');
    const endless = await uploadKite();
    for (let time = 0; time < 5; time += 1) expect((await poll(endless.json['path'])).json['done']).to.equal(false);
  });

  it('may have up to 20 MB', async () => {
    const request = JSON.stringify(asked);
    const file = (size: number) => new Blob([new Uint8Array(size)], { type: 'image/png' });
    const largest = await upload(bench, token, { request, fileContent: file(20 * 1024 * 1024) });
    expect(largest.status).to.equal(200);
    const tooLarge = await upload(bench, token, { request, fileContent: file(20 * 1024 * 1024 + 1) });
    expect(tooLarge.status).to.equal(400);
    const muchTooLarge = await upload(bench, token, { request, fileContent: file(22 * 1024 * 1024) });
    expect(muchTooLarge.status).to.equal(413);
  });

  it('are refused without the scopes, and for a creator that the user did not choose', async () => {
    expect((await uploadKite({}, await bench.token({ scope: 'openid asset:read' }))).status).to.equal(403);
    const { json } = await bench.signIn({ parameters: { scope }, resources: ['creator:G7001'] });
    const chosen = String(json['access_token']);
    expect((await uploadKite({}, chosen)).status).to.equal(403);
    for (const creator of [{ userId: '4100000002' }, { groupId: '7003' }]) {
      expect((await uploadKite({ creationContext: { creator } })).status).to.equal(403);
    }
  });

  it('are visible only to the app and the user that made them', async () => {
    const { json } = await uploadKite();
    const stranger = await bench.token({ user: '4100000002', scope });
    expect((await poll(json['path'], stranger)).status).to.equal(404);
    const { response } = (await poll(json['path'])).json;
    const { path } = response as Record<string, unknown>;
    expect((await poll(path, stranger)).status).to.equal(403);
    expect((await poll('assets/1')).status).to.equal(404);
    expect((await poll('operations/1')).status).to.equal(404);
  });

  const context = (creator: unknown) => ({ creationContext: { creator } });
  const wrong: [string, () => Promise<ParsedResponse>][] = [
    ['an unknown type', () => uploadKite({ assetType: 'Sculpture' })],
    ['a type that does not fit the file', () => uploadKite({ assetType: 'Audio' })],
    ['no name', () => uploadKite({ displayName: undefined })],
    ['no description', () => uploadKite({ description: undefined })],
    ['a description over 1,000 characters', () => uploadKite({ description: 'x'.repeat(1001) })],
    ['no creator', () => uploadKite({ creationContext: {} })],
    ['two creators', () => uploadKite(context({ userId: '4100000001', groupId: '7001' }))],
    ['a creator that is no ID', () => uploadKite(context({ userId: 'U' }))],
    ['a request that is no JSON', () => upload(bench, token, { request: '{', fileContent: png })],
    ['no request', () => upload(bench, token, { fileContent: png })],
    ['no file', () => upload(bench, token, { request: JSON.stringify(asked) })],
    ['text in the place of the file', () => upload(bench, token, { request: JSON.stringify(asked), fileContent: 'x' })],
    [
      'an empty file',
      () => upload(bench, token, { request: JSON.stringify(asked), fileContent: new Blob([], { type: 'image/png' }) }),
    ],
    ['JSON in the place of a form', () => bench.postJson('/assets/v1/assets', asked, token)],
  ];
  for (const [name, send] of wrong) {
    it(`are refused with ${name}, in the shape of the assets API`, async () => {
      const { status, json } = await send();
      expect({ status, code: json['code'] }).to.deep.equal({ status: 400, code: 400 });
      expect(json['message']).to.be.a('string');
    });
  }
});

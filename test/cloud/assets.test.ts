import { expect } from 'chai';
import { createAssets, readAsset, type NewAsset } from '../../lib/cloud/assets.ts';
import type { Call } from '../../lib/cloud/call.ts';
import { ConnectionError } from '../../lib/errors.ts';
import { sleep } from '../../lib/http/abort.ts';
import { catchError } from '../support/thrown.ts';
import { answeredBy } from './support.ts';

const OWN = { type: 'User', id: '42' } as const;
const GROUP = { type: 'Group', id: '7' } as const;
const CLUB = { type: 'Group', id: '8' } as const;
const DECAL = {
  assetType: 'Decal',
  displayName: 'Name',
  description: 'Words',
  file: new Blob(['pixels'], { type: 'image/png' }),
} satisfies NewAsset;
const SENT = {
  '@type': 'type.googleapis.com/roblox.open_cloud.assets.v1.Asset',
  path: 'assets/2205400862',
  revisionId: '1',
  revisionCreateTime: '2023-03-02T22:27:04.062164400Z',
  assetId: '2205400862',
  displayName: 'Name',
  description: 'Words',
  assetType: 'ASSET_TYPE_DECAL',
  creationContext: { creator: { userId: '42' } },
  moderationResult: { moderationState: 'MODERATION_STATE_APPROVED' },
};

/** An assets API that has made the asset after `polls` polls, and waits that take no time. */
function workshop(looks: number, accounts: readonly { type: 'User' | 'Group'; id: string }[] = [OWN, GROUP]) {
  const waits: number[] = [];
  const { call, calls } = answeredBy(() =>
    calls.length > looks ? { path: 'operations/op-1', done: true, response: SENT } : { path: 'operations/op-1' },
  );
  const assets = createAssets(
    call,
    async () => accounts,
    async (delayMs, signal) => {
      waits.push(delayMs);
      await sleep(0, signal);
    },
  );
  return { assets, calls, waits };
}

/** Reads the form of an upload. */
async function readForm({ body }: Call) {
  const form = body as FormData; // what an upload sends
  const file = form.get('fileContent') as File; // a Blob that was given a name
  const request: unknown = JSON.parse(String(form.get('request')));
  return { request, type: file.type, name: file.name, text: await file.text(), fields: [...form.keys()] };
}

describe('an upload', () => {
  it('sends the file with its type, waits for the operation, and returns the asset', async () => {
    const { assets, calls, waits } = workshop(3);
    expect(await assets.create(DECAL)).to.deep.equal(readAsset(SENT));
    expect(waits).to.deep.equal([500, 1000, 2000]);
    expect(calls[0]).to.deep.include({ method: 'POST', path: '/assets/v1/assets', scope: 'asset:write' });
    expect(await readForm(calls[0]!)).to.deep.equal({
      request: {
        assetType: 'Decal',
        displayName: 'Name',
        description: 'Words',
        creationContext: { creator: { userId: '42' } },
      },
      type: 'image/png',
      name: 'file.png',
      text: 'pixels',
      fields: ['request', 'fileContent'],
    });
    for (const call of calls.slice(1)) {
      expect(call).to.deep.include({
        method: 'GET',
        path: '/assets/v1/operations/{operation_id}',
        values: { operation_id: 'op-1' },
      });
    }
  });

  const creators: [string, unknown, object][] = [
    ["the user's own", OWN, { userId: '42' }],
    ["a group's", GROUP, { groupId: '7' }],
    ["a user's in Roblox's own form", { userId: 5 }, { userId: '5' }],
    ["a group's in Roblox's own form", { groupId: '9223372036854775807' }, { groupId: '9223372036854775807' }],
  ];
  for (const [name, creator, sent] of creators) {
    it(`is for the account that is given: ${name}`, async () => {
      const { assets, calls } = workshop(0, []);
      await assets.create({ ...DECAL, creator: creator as never, expectedPrice: 0, assetPrivacy: 'restricted' });
      const { request } = await readForm(calls[0]!);
      expect(request).to.deep.include({
        creationContext: { creator: sent, expectedPrice: 0, assetPrivacy: 'restricted' },
      });
    });
  }

  for (const [name, accounts, sent] of [
    ['their own account', [GROUP, CLUB, OWN], { userId: '42' }],
    ['the only group', [GROUP], { groupId: '7' }],
  ] as const) {
    it(`is by default for the account that the user chose: ${name}`, async () => {
      const { assets, calls } = workshop(0, accounts);
      await assets.create(DECAL);
      expect((await readForm(calls[0]!)).request).to.deep.include({ creationContext: { creator: sent } });
    });
  }

  for (const [name, accounts, message] of [
    ['no account', [], /chose no account/],
    ['several groups', [GROUP, CLUB], /chose several groups/],
  ] as const) {
    it(`is refused without a creator where the user chose ${name}`, async () => {
      const { assets, calls } = workshop(0, accounts);
      const error = await catchError(assets.create(DECAL));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
      expect(calls).to.deep.equal([]);
    });
  }

  const refused: [string, unknown, RegExp][] = [
    ['nothing', undefined, /^asset must be an object with assetType/],
    ['null', null, /^asset/],
    ['an unknown field', { ...DECAL, name: 'x' }, /Unknown option 'name'/],
    ['no type', { ...DECAL, assetType: undefined }, /^assetType/],
    ['a type that is no name', { ...DECAL, assetType: 'De cal' }, /^assetType/],
    ['no name', { ...DECAL, displayName: '' }, /^displayName/],
    ['no description', { ...DECAL, description: undefined }, /^description/],
    ['a description of 1,001 characters', { ...DECAL, description: 'x'.repeat(1001) }, /^description.*1001/],
    ['no file', { ...DECAL, file: undefined }, /^(file|contentType)/],
    ['a path for a file', { ...DECAL, file: './decal.png', contentType: 'image/png' }, /^file/],
    ['another type of file', { ...DECAL, contentType: 'audio/ogg' }, /^contentType/],
    ['a creator that is none', { ...DECAL, creator: '42' }, /^creator must be an object/],
    ['a creator of an unknown type', { ...DECAL, creator: { type: 'Robot', id: '7' } }, /^creator/],
    ['two creators', { ...DECAL, creator: { userId: '1', groupId: '2' } }, /^creator/],
    ['a creator without an ID', { ...DECAL, creator: { type: 'User' } }, /^creator\.id/],
    ['a creator whose ID lost digits', { ...DECAL, creator: { userId: 2 ** 60 } }, /^creator\.userId/],
    ['half a Robux', { ...DECAL, expectedPrice: 0.5 }, /^expectedPrice/],
  ];
  for (const [name, asset, message] of refused) {
    it(`is refused with ${name}, before any request`, async () => {
      const { assets, calls } = workshop(0);
      const error = await catchError(assets.create(asset as never));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
      expect(calls).to.deep.equal([]);
    });
  }

  it('that Roblox never finishes ends after the time-out', async () => {
    const { assets, waits } = workshop(Infinity);
    const error = await catchError(assets.create({ ...DECAL, timeout: 30 }));
    expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'timeout');
    expect(waits.slice(0, 5)).to.deep.equal([500, 1000, 2000, 4000, 4000]);
  });

  it('that ends with neither an asset nor an error is a ConnectionError', async () => {
    const { call } = answeredBy(() => ({ path: 'operations/op-1', done: true }));
    const error = await catchError(createAssets(call, async () => [OWN], sleep).create(DECAL));
    expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'invalid_body');
  });
});

describe('an asset', () => {
  it('has its ID as a string, and times as dates', () => {
    expect(readAsset(SENT)).to.deep.equal({
      id: '2205400862',
      path: 'assets/2205400862',
      assetType: 'ASSET_TYPE_DECAL',
      displayName: 'Name',
      description: 'Words',
      revisionId: '1',
      revisionCreatedAt: new Date('2023-03-02T22:27:04.062Z'),
      creator: OWN,
      moderationState: 'MODERATION_STATE_APPROVED',
      raw: SENT,
    });
    expect(readAsset({ assetId: 5, creationContext: { creator: { groupId: 7 } } })).to.deep.include({
      id: '5',
      creator: GROUP,
    });
    expect(readAsset({ path: 'assets/9' })).to.include({ id: '9' });
  });
});

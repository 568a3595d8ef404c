import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { createAssets, readAsset } from '../../lib/cloud/assets.ts';
import type { Call } from '../../lib/cloud/call.ts';
import { createExperiences, readExperience } from '../../lib/cloud/experiences.ts';
import { createGroups } from '../../lib/cloud/groups.ts';
import { readJoinRequest, readMembership } from '../../lib/cloud/group.ts';
import { createUserCalls } from '../../lib/cloud/user.ts';
import { answeredBy, asUser } from './support.ts';

// From Roblox's OpenAPI description, but without additional properties: an unknown field is a mistake. An int64 may be a string too, as in
// protobuf's JSON and in Roblox's examples.
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
// A CommonJS module, whose types say more than Node's import sees.
(addFormats as unknown as (to: Ajv) => void)(ajv);
ajv.addSchema(JSON.parse(readFileSync(new URL('schemas.json', import.meta.url), 'utf8')) as object);

function expectSchema(name: string, value: unknown): void {
  const json: unknown = JSON.parse(JSON.stringify(value));
  const isValid = ajv.validate(`roblox#/definitions/${name}`, json);
  expect(isValid, `${name}: ${ajv.errorsText()} in ${JSON.stringify(json)}`).to.equal(true);
}

const TIME = '2023-07-05T12:34:56Z';
const MEMBERSHIP = {
  path: 'groups/7/memberships/2',
  createTime: TIME,
  updateTime: TIME,
  user: 'users/2',
  role: 'groups/7/roles/99',
  roles: ['groups/7/roles/1', 'groups/7/roles/99'],
};
const JOIN_REQUEST = { path: 'groups/7/join-requests/2', createTime: TIME, user: 'users/2' };
const UNIVERSE = {
  path: 'universes/7',
  createTime: TIME,
  updateTime: TIME,
  displayName: 'Sky',
  description: '',
  group: 'groups/9',
  visibility: 'PUBLIC',
  ageRating: 'AGE_RATING_ALL',
  rootPlace: 'universes/7/places/8',
  voiceChatEnabled: true,
  privateServerPriceRobux: 5,
};
const ASSET = {
  path: 'assets/5',
  assetId: '5',
  revisionId: '1',
  revisionCreateTime: TIME,
  displayName: 'a',
  description: '',
  assetType: 'ASSET_TYPE_DECAL',
  creationContext: { creator: { groupId: '7' } },
  moderationResult: { moderationState: 'MODERATION_STATE_APPROVED' },
  state: 'Active',
};
const CHANGE = { userId: '2', roleId: '99' };
const FILE = new Blob(['x'], { type: 'image/png' });

describe("what the client sends matches Roblox's description", () => {
  const sent: [string, string, (call: (made: Call) => Promise<unknown>) => Promise<unknown>][] = [
    ['assignRole', 'AssignRoleGroupMembershipRequest', (call) => createGroups(call, asUser).assignRole('7', CHANGE)],
    [
      'unassignRole',
      'UnassignRoleGroupMembershipRequest',
      (call) => createGroups(call, asUser).unassignRole('7', CHANGE),
    ],
    ['setRole', 'GroupMembership', (call) => createGroups(call, asUser).setRole('7', CHANGE)],
    [
      'acceptJoinRequest',
      'AcceptGroupJoinRequestRequest',
      (call) => createGroups(call, asUser).acceptJoinRequest('7', '2'),
    ],
    [
      'declineJoinRequest',
      'DeclineGroupJoinRequestRequest',
      (call) => createGroups(call, asUser).declineJoinRequest('7', '2'),
    ],
    ['publish', 'PublishUniverseMessageRequest', (call) => createExperiences(call).publish('7', 't', 'm')],
    [
      'restartServers',
      'RestartUniverseServersRequest',
      (call) =>
        createExperiences(call).restartServers('7', {
          placeIds: ['8', '9223372036854775807'],
          closeAllVersions: true,
          bleedOffServers: true,
          bleedOffDurationMinutes: 10,
        }),
    ],
    [
      'notify',
      'UserNotification',
      (call) =>
        createUserCalls(call, asUser, async () => {}).notify({
          source: { universe: 'universes/7' },
          payload: {
            messageId: 'm',
            parameters: { egg: { stringValue: 'golden' }, count: { int64Value: 5 } },
            joinExperience: { launchData: 'x' },
            analyticsData: { category: 'eggs' },
          },
        }),
    ],
  ];
  for (const [name, schema, send] of sent) {
    it(`in ${name}`, async () => {
      const { call, calls } = answeredBy(() => ({}));
      await send(call);
      expectSchema(schema, calls[0]?.body);
    });
  }

  it('in assets.create', async () => {
    const { call, calls } = answeredBy(() => ({ done: true, response: ASSET }));
    const assets = createAssets(
      call,
      async () => [],
      async () => {},
    );
    const asset = { assetType: 'Decal', displayName: 'a', description: '', file: FILE };
    await assets.create({ ...asset, creator: { userId: '1' }, expectedPrice: 10, assetPrivacy: 'restricted' });
    const form = calls[0]?.body as FormData; // what an upload sends
    expectSchema('Asset', JSON.parse(String(form.get('request'))));
  });
});

describe("every field of a response in Roblox's description is read", () => {
  const responses: [string, unknown, (json: unknown) => object][] = [
    ['GroupMembership', MEMBERSHIP, readMembership],
    ['GroupJoinRequest', JOIN_REQUEST, readJoinRequest],
    ['Universe', UNIVERSE, readExperience],
    ['Asset', ASSET, readAsset],
  ];
  for (const [schema, response, read] of responses) {
    it(`for a ${schema}, without empty values`, () => {
      expectSchema(schema, response);
      for (const [name, value] of Object.entries(read(response))) {
        if (name !== 'description') expect(value, name).to.not.be.oneOf(['', undefined, 0]);
        if (value instanceof Date) expect(value.getTime(), name).to.not.be.NaN;
      }
    });
  }

  it('the schemas refuse what Roblox would not send', () => {
    expect(ajv.validate('roblox#/definitions/GroupMembership', { roleId: '7' })).to.equal(false);
    expect(ajv.validate('roblox#/definitions/Asset', { assetId: true })).to.equal(false);
    expect(ajv.validate('roblox#/definitions/PublishUniverseMessageRequest', { topic: 't' })).to.equal(false);
  });
});

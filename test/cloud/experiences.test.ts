import { expect } from 'chai';
import { createExperiences, readExperience } from '../../lib/cloud/experiences.ts';
import { catchError } from '../support/thrown.ts';
import { answeredBy } from './support.ts';

describe('publish', () => {
  it('posts topic and message to the experience', async () => {
    const { call, calls } = answeredBy(() => undefined);
    expect(await createExperiences(call).publish(5, 'news', '{"a":1}')).to.equal(undefined);
    expect(calls[0]).to.deep.include({
      method: 'POST',
      path: '/cloud/v2/universes/{universe_id}:publishMessage',
      values: { universe_id: '5' },
      body: { topic: 'news', message: '{"a":1}' },
    });
  });

  it("takes 1,024 characters of any size in bytes, Roblox's limit", async () => {
    const { call, calls } = answeredBy(() => undefined);
    for (const letter of ['m', 'é', '語']) await createExperiences(call).publish('5', 't', letter.repeat(1024));
    expect(calls).to.have.length(3);
  });

  const refused: [string, [unknown, unknown, unknown], RegExp][] = [
    ['no ID', [undefined, 't', 'm'], /^universeId/],
    ['no topic', ['5', '', 'm'], /^topic/],
    ['a long topic', ['5', 't'.repeat(81), 'm'], /^topic.*81/],
    ['no message', ['5', 't', undefined], /^message/],
    ['a long message', ['5', 't', 'm'.repeat(1025)], /^message.*1025/],
    ['a long message of two-byte characters', ['5', 't', 'é'.repeat(1025)], /^message.*1025/],
  ];
  for (const [name, args, message] of refused) {
    it(`refuses ${name}`, async () => {
      const { call, calls } = answeredBy(() => undefined);
      const error = await catchError(createExperiences(call).publish(...(args as [string, string, string])));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
      expect(calls).to.deep.equal([]);
    });
  }
});

describe('an experience', () => {
  const TIME = '2023-07-05T12:34:56Z';

  it('says who owns it, a user or a group', () => {
    const sent = { displayName: 'Sky', description: '', visibility: 'PUBLIC', voiceChatEnabled: true, ofTomorrow: [1] };
    const times = { createTime: TIME, updateTime: TIME };
    const dates = { createdAt: new Date(TIME), updatedAt: new Date(TIME) };
    const raw = { path: 'universes/7', ...times, ...sent, user: 'users/1', rootPlace: 'universes/7/places/8' };
    const owner = { type: 'User', id: '1' };
    expect(readExperience(raw)).to.deep.equal({ id: '7', ...sent, owner, rootPlaceId: '8', ...dates, raw });
    expect(readExperience({ group: 'groups/9' })).to.deep.include({ owner: { type: 'Group', id: '9' } });
  });

  it('is asked for by its ID', async () => {
    const { call, calls } = answeredBy(() => ({ path: 'universes/7' }));
    expect(await createExperiences(call).get(7)).to.include({ id: '7' });
    expect(calls[0]).to.deep.include({ path: '/cloud/v2/universes/{universe_id}', values: { universe_id: '7' } });
  });
});

describe('restartServers', () => {
  it("sends Roblox's own fields", async () => {
    const { call, calls } = answeredBy(() => ({}));
    const experiences = createExperiences(call);
    expect(await experiences.restartServers('7')).to.equal(undefined);
    const options = { closeAllVersions: true, bleedOffServers: true, bleedOffDurationMinutes: 10 };
    await experiences.restartServers('7', { placeIds: ['8', 9], ...options });
    await experiences.restartServers('7', { placeIds: ['9223372036854775807'] });
    expect(calls.map(({ body }) => JSON.parse(JSON.stringify(body)))).to.deep.equal([
      {},
      { placeIds: [8, 9], ...options },
      // A number would lose digits.
      { placeIds: ['9223372036854775807'] },
    ]);
    expect(calls[0]).to.deep.include({ method: 'POST', path: '/cloud/v2/universes/{universe_id}:restartServers' });
  });

  const refused: [string, unknown, RegExp][] = [
    ['a place that is no ID', { placeIds: ['x'] }, /^placeIds\[0\]/],
    ['no place, which would mean all', { placeIds: [] }, /^placeIds/],
    ['a switch in words', { closeAllVersions: 'true' }, /^closeAllVersions/],
    ['a switch that is null', { bleedOffServers: null }, /^bleedOffServers/],
    ['0 minutes', { bleedOffDurationMinutes: 0 }, /^bleedOffDurationMinutes.*1 to 60/],
    ['61 minutes', { bleedOffDurationMinutes: 61 }, /^bleedOffDurationMinutes.*1 to 60/],
    ['an unknown option', { closeAll: true }, /closeAll/],
  ];
  for (const [name, options, message] of refused) {
    it(`refuses ${name}, before any request`, async () => {
      const { call, calls } = answeredBy(() => ({}));
      const error = await catchError(createExperiences(call).restartServers('7', options as never));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
      expect(calls).to.deep.equal([]);
    });
  }
});

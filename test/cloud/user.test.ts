import { inspect } from 'node:util';
import { expect } from 'chai';
import { createUserCalls, readUser } from '../../lib/cloud/user.ts';
import { ConnectionError, RobloxAPIError } from '../../lib/errors.ts';
import { sleep as platformSleep } from '../../lib/http/abort.ts';
import { catchError } from '../support/thrown.ts';
import { answeredBy, asUser, wire } from './support.ts';

/** A user whose picture is ready after `looks` polls. Waits take no time. */
function makeUser(
  looks: number,
  last: unknown = { done: true, response: { imageUri: 'https://tr.rbxcdn.com/x.png' } },
) {
  const waits: number[] = [];
  const { call, calls } = answeredBy(() =>
    calls.length > looks ? last : { path: 'users/42/operations/op-1', done: false },
  );
  const sleep = async (delayMs: number, signal?: AbortSignal) => {
    waits.push(delayMs);
    await platformSleep(0, signal);
  };
  return { user: createUserCalls(call, asUser, sleep), calls, waits };
}

describe('a thumbnail', () => {
  it('is returned at once when Roblox has it', async () => {
    const { user, calls, waits } = makeUser(0);
    expect(await user.thumbnail({ size: 420, shape: 'ROUND', format: 'PNG' })).to.equal('https://tr.rbxcdn.com/x.png');
    expect(waits).to.deep.equal([]);
    expect(calls[0]).to.deep.include({
      path: '/cloud/v2/users/{user_id}:generateThumbnail',
      values: { user_id: '42' },
      query: { size: 420, shape: 'ROUND', format: 'PNG' },
    });
  });

  it('is polled after growing waits', async () => {
    const { user, calls, waits } = makeUser(4);
    expect(await user.thumbnail()).to.equal('https://tr.rbxcdn.com/x.png');
    expect(waits).to.deep.equal([500, 1000, 2000, 4000]);
    expect(calls[1]).to.deep.include({
      path: '/cloud/v2/users/{user_id}/operations/{operation_id}',
      values: { user_id: '42', operation_id: 'op-1' },
    });
  });

  it('makes the call wait no longer than its time-out', async () => {
    const { user, waits } = makeUser(Infinity);
    const error = await catchError(user.thumbnail({ timeout: 30 }));
    expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'timeout');
    expect(waits.slice(0, 6)).to.deep.equal([500, 1000, 2000, 4000, 4000, 4000]);
  });

  it('that Roblox cannot draw is an error with the reason, without a token that Roblox echoed', async () => {
    const error = { code: 5, message: 'no avatar for live-access-token', details: ['live-access-token'] };
    const { call } = wire(() => ({ text: JSON.stringify({ done: true, error }) }));
    const refusal = await catchError(createUserCalls(call, asUser, platformSleep).thumbnail());
    expect(refusal).to.be.instanceOf(RobloxAPIError).and.include({ code: 5, message: 'no avatar for [redacted]' });
    expect(inspect(refusal, { depth: 9, showHidden: true })).to.not.include('live-access-token');
  });

  it('is an error when the response names no operation', async () => {
    const { user } = makeUser(0, { path: 'users/42/operations/../../evil', done: false });
    expect(await catchError(user.thumbnail()))
      .to.be.instanceOf(ConnectionError)
      .with.property('code', 'invalid_body');
  });

  it('makes the call wait no longer when its signal ends', async () => {
    const controller = new AbortController();
    const { call } = answeredBy(() => ({ path: 'users/42/operations/op-1', done: false }));
    const user = createUserCalls(call, asUser, (delayMs, signal) => {
      queueMicrotask(() => controller.abort(new Error('enough')));
      return platformSleep(delayMs, signal);
    });
    expect(await catchError(user.thumbnail({ signal: controller.signal }))).to.have.property('message', 'enough');
  });

  for (const options of [
    { size: 0 },
    { size: '420' },
    { size: 1.5 },
    { shape: 'round' },
    { format: 'PNG&x=1' },
    { format: 7 },
  ]) {
    it(`is refused with ${JSON.stringify(options)}, before any request`, async () => {
      const { user, calls } = makeUser(0);
      expect(await catchError(user.thumbnail(options as never))).to.be.instanceOf(TypeError);
      expect(calls).to.deep.equal([]);
    });
  }
});

describe('a user', () => {
  it("keeps Roblox's field names", () => {
    const raw = {
      path: 'users/1',
      id: '1',
      name: 'a',
      displayName: 'A',
      createTime: '2023-07-05T12:34:56.000001Z',
      locale: 'en-US',
      premium: true,
    };
    const { createTime: _created, ...fields } = raw;
    expect(readUser(raw)).to.deep.equal({ ...fields, createdAt: new Date('2023-07-05T12:34:56.000Z'), raw });
  });
});

describe('a notification', () => {
  const source = { universe: 'universes/7' };
  const payload = { messageId: '5dd7024b', parameters: { egg: { stringValue: 'golden' } } };

  it("is sent to the user in Roblox's fields, with the only type", async () => {
    const raw = { path: 'users/42/notifications/a6746f2e', id: 'a6746f2e' };
    const { call, calls } = answeredBy(() => raw);
    const user = createUserCalls(call, asUser, platformSleep);
    expect(await user.notify({ source, payload })).to.deep.equal({ id: 'a6746f2e', raw });
    expect(calls[0]).to.deep.include({
      method: 'POST',
      path: '/cloud/v2/users/{user_id}/notifications',
      values: { user_id: '42' },
      body: { source, payload: { type: 'MOMENT', ...payload } },
      scope: 'user.user-notification:write',
    });
  });

  const refused: [string, unknown, RegExp][] = [
    ['nothing', undefined, /^notification/],
    ['an unknown field', { source, payload, universe: 'universes/7' }, /universe/],
    ['no experience', { payload }, /^source\.universe/],
    ['an experience by its ID alone', { source: { universe: '7' }, payload }, /^source\.universe/],
    ['a path that leads elsewhere', { source: { universe: 'universes/7/../8' }, payload }, /^source\.universe/],
    ['no message', { source, payload: {} }, /^payload\.messageId/],
    ['no payload', { source }, /^payload\.messageId/],
    [
      'launch data of 201 bytes',
      { source, payload: { ...payload, joinExperience: { launchData: `${'é'.repeat(100)}x` } } },
      /launchData.*200 bytes/,
    ],
  ];
  for (const [name, notification, message] of refused) {
    it(`is refused with ${name}, before any request`, async () => {
      const { call, calls } = answeredBy(() => ({}));
      const error = await catchError(createUserCalls(call, asUser, platformSleep).notify(notification as never));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
      expect(calls).to.deep.equal([]);
    });
  }
});

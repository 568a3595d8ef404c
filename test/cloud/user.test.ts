import { expect } from 'chai';
import { createExperiences } from '../../lib/cloud/experiences.ts';
import { createUserCalls } from '../../lib/cloud/user.ts';
import { ConnectionError, RobloxAPIError } from '../../lib/errors.ts';
import { sleep as platformSleep } from '../../lib/http/abort.ts';
import { answeredBy, asUser, thrown } from './support.ts';

/** A user whose picture is ready after so many looks, and a clock that only waiting moves. */
function painter(looks: number, last: unknown = { done: true, response: { imageUri: 'https://tr.rbxcdn.com/x.png' } }) {
  let now = 0;
  const waits: number[] = [];
  const { call, calls } = answeredBy(() =>
    calls.length > looks ? last : { path: 'users/42/operations/op-1', done: false },
  );
  const sleep = async (delayMs: number) => {
    waits.push(delayMs);
    now += delayMs;
  };
  return { user: createUserCalls(call, asUser, { now: () => now, sleep }), calls, waits };
}

describe('a thumbnail', () => {
  it('is there at once where Roblox has it', async () => {
    const { user, calls, waits } = painter(0);
    expect(await user.thumbnail({ size: 420, shape: 'ROUND', format: 'PNG' })).to.equal('https://tr.rbxcdn.com/x.png');
    expect(waits).to.deep.equal([]);
    expect(calls[0]).to.deep.include({
      path: '/cloud/v2/users/{user_id}:generateThumbnail',
      values: { user_id: '42' },
      query: { size: 420, shape: 'ROUND', format: 'PNG' },
    });
  });

  it('is looked for with growing patience', async () => {
    const { user, calls, waits } = painter(4);
    expect(await user.thumbnail()).to.equal('https://tr.rbxcdn.com/x.png');
    expect(waits).to.deep.equal([500, 1000, 2000, 4000]);
    expect(calls[1]).to.deep.include({
      path: '/cloud/v2/users/{user_id}/operations/{operation_id}',
      values: { user_id: '42', operation_id: 'op-1' },
    });
  });

  it('is not waited for beyond half a minute', async () => {
    const { user, waits } = painter(Infinity);
    const error = await thrown(user.thumbnail());
    expect(error).to.be.instanceOf(ConnectionError).with.property('code', 'timeout');
    expect(waits.reduce((sum, wait) => sum + wait)).to.be.within(20_000, 30_000);
  });

  it('that cannot be drawn is an error with its reason', async () => {
    const { user } = painter(1, { done: true, error: { code: 5, message: 'no avatar' } });
    expect(await thrown(user.thumbnail()))
      .to.be.instanceOf(RobloxAPIError)
      .and.include({ code: 5, message: 'no avatar' });
  });

  it('is an error where the answer leads nowhere', async () => {
    const { user } = painter(0, { path: 'users/42/operations/../../evil', done: false });
    expect(await thrown(user.thumbnail()))
      .to.be.instanceOf(ConnectionError)
      .with.property('code', 'invalid_body');
  });

  it('is no longer waited for when the signal says so', async () => {
    const controller = new AbortController();
    const { call } = answeredBy(() => ({ path: 'users/42/operations/op-1', done: false }));
    const user = createUserCalls(call, asUser, {
      now: () => 0,
      sleep: (delayMs, signal) => {
        queueMicrotask(() => controller.abort(new Error('enough')));
        return platformSleep(delayMs, signal);
      },
    });
    expect(await thrown(user.thumbnail({ signal: controller.signal }))).to.have.property('message', 'enough');
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
      const { user, calls } = painter(0);
      expect(await thrown(user.thumbnail(options as never))).to.be.instanceOf(TypeError);
      expect(calls).to.deep.equal([]);
    });
  }
});

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

  const refused: [string, [unknown, unknown, unknown], RegExp][] = [
    ['no ID', [undefined, 't', 'm'], /^universeId/],
    ['no topic', ['5', '', 'm'], /^topic/],
    ['a long topic', ['5', 't'.repeat(81), 'm'], /^topic.*81/],
    ['no message', ['5', 't', undefined], /^message/],
    ['a long message', ['5', 't', 'm'.repeat(1025)], /^message.*1025/],
  ];
  for (const [name, args, message] of refused) {
    it(`refuses ${name}`, async () => {
      const { call, calls } = answeredBy(() => undefined);
      const error = await thrown(createExperiences(call).publish(...(args as [string, string, string])));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
      expect(calls).to.deep.equal([]);
    });
  }
});

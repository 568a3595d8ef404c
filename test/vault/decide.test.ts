import { expect } from 'chai';
import fc from 'fast-check';
import type { Tokens } from '../../lib/oauth/tokens.ts';
import { decide, placeResponse, type Decision, type Situation } from '../../lib/vault/decide.ts';
import type { HeldRecord, Mark, TokenRecord } from '../../lib/vault/records.ts';

// `isUsable` is false for the tokens of this generation and below.
const ENDED = 5;

function tokensOf(login: string, generation: number): Tokens {
  const name = `${login}${generation}`;
  return {
    accessToken: `access-${name}`,
    refreshToken: name,
    idToken: undefined,
    tokenType: 'Bearer',
    scope: [],
    expiresAt: undefined,
  };
}
const held = (login: string, generation: number): HeldRecord => ({
  login,
  generation,
  tokens: tokensOf(login, generation),
});
const stored = (login: string, generation: number, change: Partial<TokenRecord> = {}): TokenRecord => ({
  ...held(login, generation),
  state: 'live',
  mark: undefined,
  holders: [],
  savedAt: 0,
  ...change,
});

const MINE: Mark = { id: 'mine', durationMs: 1 };
const OTHER: Mark = { id: 'other', durationMs: 1 };
const OVER: Mark = { id: 'over', durationMs: 1 };

function situation(change: Partial<Situation> & { refused?: string[] }): Situation {
  const { refused = [], ...rest } = change;
  const own = rest.held ?? held('A', 5);
  return {
    stored: undefined,
    held: own,
    known: own,
    isRefused: ({ refreshToken = '' }) => refused.includes(refreshToken),
    isMine: ({ id }) => id === 'mine',
    isOver: ({ id }) => id === 'over',
    isUsable: ({ refreshToken = '' }) => Number(refreshToken.slice(1)) > ENDED,
    isEnded: () => false,
    mayForget: false,
    ...rest,
  };
}

function show(decision: Decision): string {
  if (decision.do === 'use') return `use ${decision.record.login}${decision.record.generation}`;
  if (decision.do === 'ask') return `ask with ${decision.base.login}${decision.base.generation}`;
  if (decision.do === 'wait') return `wait for ${decision.mark.id}`;
  return decision.do === 'refuse' ? `refuse: ${decision.why}` : decision.do;
}

describe('What a renewal does', () => {
  const ROWS: Record<string, [string, Parameters<typeof situation>[0]]> = {
    'what is held is stored': ['ask with A5', { stored: stored('A', 5) }],
    'another process has renewed': ['use A6', { stored: stored('A', 6) }],
    'another process has renewed, and renews again': ['use A6', { stored: stored('A', 6, { holders: [OTHER] }) }],
    'another process has renewed, long ago': ['ask with A5', { stored: stored('A', 5), held: held('A', 4) }],
    'the user has signed in again': ['use B6', { stored: stored('B', 6) }],
    'the user has signed in again, long ago': ['ask with B2', { stored: stored('B', 2) }],
    'the login that is stored was refused': ['ask with A5', { stored: stored('B', 2), refused: ['B2'] }],
    'both logins were refused': ['lose', { stored: stored('B', 2), refused: ['B2', 'A5'] }],
    'somebody renews': ['wait for other', { stored: stored('A', 5, { holders: [OTHER] }) }],
    'somebody took too long to renew': ['ask with A5', { stored: stored('A', 5, { holders: [OVER] }) }],
    'somebody took over': ['wait for other', { stored: stored('A', 5, { holders: [MINE, OTHER] }), refused: ['A5'] }],
    'we renewed, and failed': ['ask with A5', { stored: stored('A', 5, { holders: [MINE] }) }],
    'our token was refused': ['lose', { stored: stored('A', 5, { holders: [MINE] }), refused: ['A5'] }],
    'our token was refused, after we took over': ['doubt', { stored: stored('A', 5, { holders: [OVER, MINE] }), refused: ['A5'] }],
    'our token was refused, by a storage that may forget': ['doubt', { stored: stored('A', 5, { holders: [MINE] }), refused: ['A5'], mayForget: true }],
    'our token was refused, and somebody has stored the next': ['use A6', { stored: stored('A', 6), refused: ['A5'] }],
    'there is no refresh token': ['lose', { stored: stored('A', 5, { tokens: { ...tokensOf('A', 5), refreshToken: undefined } }) }],
    'it was refused, and may still get a response': ['refuse: doubt', { stored: stored('A', 5, { state: 'refused', mark: OTHER }) }],
    'it was refused, and can no longer get a response': ['lose', { stored: stored('A', 5, { state: 'refused', mark: OVER }) }],
    'it was refused, but we hold a newer one': ['ask with A6', { stored: stored('A', 5, { state: 'refused', mark: OTHER }), held: held('A', 6) }],
    'it was refused, but somebody tries a newer one': ['refuse: doubt', { stored: stored('A', 5, { state: 'refused', mark: OVER, holders: [OTHER] }) }],
    'it is lost': ['refuse: lost', { stored: stored('A', 5, { state: 'lost', mark: OTHER, tokens: undefined }) }],
    'it is lost, but we hold a newer one': ['ask with A6', { stored: stored('A', 5, { state: 'lost', mark: OTHER, tokens: undefined }), held: held('A', 6) }],
    'it was revoked': ['refuse: revoked', { stored: stored('A', 5, { state: 'revoked', mark: OTHER, tokens: undefined }), held: held('A', 6) }],
    'the storage fell back to an older renewal': ['ask with A6', { stored: stored('A', 5), held: held('A', 6) }],
    'the storage fell back behind what this process has seen': ['ask with A8', { stored: stored('A', 7), held: held('A', 5), known: held('A', 8) }],
    'this process has seen the stored one': ['use A8', { stored: stored('A', 8), held: held('A', 5), known: held('A', 8) }],
    'the storage forgot it': ['ask with A5', {}],
    'the storage forgot it, and somebody renews what they hold': ['wait for other', { stored: stored('A', 5, { tokens: undefined, holders: [OTHER] }) }],
    'the storage forgot it, and what we hold was refused': ['forget', { stored: stored('A', 5, { tokens: undefined, holders: [MINE] }), refused: ['A5'] }],
    'the storage forgot it, and so did we': ['refuse: nothing', { isEnded: () => true }],
  }; // prettier-ignore
  for (const [what, [expected, change]] of Object.entries(ROWS)) {
    it(`when ${what}: ${expected}`, () => expect(show(decide(situation(change)))).to.equal(expected));
  }

  it('is never to spend a token twice, or one that somebody else may be spending, or to lose what may still get a response', () => {
    const mark = fc.constantFrom(MINE, OTHER, OVER);
    const record = fc
      .record({
        login: fc.constantFrom('A', 'B'),
        generation: fc.integer({ min: 3, max: 8 }),
        state: fc.constantFrom('live', 'refused', 'lost', 'revoked'),
        mark,
        holders: fc.array(mark, { maxLength: 3 }),
        hasTokens: fc.boolean(),
      })
      .map(({ login, generation, state, hasTokens, ...rest }) =>
        stored(login, generation, {
          ...rest,
          state,
          ...(hasTokens && state !== 'lost' && state !== 'revoked' ? {} : { tokens: undefined }),
        }),
      );
    const own = fc
      .tuple(fc.constantFrom('A', 'B'), fc.integer({ min: 3, max: 8 }))
      .map(([login, generation]) => held(login, generation));
    const refused = fc.subarray(['A3', 'A4', 'A5', 'A6', 'B3', 'B4', 'B5', 'B6']);
    fc.assert(
      fc.property(
        fc.option(record, { nil: undefined }),
        own,
        refused,
        fc.boolean(),
        (found, mine, spent, mayForget) => {
          const given = situation({ stored: found, held: mine, refused: spent, mayForget });
          const decision = decide(given);
          const last = found?.holders.at(-1);
          if (decision.do === 'ask') {
            expect(spent).to.not.include(decision.base.tokens.refreshToken);
            expect(last?.id).to.not.equal('other');
          }
          if (decision.do === 'lose' && found?.state === 'live') {
            expect(mayForget || found.holders.some(({ id }) => id !== 'mine')).to.equal(false);
          }
          if (decision.do === 'lose') expect(last?.id).to.not.equal('other');
          if (decision.do === 'use') expect(given.isUsable(decision.record.tokens)).to.equal(true);
        },
      ),
      { seed: 7, numRuns: 5_000 },
    );
  });
});

describe("Where Roblox's response goes", () => {
  const answer = { base: held('A', 5), tokens: tokensOf('A', 6) };
  const place = (found: TokenRecord | undefined, refused: string[] = []) =>
    placeResponse(found, answer, ({ refreshToken = '' }) => refused.includes(refreshToken));
  const next = { login: 'A', generation: 6 };
  const ROWS: Record<string, [unknown, TokenRecord | undefined, string[]?]> = {
    'over what it was given for': [next, stored('A', 5, { holders: [MINE] })],
    'over what somebody else is renewing': [next, stored('A', 5, { holders: [MINE, OTHER] })],
    'over a tombstone': [next, stored('A', 5, { state: 'refused', mark: OTHER })],
    'over a loss': [next, stored('A', 5, { state: 'lost', mark: OTHER, tokens: undefined })],
    'where nothing is stored': [next, undefined],
    'where somebody renews what the storage forgot': [next, stored('A', 5, { tokens: undefined })],
    'over an older renewal': [next, stored('A', 3)],
    'over another login that was refused': [{ login: 'A', generation: 10 }, stored('B', 9), ['B9']],
    'nowhere, when a newer renewal is stored': ['keep', stored('A', 7)],
    'nowhere, when the user has signed in again': ['keep', stored('B', 6)],
    'to the same place again': ['again', stored('A', 6, { holders: [OTHER] })],
    'to Roblox, when the authorization was revoked': ['revoke', stored('A', 5, { state: 'revoked', mark: OTHER, tokens: undefined })],
  }; // prettier-ignore
  for (const [where, [expected, found, refused]] of Object.entries(ROWS)) {
    it(where, () => expect(place(found, refused)).to.deep.equal(expected));
  }
});

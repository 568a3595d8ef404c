import { expect } from 'chai';
import type { Visitor } from '../../lib/emulator/index.ts';
import {
  FIRST,
  PROVIDERS,
  SECOND,
  link,
  listLinked,
  readMessage,
  readName,
  press,
  signIn,
  startLink,
  startLoginPage,
  readText,
  type LoginPage,
} from './support.ts';

describe('the login page', () => {
  let page: LoginPage;
  let visitor: Visitor;
  /** The log of the app. */
  let logged: unknown[][];
  const { error: consoleError } = console;

  beforeEach(async () => {
    page = await startLoginPage();
    visitor = page.visitor();
    logged = [];
    console.error = (...values) => void logged.push(values);
  });
  afterEach(async () => {
    console.error = consoleError;
    await page.close();
  });

  it('shows the four providers with the same texts in the same places', async () => {
    const { body, headers } = await visitor.get('/');
    const offered = [...body.matchAll(/href="\/auth\/(\w+)"/g)].map(([, id]) => id);
    expect(offered).to.deep.equal(PROVIDERS);
    expect(readText(body)).to.include(
      'Sign in with Roblox Sign in with Google Sign in with GitHub Sign in with Discord',
    );
    expect(body).not.to.include('<script');
    expect(headers['content-security-policy']).to.match(/^default-src 'none'; style-src 'self';/);
    expect(headers['set-cookie'], 'nobody is followed before they sign in').to.equal(undefined);
  });

  for (const provider of PROVIDERS) {
    describe(`with ${provider}`, () => {
      it('signs a person in, and finds their account when they come again', async () => {
        const { status, body } = await signIn(visitor, provider);
        expect([status, readName(body), listLinked(body)]).to.deep.equal([200, FIRST[provider], [provider]]);
        const before = visitor.cookies()['session'];
        const { body: out } = await press(visitor, '/sign-out');
        expect(readName(out)).to.equal(undefined);
        expect((await visitor.get('/')).body).not.to.include(FIRST[provider]);

        await signIn(visitor, provider);
        const { body: again } = await link(visitor, provider === 'google' ? 'github' : 'google');
        expect(listLinked(again)).to.have.lengthOf(2);
        expect(visitor.cookies()['session']).not.to.equal(before);
      });

      it('gives a signed-in person a new session, which nobody else knows', async () => {
        const authorization = await visitor.start(`/auth/${provider}`);
        const before = visitor.cookies()['session'];
        await visitor.get(await visitor.authorize(authorization));
        expect(before).to.be.a('string').and.not.to.equal(visitor.cookies()['session']);
      });

      it('says so when a person cancels', async () => {
        const { status, body } = await visitor.cancel({ start: `/auth/${provider}` });
        expect([status, readName(body)]).to.deep.equal([403, undefined]);
        expect(readMessage(body)).to.match(/^You cancelled at \w+, and nothing has changed\.$/);
      });

      it('refuses a replayed callback with 403, and the person stays signed in', async () => {
        const callback = await visitor.authorize(await visitor.start(`/auth/${provider}`));
        await visitor.get(callback);
        const { status, body } = await visitor.get(callback);
        expect([status, readName(body)]).to.deep.equal([403, FIRST[provider]]);
        expect(readMessage(body)).to.include('was used before');
      });

      it('refuses a callback that another browser began', async () => {
        const callback = await page.visitor().authorize(await page.visitor().start(`/auth/${provider}`));
        const { status, body } = await visitor.get(callback);
        expect([status, readName(body)]).to.deep.equal([403, undefined]);
      });

      it('refuses a callback after more than 15 minutes', async () => {
        const callback = await visitor.authorize(await visitor.start(`/auth/${provider}`));
        page.advance(15 * 60_000);
        const { status, body } = await visitor.get(callback);
        expect([status, readName(body)]).to.deep.equal([403, undefined]);
        expect(readMessage(body)).to.include('took too long');
      });

      it('finishes two tabs in the other order', async () => {
        const first = await visitor.start(`/auth/${provider}`);
        const second = await visitor.start(`/auth/${provider}`);
        const { body } = await visitor.get(await visitor.authorize(second));
        expect(readName(body)).to.equal(FIRST[provider]);
        const later = await visitor.get(await visitor.authorize(first, { user: SECOND[provider] }));
        expect(later.status).to.equal(200);
        expect(readName(later.body)).to.be.a('string').and.not.to.equal(FIRST[provider]);
      });

      it('shows no text from a URL', async () => {
        for (const query of ['error=access_denied', 'error=server_error', 'code=1']) {
          const { status, body } = await visitor.get(
            `/auth/${provider}/callback?${query}&state=call-0800&error_description=Call+0800`,
          );
          expect(status, query).to.be.oneOf([403, 502]);
          expect(body, query).not.to.include('0800');
        }
      });

      it('links to an account of any other provider, and unlinks', async () => {
        const other = provider === 'roblox' ? 'google' : 'roblox';
        await signIn(visitor, other);
        const { status, body } = await link(visitor, provider);
        expect([status, readName(body)]).to.deep.equal([200, FIRST[other]]);
        expect(listLinked(body)).to.have.members([provider, other]);
        expect(readMessage(body)).to.match(/is linked\.$/);
        expect(readText(body)).to.match(new RegExp(`${FIRST[provider]} linked \\w+ \\d+, \\d+ used \\w+ \\d+, \\d+`));
        expect(readMessage((await visitor.get('/')).body), 'said once').to.equal(undefined);

        // The linked provider signs in to the same account in another browser.
        const elsewhere = await signIn(page.visitor(), provider);
        expect(readName(elsewhere.body)).to.equal(FIRST[other]);

        const unlinked = await press(visitor, `/auth/${provider}/unlink`);
        expect(listLinked(unlinked.body)).to.deep.equal([other]);
        expect(readMessage(unlinked.body)).to.match(/is no longer linked\.$/);
        const stranger = await signIn(page.visitor(), provider);
        expect(listLinked(stranger.body), 'an account of its own').to.deep.equal([provider]);
      });
    });
  }

  describe('linking', () => {
    it('refuses with 409 an identity of another account', async () => {
      const owner = page.visitor();
      await signIn(owner, 'roblox');
      await signIn(visitor, 'google');
      const { status, body } = await link(visitor, 'roblox');
      expect([status, readName(body), listLinked(body)]).to.deep.equal([409, FIRST.google, ['google']]);
      expect(readMessage(body)).to.include('is already linked to another account');
      expect(listLinked((await owner.get('/')).body)).to.deep.equal(['roblox']);
    });

    it('refuses a second person of a provider that is linked', async () => {
      await signIn(visitor, 'google');
      // The page does not offer it, but another tab may.
      const { status, body } = await link(visitor, 'google', SECOND.google);
      expect([status, listLinked(body)]).to.deep.equal([409, ['google']]);
      expect(readMessage(body)).to.include('Unlink that one first');
    });

    it('accepts an identity that is linked already', async () => {
      await signIn(visitor, 'google');
      const { status, body } = await link(visitor, 'google');
      expect([status, readMessage(body)]).to.deep.equal([200, 'Google was linked already.']);
    });

    it('changes nothing when it is cancelled', async () => {
      await signIn(visitor, 'google');
      const callback = await visitor.authorize(await startLink(visitor, 'roblox'), { action: 'cancel' });
      const { status, body } = await visitor.get(callback);
      expect([status, readName(body), listLinked(body)]).to.deep.equal([403, FIRST.google, ['google']]);
    });

    it('keeps two accounts apart that have the same e-mail address', async () => {
      await signIn(visitor, 'google');
      const other = page.visitor();
      const { body } = await signIn(other, 'github');
      expect([readName(body), listLinked(body)]).to.deep.equal(['Sam Rivers', ['github']]);
      expect(listLinked((await visitor.get('/')).body)).to.deep.equal(['google']);
    });

    it('never happens by signing in', async () => {
      await signIn(visitor, 'google');
      const { body } = await signIn(visitor, 'roblox');
      expect([readName(body), listLinked(body)]).to.deep.equal([FIRST.roblox, ['roblox']]);
    });

    it('fails when another tab has signed in to another account meanwhile', async () => {
      await signIn(visitor, 'google');
      const linking = await startLink(visitor, 'roblox');
      await signIn(visitor, 'github');
      const { status, body } = await visitor.get(await visitor.authorize(linking));
      expect([status, listLinked(body)]).to.deep.equal([403, ['github']]);
      expect(readMessage(body)).to.include('in another account');
    });

    it('fails after the person has signed out', async () => {
      await signIn(visitor, 'google');
      const linking = await startLink(visitor, 'roblox');
      await press(visitor, '/sign-out');
      const { status, body } = await visitor.get(await visitor.authorize(linking));
      expect([status, readName(body)]).to.deep.equal([403, undefined]);
    });

    it('asks a visitor who is not signed in to sign in', async () => {
      const { status, body } = await press(visitor, '/auth/roblox/link');
      expect([status, readName(body)]).to.deep.equal([403, undefined]);
      expect(readMessage(body)).to.equal('You are no longer signed in.');
    });
  });

  it('does not unlink the last provider', async () => {
    await signIn(visitor, 'roblox');
    expect((await visitor.get('/')).body).not.to.include('action="/auth/roblox/unlink"');
    const { status, body } = await press(visitor, '/auth/roblox/unlink');
    expect([status, listLinked(body)]).to.deep.equal([409, ['roblox']]);
  });

  it('does not unlink the last two providers at the same time', async () => {
    await signIn(visitor, 'roblox');
    await link(visitor, 'google');
    const paths = ['/auth/roblox/unlink', '/auth/google/unlink'];
    const answers = await Promise.all(paths.map((path) => press(visitor, path)));
    expect(answers.map(({ status }) => status)).to.have.members([200, 409]);
    expect(listLinked((await visitor.get('/')).body)).to.have.lengthOf(1);
  });

  describe('forms of other sites', () => {
    const foreign: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'a cross-site form': { 'sec-fetch-site': 'cross-site' },
      'a form of a neighbouring subdomain': { 'sec-fetch-site': 'same-site' },
      'a form of another site in an older browser': { origin: 'https://evil.example' },
      'a form of a page that hides where it is': { origin: 'null' },
      'a request that says nothing of where it comes from': {},
    };
    for (const [name, headers] of Object.entries(foreign)) {
      it(`are refused: ${name}`, async () => {
        await signIn(visitor, 'google');
        for (const path of ['/auth/roblox/link', '/auth/google/unlink', '/sign-out']) {
          const { status, body } = await visitor.post(path, {}, { headers, redirect: false });
          expect([status, readName(body)], path).to.deep.equal([403, FIRST.google]);
        }
      });
    }

    it('are recognised in older browsers too', async () => {
      await signIn(visitor, 'google');
      const { body } = await visitor.post('/sign-out', {}, { headers: { origin: page.url } });
      expect(readName(body)).to.equal(undefined);
    });
  });

  it('escapes what people call themselves', async () => {
    page.local.roblox.faults.rewrite('/oauth/v1/userinfo', (json) => ({ ...(json as object), name: '<b>"M&M"</b>' }));
    const { body } = await signIn(visitor, 'roblox');
    expect(readName(body)).to.equal('<b>"M&M"</b>');
    expect(body).not.to.include('<b>');
  });

  it("says so when Roblox's code has expired", async () => {
    const callback = await visitor.authorize(await visitor.start('/auth/roblox'));
    page.local.roblox.clock.advance(2 * 60_000);
    const { status, body } = await visitor.get(callback);
    expect([status, readName(body)]).to.deep.equal([403, undefined]);
    expect(readMessage(body)).to.include('took too long');
  });

  it('says so when a provider is down, and the next attempt works', async () => {
    page.local.roblox.faults.status('/oauth/v1/token', 503);
    const { status, body } = await signIn(visitor, 'roblox');
    expect([status, readMessage(body)]).to.deep.equal([
      502,
      'Roblox could not be asked who you are. Please try again.',
    ]);
    expect(logged.flat()[0], 'for the operator').to.be.an.instanceOf(Error);
    expect(readName((await signIn(visitor, 'roblox')).body)).to.equal(FIRST.roblox);
  });

  it('has a page for what is not there', async () => {
    const { status, body } = await visitor.get('/nothing');
    expect([status, readText(body)]).to.deep.equal([404, readText(body)]);
    expect(readText(body)).to.include('Nothing here');
  });
});

import { expect } from 'chai';
import { createVisitor } from '../../lib/emulator/index.ts';
import { startDemo } from '../support/start-demo.ts';
import { PROVIDERS, readName, signIn } from './support.ts';

const SERVER = 'examples/login-page/server.ts';
/** Empties the variables that the machine may have. */
const UNSET = Object.fromEntries(PROVIDERS.map((provider) => [`${provider.toUpperCase()}_CLIENT_ID`, '']));

describe("the login page's server", () => {
  it('uses the real provider when it has credentials, and a local one otherwise', async () => {
    const demo = await startDemo(SERVER, {
      ...UNSET,
      GOOGLE_CLIENT_ID: 'an-app',
      GOOGLE_CLIENT_SECRET: 'nobody may see it',
      PUBLIC_URL: 'https://lantern.example',
    });
    const visitor = createVisitor({ baseURL: demo.url });
    try {
      expect(demo.output()).to.include('Google: the real one, as app an-app');
      expect(demo.output()).to.include('GitHub: a local one with made-up people');
      expect(demo.output()).not.to.include('nobody may see it');
      const asked = new URL(await visitor.start('/auth/google'));
      expect(asked.origin).to.equal('https://accounts.google.com');
      expect(asked.searchParams.get('client_id')).to.equal('an-app');
      expect(asked.searchParams.get('redirect_uri')).to.equal('https://lantern.example/auth/google/callback');
    } finally {
      visitor.close();
      expect(await demo.stop(), demo.output()).to.equal(0);
    }
  });

  it('signs people in without any registration', async () => {
    const demo = await startDemo(SERVER, UNSET);
    const visitor = createVisitor({ baseURL: demo.url });
    try {
      for (const provider of PROVIDERS) expect(readName((await signIn(visitor, provider)).body)).to.be.a('string');
    } finally {
      visitor.close();
      expect(await demo.stop(), demo.output()).to.equal(0);
    }
  });

  it('has no local providers in production, because anybody could sign in as anybody', async () => {
    const output = await startDemo(SERVER, { ...UNSET, NODE_ENV: 'production' }).then(
      async (demo) => `It started: ${await demo.stop()}`,
      String,
    );
    expect(output).to.include('No credentials for Roblox, Google, GitHub, Discord');
  });
});

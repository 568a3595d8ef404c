import { expect } from 'chai';
import express, { type Express } from 'express';
import session from 'express-session';
import passport from 'passport';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { createVisitor, DEMO_GROUPS, DEMO_PEOPLE, startEmulator } from '../../lib/emulator/index.ts';
import { TokenVault } from '../../lib/index.ts';

const MANGO = '4100000001';
const YSOLDE = '4100000004';
/** Mango gets a rank of 200, so that both are staff. Only Mango has the pass. */
const PEOPLE = DEMO_PEOPLE.map((person) =>
  person.id === MANGO ? { ...person, groups: [{ id: '7001', roleIds: ['700104'] }] } : person,
);

/** Loads the README's module of gates, unchanged except for the URL of the emulator. */
async function loadGates(baseURL: string): Promise<(app: Express, vault: TokenVault) => void> {
  const page = readFileSync('README.md', 'utf8');
  const snippet = [...page.matchAll(/^```ts\n([^]*?)^```/gm)]
    .map(([, code = '']) => code)
    .find((code) => /function addGates/.test(code));
  const code = (snippet ?? '')
    .replace("from 'passport-roblox-oauth2'", `from '${new URL('../../lib/index.ts', import.meta.url).href}'`)
    .replace("from 'passport'", `from '${import.meta.resolve('passport')}'`)
    .replace('callbackURL:', `baseURL: '${baseURL}', callbackURL:`);
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const folder = mkdtempSync(join(tmpdir(), 'readme-gates-'));
  try {
    const file = join(folder, 'gates.mjs');
    writeFileSync(file, outputText);
    return ((await import(pathToFileURL(file).href)) as { addGates: (app: Express, vault: TokenVault) => void })
      .addGates;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the gates of the README', () => {
  it('check each visitor, also at the same time', async () => {
    const roblox = await startEmulator({ users: PEOPLE, groups: DEMO_GROUPS });
    Object.assign(process.env, {
      ROBLOX_CLIENT_ID: roblox.credentials.clientID,
      ROBLOX_CLIENT_SECRET: roblox.credentials.clientSecret,
    });
    // Other tests in this process may have added their own to the shared Passport.
    const { _serializers, _deserializers } = passport as unknown as Record<string, unknown>; // Passport's fields
    Object.assign(passport, { _serializers: [], _deserializers: [] });
    const app = express();
    app.use(session({ secret: 'tests', resave: false, saveUninitialized: false }), passport.session());
    passport.serializeUser((user, done) => done(null, user));
    passport.deserializeUser((user, done) => done(null, user as Express.User));
    (await loadGates(roblox.url))(app, new TokenVault());
    app.get('/auth/roblox', passport.authenticate('roblox'));
    app.get('/auth/roblox/callback', passport.authenticate('roblox'), (_req, res) => void res.send('in'));
    const server = app.listen(0);
    const { port } = server.address() as AddressInfo;
    const visit = () => createVisitor({ baseURL: `http://localhost:${port}` });
    const visitors = { owner: visit(), other: visit(), nobody: visit() };
    const { owner, other, nobody } = visitors;
    try {
      expect((await owner.signIn({ user: MANGO })).body).to.equal('in');
      expect((await other.signIn({ user: YSOLDE })).body).to.equal('in');
      const visits = [owner, other, nobody, owner, other, nobody].map(
        async (visitor) => (await visitor.get('/lounge')).status,
      );
      expect(await Promise.all(visits)).to.deep.equal([200, 403, 401, 200, 403, 401]);
      const staff = [owner, other, nobody].map(async (visitor) => (await visitor.get('/staff')).status);
      expect(await Promise.all(staff)).to.deep.equal([200, 200, 401]);
    } finally {
      for (const visitor of Object.values(visitors)) visitor.close();
      passport.unuse('roblox');
      Object.assign(passport, { _serializers, _deserializers });
      for (const name of ['ROBLOX_CLIENT_ID', 'ROBLOX_CLIENT_SECRET']) delete process.env[name];
      server.close();
      await roblox.close();
    }
  });
});

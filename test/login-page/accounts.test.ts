import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { expect } from 'chai';
import { openAccounts } from '../../examples/login-page/accounts.ts';

const SAM = { provider: 'google', clientID: 'an-app', subject: '1', name: 'Sam' };
const MANGO = { provider: 'roblox', clientID: '123', subject: '7', name: 'Mango' };

describe("the login page's accounts", () => {
  it('make one account when an identity comes several times at the same time', async () => {
    const accounts = await openAccounts(':memory:');
    const found = await Promise.all(Array.from({ length: 8 }, () => accounts.signIn(SAM)));
    expect(new Set(found.map(({ id }) => id)).size).to.equal(1);
    accounts.close();
  });

  it('treat the same ID at two providers as two people', async () => {
    const accounts = await openAccounts(':memory:');
    const one = await accounts.signIn(SAM);
    const other = await accounts.signIn({ ...SAM, provider: 'github' });
    expect(one.id).not.to.equal(other.id);
    accounts.close();
  });

  it('treat the same ID in two apps of one provider as two people', async () => {
    const accounts = await openAccounts(':memory:');
    const one = await accounts.signIn(MANGO);
    const other = await accounts.signIn({ ...MANGO, clientID: '456' });
    expect(one.id).not.to.equal(other.id);
    expect(await accounts.link(other.id, MANGO)).to.equal('taken');
    accounts.close();
  });

  it('link an identity to only one of two accounts at the same time', async () => {
    const accounts = await openAccounts(':memory:');
    const [one, other] = await Promise.all([accounts.signIn(SAM), accounts.signIn({ ...SAM, subject: '2' })]);
    const outcomes = await Promise.all([accounts.link(one.id, MANGO), accounts.link(other.id, MANGO)]);
    expect(outcomes).to.have.members(['linked', 'taken']);
    accounts.close();
  });

  it('store when an identity was linked and last used, and its current name', async () => {
    let now = Date.UTC(2026, 0, 1);
    const accounts = await openAccounts(':memory:', () => now);
    const { id } = await accounts.signIn(SAM);
    now = Date.UTC(2026, 1, 2);
    await accounts.signIn({ ...SAM, name: 'Samira' });
    expect(await accounts.identities(id)).to.deep.equal([
      { ...SAM, name: 'Samira', linkedAt: new Date('2026-01-01'), lastUsedAt: new Date('2026-02-02') },
    ]);
    accounts.close();
  });

  it('are still there after a restart, when they are in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'accounts-'));
    const url = `file:${join(folder, 'accounts.db')}`;
    const before = await openAccounts(url);
    const { id } = await before.signIn(SAM);
    await before.link(id, MANGO);
    before.close();

    const after = await openAccounts(url);
    expect(await after.find(id)).to.deep.include({ id, name: 'Sam' });
    expect((await after.signIn(MANGO)).id).to.equal(id);
    expect(await after.unlink(id, 'google')).to.equal(true);
    expect(await after.unlink(id, 'roblox')).to.equal(false);
    after.close();

    // The constraints of the schema, in case a query has a mistake.
    const database = createClient({ url });
    const insert = (values: string) =>
      database.execute(`INSERT INTO identities VALUES (${values}, 'x', 0, 0)`).then(
        () => 'stored',
        (error: Error) => error.message,
      );
    expect(await insert(`'roblox', '123', '7', '${id}'`)).to.match(/UNIQUE constraint/);
    expect(await insert(`'discord', '456', '9', 'nobody'`)).to.match(/FOREIGN KEY constraint/);
    database.close();
    await rm(folder, { recursive: true });
  });
});

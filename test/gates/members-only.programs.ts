import { expect } from 'chai';
import { createVisitor } from '../../lib/emulator/index.ts';
import { startDemo } from '../support/start-demo.ts';

describe('the example for members only', () => {
  it('has a person for each case in its own emulator, and lists them', async () => {
    const demo = await startDemo('examples/members-only/server.ts');
    const own = createVisitor({ baseURL: demo.url });
    expect((await own.get('/')).body).to.include('Pebble owns the pass, but is not staff');
    await own.signIn({ user: '4100000011' });
    expect((await own.get('/staff')).status).to.equal(403);
    expect((await own.get('/lounge')).status).to.equal(200);
    own.close();
    await demo.stop();
  });
});

import { expect } from 'chai';
import { explainRefusal, explainSuspiciousStart, explainUnknownLogin } from '../../lib/strategy/login-log.ts';

describe("the log for the app's developer", () => {
  it('says why Roblox refused a login, in one line', () => {
    expect(explainRefusal('invalid_scope', 'not saved\nforged: a line')).to.equal(
      'Roblox sent the visitor back with an error: {"code":"invalid_scope","error_description":"not saved\\nforged: a line"}',
    );
  });

  it('says why a callback may belong to no login', () => {
    const withoutCookie = explainUnknownLogin({ headers: { host: 'localhost:3000' } } as never, '/callback');
    expect(withoutCookie).to.include("sameSite: 'strict'").and.to.include('127.0.0.1');
    const withoutSession = explainUnknownLogin({ headers: { cookie: 'a=1' } } as never, '/callback');
    expect(withoutSession).to.include('session middleware');
    const withSession = explainUnknownLogin({ headers: { cookie: 'a=1' }, session: {} } as never, '/callback');
    expect(withSession).to.include('15 minutes').and.to.include('4,096 bytes');
  });

  it('says that passport.session() is missing, or that Roblox will refuse the redirect URL', () => {
    const explain = (req: object, url = 'http://localhost:3000/cb') => explainSuspiciousStart(req as never, url);
    const session = { passport: { user: '1' } };
    expect(explain({ session })).to.include('app.use(passport.session()) is missing');
    expect(explain({}, 'http://127.0.0.1:3000/cb')).to.include('Roblox refuses the redirect URL http://127.0.0.1');
    expect(explain({}, 'http://game.example/cb')).to.include('proxy: true');
    for (const request of [{ session, user: { id: '1' } }, { session: {} }, { session, _userProperty: 'account' }]) {
      expect(explain(request)).to.equal(undefined);
    }
    expect(explain({}, 'https://game.example/cb')).to.equal(undefined);
  });
});

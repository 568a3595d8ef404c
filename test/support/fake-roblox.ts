import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { Fetch, FetchInit } from '../../lib/index.ts';

export const BASE_URL = 'https://roblox.test';
export const CLIENT_ID = '816547628409595165403873012';
export const CLIENT_SECRET = 'RBX-a-secret-that-nobody-may-see';
export const CALLBACK_URL = 'https://app.test/auth/roblox/callback';

/** Values that no error, log or inspect() may show. */
export const ACCESS_TOKEN = 'access-token-that-nobody-may-see';
export const REFRESH_TOKEN = 'refresh-token-that-nobody-may-see';
export const CODE = 'code-that-nobody-may-see';

export const USERINFO = {
  sub: '1516563360',
  name: 'exampleuser',
  nickname: 'exampleuser',
  preferred_username: 'ExampleUser',
  created_at: 1584682495,
  profile: 'https://www.roblox.com/users/1516563360/profile',
  picture: 'https://tr.rbxcdn.com/30DAY-AvatarHeadshot-EXAMPLE-Png/150/150/AvatarHeadshot/Png/noFilter',
};

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly init: FetchInit;
  readonly form: URLSearchParams;
}

type Answer = Response | Error | Promise<Response>;

export const json = (body: unknown, init?: ResponseInit): Response => Response.json(body, init);

/** Key pairs take long to make: one for all tests, and one that Roblox does not know. */
const [known, foreign] = await Promise.all([
  generateKeyPair('ES256', { extractable: true }),
  generateKeyPair('ES256', { extractable: true }),
]);

/**
 * A fake Roblox as a `fetch`. It answers like the real one, and each endpoint can be changed. It records every request.
 * Use the emulator for tests that need a server.
 */
export class FakeRoblox {
  readonly seen: SeenRequest[] = [];
  /** The nonce of the next ID token. `begin` of the harness sets it. */
  nonce = '';
  readonly answers: Record<string, (request: SeenRequest) => Answer> = {};
  readonly privateKey: CryptoKey = known.privateKey;
  readonly foreignKey: CryptoKey = foreign.privateKey;

  readonly fetch: Fetch = async (url, init) => {
    const { pathname } = new URL(url);
    const request = { method: init.method, path: pathname, init, form: new URLSearchParams(String(init.body ?? '')) };
    this.seen.push(request);
    const answer = await (this.answers[pathname] ?? (() => this.usual(request)))(request);
    if (answer instanceof Error) throw answer;
    return answer;
  };

  count(path: string): number {
    return this.seen.filter((request) => request.path === path).length;
  }

  async usual(request: SeenRequest): Promise<Response> {
    switch (request.path) {
      case '/oauth/v1/token':
        return json(await this.tokenAnswer());
      case '/oauth/v1/userinfo':
        return json(USERINFO);
      case '/oauth/v1/certs':
        return json(await this.certs());
      default:
        return json({ errors: [{ code: 0, message: 'NotFound' }] }, { status: 404 });
    }
  }

  async tokenAnswer(idToken?: string): Promise<Record<string, unknown>> {
    return {
      access_token: ACCESS_TOKEN,
      refresh_token: REFRESH_TOKEN,
      token_type: 'Bearer',
      expires_in: 899,
      id_token: idToken ?? (await this.idToken()),
      scope: 'openid profile',
    };
  }

  async certs(kid = 'known'): Promise<{ keys: JWK[] }> {
    return { keys: [{ ...(await exportJWK(known.publicKey)), kid, alg: 'ES256', use: 'sig' }] };
  }

  /** Makes an ID token like Roblox. @param claims replace Roblox's claims; undefined removes one */
  async idToken(
    claims: Record<string, unknown> = {},
    signed: { key?: CryptoKey | Uint8Array; alg?: string; kid?: string } = {},
  ): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const payload = Object.entries({
      iss: `${BASE_URL}/oauth/`,
      aud: CLIENT_ID,
      sub: USERINFO.sub,
      iat: nowSeconds,
      nbf: nowSeconds,
      exp: nowSeconds + 36_000,
      nonce: this.nonce,
      ...claims,
    }).filter(([, value]) => value !== undefined);
    return new SignJWT(Object.fromEntries(payload))
      .setProtectedHeader({ alg: signed.alg ?? 'ES256', kid: signed.kid ?? 'known', typ: 'JWT' })
      .sign(signed.key ?? this.privateKey);
  }

  /** Makes the token endpoint answer with this ID token. */
  answerWith(idToken: (this: FakeRoblox) => Promise<string>): void {
    this.answers['/oauth/v1/token'] = async () => json(await this.tokenAnswer(await idToken.call(this)));
  }
}

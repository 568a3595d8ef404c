import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { CookieStore, LoginMeta } from '../../lib/index.ts';

export const SECRET = 'a secret of 32 bytes, for tests only';
export const META: LoginMeta = {
  authorizationURL: 'https://roblox.test/oauth/v1/authorize',
  tokenURL: 'https://roblox.test/oauth/v1/token',
  clientID: '123',
  callbackURL: 'http://localhost:3000/cb',
};
export const HTTPS = { ...META, callbackURL: 'https://app.test/cb' };

/** A browser's cookies for one host. */
export class Jar {
  readonly cookies = new Map<string, string>();
  /** All Set-Cookie headers of responses. */
  readonly headers: string[] = [];

  /** A request with the cookies of the jar, and a response whose cookies go into the jar. */
  exchange(cookie = this.header): IncomingMessage & { res: ServerResponse } {
    const req = new IncomingMessage(new Socket());
    if (cookie !== '') req.headers.cookie = cookie;
    return Object.assign(req, { res: new ServerResponse(req) });
  }
  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
  read(res: ServerResponse): void {
    for (const header of [res.getHeader('Set-Cookie') ?? []].flat().map(String)) {
      this.headers.push(header);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      if (header.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
  async store(store: CookieStore, options: { verifier?: string; state?: unknown; meta?: LoginMeta } = {}) {
    const req = this.exchange();
    const handle = await storeIn(store, req, options);
    this.read(req.res);
    return handle;
  }
  async verify(store: CookieStore, handle: string, meta = META) {
    const req = this.exchange();
    const taken = await takeFrom(store, req, handle, meta);
    this.read(req.res);
    return taken;
  }
}

export const storeIn = (
  store: CookieStore,
  req: unknown,
  { verifier = 'verifier', state, meta = META }: { verifier?: string; state?: unknown; meta?: LoginMeta } = {},
) =>
  new Promise<string>((resolve, reject) => {
    store.store(req as never, verifier, state, meta, (error, handle) =>
      error ? reject(error) : resolve(handle ?? ''),
    );
  });

export const takeFrom = (store: CookieStore, req: unknown, handle: string, meta = META) =>
  new Promise<{ ok: unknown; state: unknown; callbackURL: string | undefined }>((resolve, reject) => {
    store.verify(req as never, handle, meta, (error, ok, state, login) =>
      error ? reject(error) : resolve({ ok, state, callbackURL: login?.callbackURL }),
    );
  });

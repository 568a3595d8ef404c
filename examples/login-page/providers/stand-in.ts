/**
 * Imitates Google, GitHub and Discord on a loopback port, as far as their Passport strategies need it.
 * The people are made up, and nobody has a password.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';

interface Person {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly email: string;
}

interface Provider {
  readonly name: string;
  readonly color: string;
  readonly people: readonly Person[];
  readonly paths: { readonly authorize: string; readonly token: string; readonly user: string };
  /** Describes a person in the provider's format. */
  readonly describe: (person: Person) => object;
  /** The description of the error after Cancel. */
  readonly cancelled?: string;
}

// Sam has the same e-mail address at two providers. A good app treats them as two people, because it does not trust e-mail addresses.
const PROVIDERS = {
  google: {
    name: 'Google',
    color: '#1a73e8',
    people: [
      { id: '104857600000000000001', username: 'sam', name: 'Sam Rivers', email: 'sam@example.com' },
      { id: '104857600000000000002', username: 'imani', name: 'Imani Okafor', email: 'imani@example.com' },
      { id: '104857600000000000003', username: 'jun', name: 'Jun Watanabe', email: 'jun@example.com' },
    ],
    paths: { authorize: '/google/o/oauth2/v2/auth', token: '/google/token', user: '/google/v3/userinfo' },
    describe: ({ id, name, email }) => ({ sub: id, name, email, email_verified: true }),
  },
  github: {
    name: 'GitHub',
    color: '#1f883d',
    people: [
      { id: '90000001', username: 'samrivers', name: 'Sam Rivers', email: 'sam@example.com' },
      { id: '90000002', username: 'okafor-dev', name: 'Imani Okafor', email: 'imani@example.com' },
      { id: '90000003', username: 'night-builder', name: '', email: 'night@example.com' },
    ],
    paths: {
      authorize: '/github/login/oauth/authorize',
      token: '/github/login/oauth/access_token',
      user: '/github/user',
    },
    describe: ({ id, username, name, email }) => ({ id: Number(id), login: username, name: name || null, email }),
    cancelled: 'The user has denied your application access.',
  },
  discord: {
    name: 'Discord',
    color: '#4752c4',
    people: [
      { id: '800000000000000001', username: 'sam.rivers', name: 'Sam', email: 'sam@example.com' },
      { id: '800000000000000002', username: 'imani', name: 'Imani', email: 'imani@example.com' },
      { id: '800000000000000003', username: 'juniper', name: 'Juniper', email: 'juniper@example.com' },
    ],
    paths: {
      authorize: '/discord/oauth2/authorize',
      token: '/discord/api/oauth2/token',
      user: '/discord/api/users/@me',
    },
    describe: ({ id, username, name, email }) => ({ id, username, global_name: name, email, verified: true }),
    cancelled: 'The resource owner or authorization server denied the request',
  },
} satisfies Record<string, Provider>;

/** The URLs of a provider, and an app that is registered with it: the options of its strategy. */
export interface StandIn {
  readonly clientID: string;
  readonly clientSecret: string;
  readonly authorizationURL: string;
  readonly tokenURL: string;
  readonly userProfileURL: string;
}

export type StandIns = Readonly<Record<keyof typeof PROVIDERS, StandIn>> & { close(): Promise<void> };

/** Starts all three. */
export async function startStandIns(): Promise<StandIns> {
  const app = express().disable('x-powered-by');
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a server that listens on a port has one
  const standIn = (id: keyof typeof PROVIDERS): StandIn => {
    const { authorize, token, user } = PROVIDERS[id].paths;
    const registered = { clientID: `local-${id}`, clientSecret: randomBytes(16).toString('hex') };
    serve(app, PROVIDERS[id], registered);
    return {
      ...registered,
      authorizationURL: url + authorize,
      tokenURL: url + token,
      userProfileURL: url + user,
    };
  };
  return {
    google: standIn('google'),
    github: standIn('github'),
    discord: standIn('discord'),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Adds the three endpoints of a provider. */
function serve(app: express.Express, provider: Provider, registered: Pick<StandIn, 'clientID' | 'clientSecret'>): void {
  const { paths, people, describe } = provider;
  const codes = new Map<string, { person: Person; redirectURI: string; challenge: string; until: number }>();
  const tokens = new Map<string, Person>();

  app.get(paths.authorize, (req, res) => {
    const wrong = findMistake(req.query, registered.clientID);
    res.set(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    );
    if (wrong !== undefined) res.status(400).send(wrong);
    else res.send(consentPage(provider));
  });

  // The form is posted to the URL of its page, which has the app's parameters.
  app.post(paths.authorize, express.urlencoded(), (req, res) => {
    const { client_id: _, redirect_uri: redirectURI, code_challenge: challenge, state } = req.query;
    const wrong = findMistake(req.query, registered.clientID);
    if (wrong !== undefined) return void res.status(400).send(wrong);
    const callback = new URL(String(redirectURI));
    const person = people.find(({ id }) => id === req.body.user);
    if (req.body.action === 'allow' && person !== undefined) {
      const code = randomBytes(16).toString('hex');
      codes.set(code, {
        person,
        redirectURI: String(redirectURI),
        challenge: String(challenge),
        until: Date.now() + 60_000,
      });
      callback.searchParams.set('code', code);
    } else {
      callback.searchParams.set('error', 'access_denied');
      if (provider.cancelled) callback.searchParams.set('error_description', provider.cancelled);
    }
    callback.searchParams.set('state', String(state));
    res.redirect(callback.href);
  });

  app.post(paths.token, express.urlencoded(), (req, res) => {
    const { client_id, client_secret, code, redirect_uri, code_verifier = '' } = req.body as Record<string, string>;
    if (client_id !== registered.clientID || client_secret !== registered.clientSecret) {
      return void res.status(401).json({ error: 'invalid_client' });
    }
    const grant = codes.get(String(code));
    codes.delete(String(code));
    const challenge = createHash('sha256').update(code_verifier).digest('base64url');
    if (!grant || grant.until < Date.now() || grant.redirectURI !== redirect_uri || grant.challenge !== challenge) {
      return void res.status(400).json({ error: 'invalid_grant' });
    }
    const token = randomBytes(16).toString('hex');
    tokens.set(token, grant.person);
    res.json({ access_token: token, token_type: 'Bearer', expires_in: 3600 });
  });

  app.get(paths.user, (req: Request, res: Response) => {
    // Google's strategy puts the token into the query.
    const token = req.get('authorization')?.replace(/^Bearer /i, '') ?? String(req.query['access_token']);
    const person = tokens.get(token);
    if (person === undefined) res.status(401).json({ error: 'invalid_token' });
    else res.json(describe(person));
  });
}

/** Finds out what is wrong with an authorization request. Redirects only to this machine. */
function findMistake(query: Request['query'], clientID: string): string | undefined {
  const { client_id, redirect_uri, response_type, code_challenge, code_challenge_method, state } = query;
  const callback = typeof redirect_uri === 'string' && URL.canParse(redirect_uri) ? new URL(redirect_uri) : undefined;
  if (client_id !== clientID) return 'No app has this client_id.';
  if (callback === undefined || !['localhost', '127.0.0.1', '[::1]'].includes(callback.hostname)) {
    return 'redirect_uri must be on this machine.';
  }
  if (response_type !== 'code') return 'response_type must be code.';
  if (typeof code_challenge !== 'string' || code_challenge_method !== 'S256') return 'PKCE with S256 is missing.';
  if (typeof state !== 'string') return 'state is missing.';
  return undefined;
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The page where a person chooses an account, and allows or denies the app. */
export function consentPage({
  name,
  color,
  people,
}: Pick<Provider, 'name' | 'color'> & { readonly people: readonly Omit<Person, 'email'>[] }): string {
  const choices = people.map(
    ({ id, username, name: personName }, index) => `
      <label>
        <input type="radio" name="user" value="${escaped(id)}" required${index === 0 ? ' checked' : ''}>
        <span class="face" aria-hidden="true">${escaped((personName || username).charAt(0).toUpperCase())}</span>
        <span>${escaped(personName || username)} <small>${escaped(username)}</small></span>
      </label>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in · a local ${name}</title>
<link rel="icon" href="data:,">
<style>
  :root {
    color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
    --page: #f5f5f4; --card: #fff; --line: #dedbd7; --text: #1c1917; --quiet: #57534e; --note: #fff4dc; --brand: ${color};
  }
  @media (prefers-color-scheme: dark) {
    :root { --page: #131211; --card: #1e1c1a; --line: #44403c; --text: #f5f5f4; --quiet: #b5afa8; --note: #33290f; }
  }
  * { box-sizing: border-box; }
  body { max-width: 28rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; background: var(--page); color: var(--text); }
  main, form { display: grid; gap: 1rem; }
  h1, p, fieldset { margin: 0; }
  h1 { font-size: 1.5rem; line-height: 1.25; }
  small { color: var(--quiet); font-size: .875rem; }
  :focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
  .note { font-size: .875rem; padding: .75rem 1rem; border-left: 4px solid #d89614; border-radius: .5rem; background: var(--note); }
  .card { display: grid; gap: 1rem; padding: 1.5rem; border: 1px solid var(--line); border-top: 4px solid var(--brand); border-radius: 1rem; background: var(--card); }
  fieldset { min-width: 0; padding: 0; border: 0; }
  legend { padding: 0; font-weight: 600; }
  label { display: flex; gap: .75rem; align-items: center; padding: .5rem .75rem; margin-top: .5rem; border: 1px solid var(--line); border-radius: .75rem; cursor: pointer; }
  label:has(:checked) { border-color: var(--text); }
  input { width: 1.125rem; height: 1.125rem; margin: 0; flex: none; accent-color: var(--text); }
  .face { width: 2.5rem; height: 2.5rem; border-radius: 50%; display: grid; place-items: center; background: var(--brand); color: #fff; font-weight: 600; }
  .actions { display: flex; flex-wrap: wrap; gap: .75rem; }
  button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.5rem; border: 1px solid var(--line); border-radius: .75rem; background: none; color: inherit; cursor: pointer; }
  button[value=allow] { background: var(--brand); border-color: var(--brand); color: #fff; }
</style>
</head>
<body>
<main>
<p class="note">This is a stand-in for ${name} on your machine, not ${name}. Nobody here is real.</p>
<div class="card">
<h1>Continue to the app</h1>
<p>It will see your name and your ${name} ID.</p>
<form method="post">
<fieldset>
<legend>Sign in as</legend>${choices.join('')}
</fieldset>
<div class="actions">
<button name="action" value="allow">Allow</button>
<button name="action" value="cancel">Cancel</button>
</div>
</form>
</div>
</main>
</body>
</html>
`;
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AuthorizationError, ConnectionError, TokenError } from '../errors.ts';
import { setDeadline } from '../http/abort.ts';
import { RobloxStrategy } from '../strategy/strategy.ts';
import type { VerifiedLogin } from '../strategy/verify.ts';
import { explainFailure } from './service.ts';
import { hideSecrets, type Environment } from './environment.ts';
import { about, isHealthy, readMessage, type CommandOutput, type Finding } from './report.ts';

const { ok, note, problem } = about('sign-in');

const PATIENCE_MS = 5 * 60_000;

const DASHBOARD = 'https://create.roblox.com/dashboard/credentials';

/**
 * Signs a person in, with the app's real settings, by a server on this machine that lives for this one login. Its tokens are revoked
 * at the end. Where nobody wants it: says what was not checked.
 */
export async function trySignIn(
  environment: Environment,
  options: {
    readonly isWanted: boolean;
    /** What was found before. */
    readonly found: readonly Finding[];
    readonly port: number;
    readonly timeoutMs: number;
    readonly out: CommandOutput;
  },
): Promise<Finding[]> {
  const { isWanted, found, port, timeoutMs, out } = options;
  if (!isWanted) {
    return [
      note(
        'was not tried. Only a sign-in shows whether the secret belongs to the client ID, and whether the redirect URL is ' +
          'registered. The option --sign-in does one',
      ),
    ];
  }
  if (!isHealthy(found)) return [note('was not tried. First solve the problems above')];
  const callbackURL = chooseCallbackURL(environment.ROBLOX_CALLBACK_URL || undefined, port);
  const strategy = new RobloxStrategy({
    clientID: environment.ROBLOX_CLIENT_ID ?? '', // healthy, so it is there
    clientSecret: environment.ROBLOX_CLIENT_SECRET,
    callbackURL,
    baseURL: environment.ROBLOX_BASE_URL || undefined,
    timeout: timeoutMs,
    verify: (login) => login,
  });
  const isOwn = callbackURL === environment.ROBLOX_CALLBACK_URL;
  const findings = await signIn(strategy, callbackURL, { out, isPortFixed: isOwn });
  if (!isOwn && environment.ROBLOX_CALLBACK_URL) {
    findings.push(note(`used ${callbackURL} in place of ROBLOX_CALLBACK_URL, so that URL was not checked`));
  }
  return hideSecrets(findings, environment);
}

/** The app's own where it leads to this machine, else one like it that does. */
function chooseCallbackURL(callbackURL: string | undefined, port: number): string {
  const here = `http://localhost:${port}`;
  if (callbackURL === undefined) return `${here}/auth/roblox/callback`;
  const url = new URL(callbackURL, here);
  const isHere = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return isHere && URL.canParse(callbackURL) ? callbackURL : `${here}${url.pathname}${url.search}`;
}

async function signIn(
  strategy: RobloxStrategy,
  callbackURL: string,
  { out, isPortFixed }: { readonly out: CommandOutput; readonly isPortFixed: boolean },
): Promise<Finding[]> {
  let finish: (findings: Finding[]) => void = () => {};
  const finished = new Promise<Finding[]>((resolve) => (finish = resolve));
  const { origin, hostname, port, pathname } = new URL(callbackURL);
  const session = {};
  const server = createServer((req, res) => {
    const path = new URL(req.url ?? '/', origin).pathname;
    if (path !== '/' && path !== pathname) return send(res, 404, 'There is nothing here.');
    authenticate(strategy, Object.assign(req, { session }), {
      redirect: (url) => void res.writeHead(302, { location: url, 'cache-control': 'no-store' }).end(),
      done(findings) {
        // The finding first: the browser may be gone.
        finish(findings);
        send(res, 200, 'The sign-in is over. You can close this page: the doctor says what it found.');
      },
    });
  });
  try {
    await once(server.listen(Number(port) || 80, hostname.replace(/^\[|\]$/g, '')), 'listening');
  } catch (error) {
    const { code = 'no port' } = error as { code?: string }; // the system's
    const advice = isPortFixed
      ? 'The port is that of ROBLOX_CALLBACK_URL: --port does not change it'
      : 'Or choose another --port';
    return [problem(`cannot listen on ${origin} (${code}). Stop the app that listens there. ${advice}`)];
  }
  out.printError(`To sign in, open ${origin}/ in a browser on this machine. Ctrl+C ends the wait.\n`);
  const message =
    'nobody came back from Roblox. If Roblox showed an error in place of its consent page, the redirect URL is not ' +
    `registered: add exactly ${callbackURL} to the app at ${DASHBOARD}`;
  const giveUp = () => finish([problem(message)]);
  const clear = setDeadline(PATIENCE_MS, giveUp);
  void out.waitForEnd().then(giveUp);
  try {
    return await finished;
  } finally {
    clear();
    server.close();
    server.closeAllConnections();
  }
}

/** Asks the strategy as Passport does, and says what came of it. */
function authenticate(
  strategy: RobloxStrategy,
  req: IncomingMessage,
  verbs: { redirect(url: string): void; done(findings: Finding[]): void },
): void {
  const perRequest = Object.assign(Object.create(strategy) as RobloxStrategy, {
    redirect: verbs.redirect,
    success: (login: VerifiedLogin) => void describeLogin(login).then(verbs.done),
    fail: ({ message }: { message?: string }) => verbs.done([problem(message ?? 'was refused')]),
    error: (error: unknown) => verbs.done([explainError(error)]),
  });
  // Cast: the type is a framework's request, of which the strategy reads less.
  perRequest.authenticate(req as unknown as Parameters<RobloxStrategy['authenticate']>[0]);
}

async function describeLogin({ profile, client }: VerifiedLogin): Promise<Finding[]> {
  const who = `${profile.username ?? 'somebody'} (${profile.id})`;
  const findings = [ok(`${who} signed in: the client ID, the secret and the redirect URL go together`)];
  await client.revoke().catch(() => findings.push(note('left tokens behind, because Roblox did not revoke them')));
  return findings;
}

function explainError(error: unknown): Finding {
  if (error instanceof TokenError && error.code === 'invalid_client') {
    return about('ROBLOX_CLIENT_SECRET').problem(
      `is not the secret of this client ID: Roblox refuses it (${error.message}). Copy it again, or make a new one at ${DASHBOARD}`,
    );
  }
  if (error instanceof AuthorizationError || error instanceof TokenError) {
    const { error_description } = error as { error_description?: string }; // the strategy adds it
    return problem(`was refused by Roblox: ${error.code}. ${error_description ?? error.message}`);
  }
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof ConnectionError) return problem(explainFailure(cause));
  return problem(`failed: ${readMessage(error)}`);
}

function send(res: ServerResponse, status: number, text: string): void {
  res.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(`${text}\n`);
}

/** The site. People sign in with Discord, connect Roblox accounts, see what Discord was told about them, and can delete everything. */
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import session from 'express-session';
import passports from 'passport';
import type { TokenVault } from 'passport-roblox-oauth2';
import { Refusal } from '../login-page/refusal.ts';
import { PUBLIC } from '../shared/page.ts';
import { isForeignForm, pageHeaders } from '../shared/security.ts';
import type { Community } from './checks.ts';
import type { DiscordApp } from './discord.ts';
import type { Jobs } from './jobs.ts';
import type { Member, People, RobloxPerson } from './people.ts';
import type { Schedule } from './schedule.ts';
import { SESSION_MS } from './sessions.ts';
import { useStrategies, type DiscordLogin, type RobloxApp } from './sign-in.ts';
import { deletionPage, errorPage, homePage, operationsPage, privacyPage, welcomePage, type Message } from './views.ts';

export interface AppOptions {
  readonly robloxApp: RobloxApp;
  readonly discordApp: DiscordApp;
  readonly community: Community;
  readonly people: People;
  readonly schedule: Schedule;
  readonly jobs: Jobs;
  readonly vault: TokenVault;
  readonly sessions: session.Store;
  readonly cookieSecret: string;
  /** The Discord IDs of people who may see the operations page. */
  readonly admins: readonly string[];
  /** The longest time until Discord is told about a change. */
  readonly intervalMs: number;
  /** The public URL, such as `https://example.com`. Needed behind a proxy. */
  readonly publicURL?: string | undefined;
  readonly now: () => number;
}

/** A Roblox account that belongs to another member, and whose owner has just signed in with it here. They may move it. */
interface Move {
  readonly robloxId: string;
  readonly username: string;
  readonly memberId: string;
  readonly askedAt: number;
}

/** How long a member has to decide whether to move an account. */
const MOVE_MS = 10 * 60_000;

const getMember = (req: Request) => req.user as Member | undefined; // what deserializeUser found

export function createApp(options: AppOptions): Express {
  const { people, schedule, jobs, vault, admins, publicURL, intervalMs, now } = options;
  const passport = new passports.Passport();
  useStrategies(passport, { ...options, publicURL });
  passport.serializeUser((id, done) => done(null, id)); // the ID of a member
  passport.deserializeUser((id: string, done) => {
    people.find(id).then((member) => done(null, member ?? false), done);
  });

  const app = express().disable('x-powered-by');
  if (publicURL !== undefined) app.set('trust proxy', 1); // the proxy tells whether a request came over https
  app.use(setHeaders(options), express.static(PUBLIC));
  // SameSite=Lax: other sites cannot send forms with the member's session, but a provider's redirect has it.
  const cookie = { sameSite: 'lax', secure: 'auto', maxAge: SESSION_MS } as const;
  const { cookieSecret: secret, sessions: store } = options;
  app.use(session({ name: 'linked-roles', secret, store, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session(), refuseForeignForms);

  // The "Linked Roles Verification URL" of the app at Discord.
  app.get('/linked-roles', (_req, res) => res.redirect(303, '/auth/discord'));
  app.get('/auth/discord', passport.authenticate('discord'));
  // `assignProperty`: the result of verify is set there, and nobody is signed in yet.
  const fromDiscord = passport.authenticate('discord', { assignProperty: 'login', failWithError: true });
  app.get('/auth/discord/callback', fromDiscord, explain('Discord'), async (req: Request, res: Response) => {
    const { id, name, tokens, mayPublish } = (req as unknown as { login: DiscordLogin }).login; // verify returned it
    if (!mayPublish)
      throw new Refusal(403, 'Discord did not let us set your linked roles. Please sign in again and allow it.');
    const memberId = await people.signIn(id, name, tokens);
    if (memberId === undefined)
      throw new Refusal(409, 'Your account is still being deleted. Please try again in a minute.');
    // Passport makes a new session. keepSessionInfo keeps the logins of other tabs.
    await new Promise<void>((resolve, reject) => {
      const keep = { session: true, keepSessionInfo: true };
      req.logIn(memberId, keep, (error: unknown) => (error ? reject(error) : resolve())); // any value is a user
    });
    delete req.session.move;
    await redirectHome(req, res);
  });

  app.post('/auth/roblox', signedIn, (req, res, next) => {
    // `state` is stored with the login, so that the callback knows which member started it, whatever happens in other tabs.
    const options = { state: { memberId: getMember(req)?.id }, prompt: 'select_account' } as const;
    passport.authenticate('roblox', options)(req, res, next);
  });
  const fromRoblox = passport.authenticate('roblox', { assignProperty: 'person', failWithError: true });
  app.get('/auth/roblox/callback', fromRoblox, explain('Roblox'), async (req: Request, res: Response) => {
    const { person, authInfo } = req as unknown as {
      person: RobloxPerson;
      authInfo?: { state?: { memberId?: string } };
    }; // Passport's, and ours
    const memberId = authInfo?.state?.memberId;
    const isSame = memberId !== undefined && getMember(req)?.id === memberId;
    const outcome = isSame ? await people.connect(memberId, person) : await people.findState(person.id);
    if (outcome === 'gone') await vault.revoke(person.id); // the vault has saved the tokens, but they belong to no member
    if (!isSame) throw new Refusal(403, 'You started to connect Roblox in another account. Nothing was connected.');
    if (outcome === 'taken') {
      req.session.move = { robloxId: person.id, username: person.username, memberId, askedAt: now() };
    } else {
      delete req.session.move;
      req.session.notice = `${person.username} is connected. Discord will know in a few seconds.`;
    }
    await redirectHome(req, res);
  });

  app.post('/move', signedIn, async (req, res) => {
    const move = openMove(req);
    delete req.session.move;
    if (move === undefined) throw new Refusal(409, 'That question is too old. Please connect the account again.');
    await people.move(move.memberId, move.robloxId);
    await redirectHome(req, res, `${move.username} was moved to your Discord account.`);
  });
  app.post('/move/cancel', signedIn, async (req, res) => {
    delete req.session.move;
    await redirectHome(req, res);
  });

  app.post('/accounts/:id/main', signedIn, async (req, res) => {
    const isDone = await people.chooseMain(getMember(req)!.id, String(req.params['id'])); // `signedIn` has checked it
    if (!isDone) throw new Refusal(404, 'That account is not connected.');
    await redirectHome(req, res, 'Your main account has changed. Discord will know in a few seconds.');
  });
  app.post('/accounts/:id/disconnect', signedIn, async (req, res) => {
    const isDone = await people.disconnect(getMember(req)!.id, String(req.params['id'])); // `signedIn` has checked it
    if (!isDone) throw new Refusal(404, 'That account is not connected.');
    await redirectHome(
      req,
      res,
      'The account is disconnected. What it brought you on Discord is taken away in a few seconds.',
    );
  });

  app.get('/delete', signedIn, (_req, res) => void res.send(deletionPage()));
  app.post('/delete', signedIn, async (req, res) => {
    await people.leave(getMember(req)!.id); // `signedIn` has checked it
    await new Promise<void>((resolve, reject) => req.session.destroy((error) => (error ? reject(error) : resolve())));
    res.clearCookie('linked-roles');
    res.send(errorPage('Your account is deleted', 'What is left at Roblox and Discord is taken away within a minute.'));
  });

  app.post('/sign-out', (req, res, next) => {
    req.logout((error) => (error ? next(error) : res.redirect(303, '/')));
  });

  app.get('/privacy', (_req, res) => void res.send(privacyPage(options)));
  app.get('/operations', async (req, res) => {
    const member = getMember(req);
    if (member === undefined || !admins.includes(member.discordId))
      throw new Refusal(403, 'This page is for the people who run the site.');
    const [operations, queue] = await Promise.all([schedule.readOperations(), jobs.count()]);
    res.send(operationsPage(operations, queue, { now: now(), intervalMs }));
  });

  app.get('/', (req, res) => {
    const { notice } = req.session;
    if (notice !== undefined) delete req.session.notice;
    showHome(req, res, notice === undefined ? undefined : { role: 'status', text: notice });
  });

  function openMove(req: Request): Move | undefined {
    const { move } = req.session;
    const isOpen = move !== undefined && move.memberId === getMember(req)?.id && move.askedAt > now() - MOVE_MS;
    return isOpen ? move : undefined;
  }

  /** Shows the welcome page or the member's home page. */
  function showHome(req: Request, res: Response, message?: Message): void {
    const member = getMember(req);
    if (member === undefined) return void res.send(welcomePage(message));
    const isAdmin = admins.includes(member.discordId);
    res.send(homePage({ member, isAdmin, moving: openMove(req)?.username, now: now(), message }));
  }

  app.use((_req, res) => void res.status(404).send(errorPage('Nothing here', 'There is no page at this address.')));

  const showError: ErrorRequestHandler = (error, req, res, next) => {
    if (res.headersSent) return next(error);
    if (error instanceof Refusal) {
      res.status(error.status);
      return showHome(req, res, { role: 'alert', text: error.message });
    }
    console.error(error);
    res.status(500).send(errorPage('That did not work', 'It is not your fault. Please try again.'));
  };
  return app.use(showError);
}

/** Explains a failed sign-in with our own text. Never shows text from the URL, which anybody can write, and logs it only escaped. */
function explain(provider: 'Discord' | 'Roblox'): ErrorRequestHandler {
  return (error, req, _res, next) => {
    const { error: answer } = req.query;
    if (answer === 'access_denied')
      return next(new Refusal(403, `You cancelled at ${provider}, and nothing has changed.`));
    if (error.name === 'AuthenticationError') {
      const text = `This sign-in at ${provider} was used before, took too long, or began in another browser. Nothing has changed.`;
      return next(new Refusal(403, text));
    }
    if (answer !== undefined) console.error('%s answered with the error %j', provider, answer);
    else console.error('%s could not be asked: %s', provider, error.message);
    next(new Refusal(502, `${provider} could not be asked who you are. Please try again.`));
  };
}

function setHeaders({ robloxApp, discordApp }: AppOptions): RequestHandler {
  const headers = pageHeaders(robloxApp.baseURL);
  // Forms redirect to the providers, and browsers apply form-action to redirects too.
  const local = [robloxApp.baseURL, discordApp.baseURL].filter((url) => url !== undefined).join(' ');
  const policy = headers['Content-Security-Policy']?.replace(
    "form-action 'self'",
    `form-action 'self' https: ${local}`,
  );
  return (_req, res, next) => {
    res.set({ ...headers, 'Content-Security-Policy': policy ?? '' });
    next();
  };
}

const refuseForeignForms: RequestHandler = (req, _res, next) => {
  // `req.host` instead of the header, which a trusted proxy may have changed.
  const isForeign = isForeignForm({ method: req.method, headers: { ...req.headers, host: req.host } });
  next(isForeign ? new Refusal(403, 'This was sent from another site, so nothing was done.') : undefined);
};

const signedIn: RequestHandler = (req, _res, next) => {
  next(getMember(req) === undefined ? new Refusal(403, 'You are not signed in.') : undefined);
};

/** Redirects to the home page, with a message. Saves the session first: a fast browser would otherwise miss the message. */
async function redirectHome(req: Request, res: Response, notice?: string): Promise<void> {
  if (notice !== undefined) req.session.notice = notice;
  await new Promise<void>((resolve, reject) => req.session.save((error) => (error ? reject(error) : resolve())));
  res.redirect(303, '/');
}

declare module 'express-session' {
  interface SessionData {
    notice?: string;
    move?: Move;
  }
}

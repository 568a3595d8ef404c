/** A login page with four providers. A user can sign in with each of them, and link the others. */
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import session from 'express-session';
import passports from 'passport';
import type { Account, Accounts, Identity } from './accounts.ts';
import { BRANDS, type Brand } from './brands.ts';
import { Refusal } from './refusal.ts';
import { noStore, sameSiteForms, securityHeaders } from './security.ts';
import { useStrategies, type Apps } from './strategies.ts';
import { accountPage, errorPage, loginPage, type Message } from './views.ts';

/** The settings of the app. Fill them in from your environment. */
export interface Blanks {
  readonly apps: Apps;
  readonly accounts: Accounts;
  readonly sessionSecret: string;
  /** The public URL, such as `https://example.com`. Needed behind a proxy. */
  readonly publicURL?: string | undefined;
  readonly now?: (() => number) | undefined;
}

const getAccount = (req: Request) => req.user as Account | undefined; // what deserializeUser found

export function createApp({ apps, accounts, sessionSecret, publicURL, now }: Blanks): Express {
  const passport = new passports.Passport();
  useStrategies(passport, apps, publicURL, now);
  passport.serializeUser((account, done) => done(null, (account as Account).id)); // what `finish` signed in
  passport.deserializeUser((id: string, done) => {
    accounts.find(id).then((account) => done(null, account ?? false), done);
  });

  const app = express().disable('x-powered-by');
  if (publicURL !== undefined) app.set('trust proxy', 1); // the proxy tells whether a request came over https
  app.use(securityHeaders(apps), express.static(`${import.meta.dirname}/public`), noStore);
  // Sessions are kept in memory here. For several processes or restarts, give `session` a `store`.
  // SameSite=Lax: other sites cannot send forms with the user's session, but a provider's redirect has it.
  const cookie = { sameSite: 'lax', secure: 'auto', maxAge: 7 * 24 * 60 * 60 * 1000 } as const;
  app.use(session({ name: 'session', secret: sessionSecret, resave: false, saveUninitialized: false, cookie }));
  app.use(passport.session(), sameSiteForms);

  for (const brand of BRANDS) {
    const { id } = brand;
    app.get(`/auth/${id}`, passport.authenticate(id));

    // `assignProperty`: the result of verify is set there, and nobody is signed in yet.
    const identify = passport.authenticate(id, { assignProperty: 'identity', failWithError: true });
    app.get(`/auth/${id}/callback`, identify, explain(brand), finish(brand, accounts));

    app.post(`/auth/${id}/link`, signedIn, (req, res, next) => {
      // `state` is stored with the login, so that the callback knows which account to link, whatever happens in other tabs.
      // An `object`, because @types/passport declares the state of other providers as a string.
      const options: object = { state: { linkTo: getAccount(req)?.id } };
      passport.authenticate(id, options)(req, res, next);
    });

    app.post(`/auth/${id}/unlink`, signedIn, async (req, res) => {
      const done = await accounts.unlink(getAccount(req)!.id, id); // `signedIn` has checked it
      if (!done) throw new Refusal(409, `${brand.name} is not linked, or it is your only way in.`);
      notify(req, `${brand.name} is no longer linked.`);
      res.redirect(303, '/');
    });
  }

  app.post('/sign-out', (req, res, next) => {
    req.logout((error) => (error ? next(error) : res.redirect(303, '/')));
  });

  app.get('/', async (req, res) => {
    const { notice } = req.session;
    delete req.session.notice;
    await showHome(req, res, notice === undefined ? undefined : { role: 'status', text: notice });
  });

  /** Shows the login page or the account page. */
  async function showHome(req: Request, res: Response, message?: Message): Promise<void> {
    const account = getAccount(req);
    if (account === undefined) res.send(loginPage(message));
    else res.send(accountPage(account, await accounts.identities(account.id), message));
  }

  app.use((_req, res) => void res.status(404).send(errorPage('Nothing here', 'There is no page at this address.')));

  const showError: ErrorRequestHandler = async (error, req, res, next) => {
    if (res.headersSent) return next(error);
    if (error instanceof Refusal) {
      res.status(error.status);
      return showHome(req, res, { role: 'alert', text: error.message });
    }
    console.error(error);
    res.status(500).send(errorPage('That did not work', 'It is not your fault. Please try again.'));
  };
  app.use(showError);
  return app;
}

/** Finishes a login, or links an identity. */
function finish({ name }: Brand, accounts: Accounts): RequestHandler {
  return async (req, res) => {
    const { identity, authInfo } = req as { identity?: Identity; authInfo?: { state?: { linkTo?: string } } }; // Passport's, and ours
    const linkTo = authInfo?.state?.linkTo;
    if (linkTo === undefined) {
      const account = await accounts.signIn(identity!); // `identify` has set it
      // Passport makes a new session. keepSessionInfo keeps the logins of other tabs, and there is nothing else to keep.
      await new Promise<void>((resolve, reject) => {
        req.logIn(account, { session: true, keepSessionInfo: true }, (error) => (error ? reject(error) : resolve()));
      });
    } else {
      if (getAccount(req)?.id !== linkTo) {
        throw new Refusal(403, `You started to link ${name} in another account. Nothing was linked.`);
      }
      const outcome = await accounts.link(linkTo, identity!);
      if (outcome === 'taken') {
        throw new Refusal(409, `This ${name} account is already linked to another account here, so it was not linked.`);
      }
      if (outcome === 'other')
        throw new Refusal(409, `You have linked another ${name} account. Unlink that one first.`);
      notify(req, outcome === 'linked' ? `${name} is linked.` : `${name} was linked already.`);
    }
    res.redirect(303, '/');
  };
}

/** Explains a failed login with our own text. Never shows text from the URL, which anybody can write. */
function explain({ name }: Brand): ErrorRequestHandler {
  return (error, req, _res, next) => {
    const { error: answer } = req.query;
    if (answer === 'access_denied') {
      return next(new Refusal(403, `You cancelled at ${name}, and nothing has changed.`));
    }
    if (error.name === 'AuthenticationError') {
      const text = `This sign-in at ${name} was used before, took too long, or began in another browser. Nothing has changed.`;
      return next(new Refusal(403, text));
    }
    // %j keeps it on one line of the log: anybody can write such a URL.
    if (answer !== undefined) console.error('%s answered with the error %j', name, answer);
    else console.error(error);
    next(new Refusal(502, `${name} could not be asked who you are. Please try again.`));
  };
}

const signedIn: RequestHandler = (req, _res, next) => {
  next(getAccount(req) === undefined ? new Refusal(403, 'You are no longer signed in.') : undefined);
};

/** Sets a message for the next page. */
function notify(req: Request, notice: string): void {
  req.session.notice = notice;
}

declare module 'express-session' {
  interface SessionData {
    notice?: string;
  }
}

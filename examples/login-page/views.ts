/** The pages: plain HTML without scripts. */
import type { Account, LinkedIdentity } from './accounts.ts';
import { BRANDS, type Brand } from './brands.ts';
import { html, type Html } from '../shared/html.ts';

/** A message above a page: an error (`alert`) or a success (`status`). */
export interface Message {
  readonly role: 'alert' | 'status';
  readonly text: string;
}

/** The page for a visitor who is not signed in. */
export function loginPage(message?: Message): string {
  return page(
    'Sign in',
    message,
    html`<section class="card narrow">
      <h1>Sign in</h1>
      <p class="quiet">New or returning: choose an account that you have already, and you are in.</p>
      ${renderMessage(message)}
      <ul class="buttons">
        ${BRANDS.map(
          ({ id, name, mark }) =>
            html`<li>
              <a class="button ${id}" href="/auth/${id}">${mark}<span>Sign in with ${name}</span></a>
            </li>`,
        )}
      </ul>
      <p class="quiet small">We never see a password, and link accounts only when you ask us to.</p>
    </section>`,
  );
}

/** The page of an account: its linked providers, and those that can be linked. */
export function accountPage(account: Account, identities: readonly LinkedIdentity[], message?: Message): string {
  return page(
    'Your account',
    message,
    html`<section class="card who">
        <span class="face" aria-hidden="true">${[...account.name][0]?.toUpperCase() ?? '?'}</span>
        <div>
          <h1>${account.name}</h1>
          <p class="quiet">Here since ${time(account.createdAt)}</p>
        </div>
      </section>
      ${renderMessage(message)}
      <section class="card" aria-labelledby="ways">
        <h2 id="ways">Ways to sign in</h2>
        <p class="quiet">Link a second one, and you can still get in when you lose the first.</p>
        <ul class="ways">
          ${BRANDS.map((brand) => renderProvider(brand, identities))}
        </ul>
      </section>`,
    html`<form method="post" action="/sign-out"><button class="button plain">Sign out</button></form>`,
  );
}

/** One provider on the account page. */
function renderProvider({ id, name, mark }: Brand, identities: readonly LinkedIdentity[]): Html {
  const identity = identities.find(({ provider }) => provider === id);
  return html`<li>
    <span class="tile ${id}">${mark}</span>
    <div>
      <h3>${name}</h3>
      <p class="quiet small">
        ${
          identity === undefined
            ? 'Not linked'
            : html`<strong>${identity.name}</strong> <span>linked ${time(identity.linkedAt)}</span>
                <span>used ${time(identity.lastUsedAt)}</span>`
        }
      </p>
    </div>
    ${
      identity === undefined
        ? renderButton(`/auth/${id}/link`, 'Link', name)
        : identities.length > 1
          ? renderButton(`/auth/${id}/unlink`, 'Unlink', name)
          : html`<span class="tag">Only way in</span>`
    }
  </li>`;
}

function renderButton(path: string, verb: string, name: string): Html {
  // The name is for screen readers, which may read the buttons without the heading.
  return html`<form method="post" action="${path}">
    <button class="button plain">${verb}<span class="unseen"> ${name}</span></button>
  </form>`;
}

/** The page for other errors. */
export function errorPage(title: string, text: string): string {
  return page(
    title,
    undefined,
    html`<section class="card narrow">
      <h1>${title}</h1>
      <p>${text}</p>
      <p><a href="/">To the home page</a></p>
    </section>`,
  );
}

function renderMessage(message: Message | undefined): Html {
  return message === undefined
    ? html``
    : html`<p class="message ${message.role}" role="${message.role}">${message.text}</p>`;
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

function time(date: Date): Html {
  return html`<time datetime="${date.toISOString()}">${day.format(date)}</time>`;
}

function page(title: string, message: Message | undefined, main: Html, corner: Html = html``): string {
  // Screen readers read the title first, so it has the error.
  const what = message?.role === 'alert' ? `${message.text} · ${title}` : title;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${what} · Lantern Street</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="/icon.svg" />
      </head>
      <body>
        <header><a href="/">Lantern Street</a>${corner}</header>
        <main>${main}</main>
        <footer>An example of passport-roblox-oauth2. Not affiliated with Roblox, Google, GitHub or Discord.</footer>
      </body>
    </html>`.markup;
}

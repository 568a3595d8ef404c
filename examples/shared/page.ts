/** The layout of every page, and the pages of the small examples: plain HTML without scripts. */
import { readFileSync } from 'node:fs';
import { html, type Html } from './html.ts';
import type { User } from './users.ts';

/** The texts of an example's pages. */
export interface Site {
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  /** Its other pages, for signed-in users. */
  readonly links?: readonly { readonly href: string; readonly text: string; readonly who: string }[];
  /** The people to choose at the emulator, and what each may see. */
  readonly people?: readonly string[];
}

/** The folder with the style sheet and the icon, for frameworks that can serve folders. */
export const PUBLIC = `${import.meta.dirname}/public`;

/** The same files, for frameworks that cannot serve folders without another package. */
export const FILES = [
  { path: '/style.css', type: 'text/css', content: readFileSync(`${PUBLIC}/style.css`) },
  { path: '/icon.svg', type: 'image/svg+xml', content: readFileSync(`${PUBLIC}/icon.svg`) },
] as const;

/**
 * The home page of a small example.
 * @param note a message above the page
 */
export function homePage(site: Site, user: User | undefined, note?: string): string {
  return user === undefined ? welcomePage(site) : userPage(site, user, note);
}

/**
 * The page for a failed sign-in, with the reason and a link to try again.
 * @param user the user who is already signed in, and stays signed in
 */
export function refusalPage(site: Site, reason: string, user?: User): string {
  if (user !== undefined) return homePage(site, user, stillSignedIn(reason));
  return textPage(site, 'The sign-in was not completed', reason, signInLink('Try again'));
}

/** The message about a failed sign-in for a user who is already signed in, for example after the back button. */
export function stillSignedIn(reason: string): string {
  return `${reason.replace(' Please sign in again.', '')} You are still signed in.`;
}

function welcomePage({ name, about, people = [] }: Site): string {
  return page(
    name,
    'Sign in',
    html`<section class="card hero">
      <h1>Hello</h1>
      <p>${about}</p>
      ${signInLink('Sign in with Roblox')}
      ${
        people.length === 0
          ? ''
          : html`<p class="quiet" id="people">People to choose at the emulator:</p>
              <ul class="people quiet" aria-labelledby="people">
                ${people.map((person) => html`<li>${person}</li>`)}
              </ul>`
      }
    </section>`,
  );
}

function userPage({ name, links = [] }: Site, user: User, note?: string): string {
  return page(
    name,
    user.displayName,
    html`${note === undefined ? '' : renderNote(note)}
    ${personCard({
      ...user,
      heading: `Hello, ${user.displayName}`,
      about: html`You are in ${user.groups === 0 ? 'no group yet' : formatCount(user.groups, 'group')}.`,
    })}
    ${
      links.length === 0
        ? ''
        : html`<section class="card">
            <h2>Go to</h2>
            <ul class="rows">
              ${links.map(
                ({ href, text, who }) =>
                  html`<li>
                    <span class="tile" aria-hidden="true">${readInitial(text)}</span>
                    <span
                      ><strong><a href="${href}">${text}</a></strong
                      ><br /><small>${who}</small></span
                    >
                  </li>`,
              )}
            </ul>
          </section>`
    }`,
  );
}

/** A page with a title, a sentence and a link to the home page. */
export function textPage(
  { name }: Pick<Site, 'name'>,
  title: string,
  text: string,
  action: Html | string = '',
): string {
  return page(
    name,
    title,
    html`<section class="card hero">
      <h1>${title}</h1>
      <p>${text}</p>
      <p class="actions">${action} <a class="button plain" href="/">To the home page</a></p>
    </section>`,
  );
}

export function page(site: string, title: string, main: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${site}</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="/icon.svg" />
      </head>
      <body>
        <header><a href="/">${site}</a></header>
        <main>${main}</main>
        <footer>Made with passport-roblox-oauth2. Not affiliated with Roblox.</footer>
      </body>
    </html>`.markup;
}

export function signInLink(label: string): Html {
  return html`<a class="button" href="/auth/roblox">
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path
        fill="currentColor"
        fill-rule="evenodd"
        d="M5.2 0 24 5.1 18.8 24 0 18.9Zm4.7 8.7-1.2 4.9 5.4 1.5 1.2-4.9Z"
      />
    </svg>
    ${label}
  </a>`;
}

/** The signed-in user, with a button to sign out. */
export function personCard(
  person: Pick<User, 'username' | 'displayName' | 'profileUrl' | 'picture'> & { heading: string; about: Html | string },
): Html {
  const { username, displayName, profileUrl, picture, heading, about } = person;
  return html`<section class="card profile">
    ${
      picture === undefined
        ? html`<span class="headshot" aria-hidden="true">${readInitial(displayName)}</span>`
        : html`<img class="headshot" src="${picture}" alt="Headshot of ${displayName}" width="96" height="96" />`
    }
    <div class="who">
      <h1>${heading}</h1>
      <p><a href="${profileUrl}">@${username}</a></p>
      <p class="quiet">${about}</p>
    </div>
    <form method="post" action="/sign-out"><button class="button plain">Sign out</button></form>
  </section>`;
}

/** A message above a page. */
export function renderNote(text: string): Html {
  return html`<p class="note" role="status">${text}</p>`;
}

export function readInitial(name: string): string {
  return [...name][0]?.toUpperCase() ?? '';
}

/** `1 group`, `2 groups`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

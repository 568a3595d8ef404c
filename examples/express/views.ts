/** The demo's pages: plain HTML that works without scripts. Everything that comes from Roblox is escaped. */
import type { RequestHandler } from 'express';
import { OAuthError, type Group, type GroupRole, type InventoryItem, type Profile } from 'passport-roblox-oauth2';

/** A group and the user's role in it. */
export interface GroupRow {
  readonly group: Group;
  readonly role: GroupRole | undefined;
}

/**
 * Headers for every answer: nothing but our own style and pictures from Roblox is loaded, no other site frames the pages, and a page about
 * a person is gone from the browser once they have signed out.
 * @param baseURL where pictures come from beside Roblox: the emulator
 */
export function securityHeaders(baseURL = ''): RequestHandler {
  const policy = {
    'default-src': "'none'",
    'style-src': "'self'",
    'img-src': `'self' https: ${baseURL}`,
    'form-action': "'self'",
    'base-uri': "'none'",
    'frame-ancestors': "'none'",
  };
  const contentSecurityPolicy = Object.entries(policy).map((directive) => directive.join(' ').trim());
  return (_req, res, next) => {
    res.set({
      'Content-Security-Policy': contentSecurityPolicy.join('; '),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    });
    next();
  };
}

/** For who is not signed in. */
export function welcomePage(): string {
  return page(
    'Sign in',
    html`<section class="card hero">
      <h1>Good to see you.</h1>
      <p>Sign in to see what Roblox knows you by: your profile, what you own, and your groups.</p>
      ${signInLink('Sign in with Roblox')}
      <p class="quiet">You decide on Roblox’s own page what this site may see. It never gets your password.</p>
    </section>`,
  );
}

/** For who is signed in. What Roblox did not answer becomes a note; the profile is there in any case. */
export function profilePage(
  profile: Profile,
  inventory: PromiseSettledResult<readonly InventoryItem[]>,
  groups: PromiseSettledResult<readonly GroupRow[]>,
): string {
  const { username, displayName = username ?? profile.id, createdAt } = profile;
  return page(
    displayName,
    html`<section class="card profile">
        ${headshot(profile, displayName)}
        <div class="who">
          <h1>${displayName}</h1>
          <p><a href="${profile.profileUrl}">@${username ?? profile.id}</a></p>
          ${createdAt === undefined ? '' : html`<p class="quiet">On Roblox for ${ageOf(createdAt)}, since ${time(createdAt)}</p>`}
        </div>
        <form method="post" action="/sign-out"><button class="button plain">Sign out</button></form>
      </section>
      <div class="columns">
        <section class="card">
          <h2>Inventory <small>the first items</small></h2>
          ${listOf(inventory, itemRow, 'inventory', 'Nothing in the inventory yet.')}
        </section>
        <section class="card">
          <h2>Groups</h2>
          ${listOf(groups, groupRow, 'groups', 'Not in any group yet.')}
        </section>
      </div>`,
  );
}

/**
 * For sign-ins that failed and for everything else that did.
 * @param reason what the user may read of it
 */
export function errorPage(status: number, reason?: string): string {
  const [title, text] =
    status === 404
      ? ['Nothing here', 'There is no page at this address.']
      : status === 403
        ? ['The sign-in was not completed', reason ?? 'Roblox did not let it through.']
        : ['That did not work', 'Something went wrong between this site and Roblox. Please try again in a moment.'];
  return page(
    title,
    html`<section class="card hero">
      <h1>${title}</h1>
      <p>${text}</p>
      <p class="actions">
        ${status === 404 ? '' : signInLink('Try again')}
        <a class="button plain" href="/">To the home page</a>
      </p>
    </section>`,
  );
}

function page(title: string, main: Html): string {
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Passport demo</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="/icon.svg" />
      </head>
      <body>
        <header><a href="/">Passport demo</a></header>
        <main>${main}</main>
        <footer>Made with passport-roblox-oauth2. Not affiliated with Roblox.</footer>
      </body>
    </html>`;
  return markup;
}

function signInLink(label: string): Html {
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

function headshot({ photos }: Profile, displayName: string): Html {
  const [photo] = photos;
  return photo === undefined
    ? html`<span class="headshot" aria-hidden="true">${initial(displayName)}</span>`
    : html`<img class="headshot" src="${photo.value}" alt="Headshot of ${displayName}" width="96" height="96" />`;
}

function initial(name: string): string {
  return [...name][0]?.toUpperCase() ?? '';
}

function listOf<T>(
  result: PromiseSettledResult<readonly T[]>,
  row: (item: T) => Html,
  what: string,
  empty: string,
): Html {
  if (result.status === 'rejected') {
    return result.reason instanceof OAuthError
      ? html`<p class="note">
          Roblox no longer lets us see your ${what}. <a href="/auth/roblox">Sign in again</a> to go on.
        </p>`
      : html`<p class="note">
          Roblox does not show us your ${what} at the moment. <a href="/">Try again</a> in a minute.
        </p>`;
  }
  if (result.value.length === 0) return html`<p class="quiet">${empty}</p>`;
  return html`<ul class="rows">
    ${result.value.map((item) => html`<li>${row(item)}</li>`)}
  </ul>`;
}

function itemRow(item: InventoryItem): Html {
  const tag = item.type === 'asset' && item.collectible ? html`<span class="tag">Limited</span>` : '';
  const picture = Object.hasOwn(PICTURES, item.type) ? PICTURES[item.type] : PICTURES.asset;
  return html`<svg class="tile" viewBox="0 0 24 24" aria-hidden="true"><path d="${picture}" /></svg>
    <span><strong>${kindOf(item)}</strong> ${tag}<br /><small>No. ${item.id}</small></span>
    <small>${item.addedAt === undefined ? '' : time(item.addedAt)}</small>`;
}

function groupRow({ group, role }: GroupRow): Html {
  return html`<span class="tile" aria-hidden="true">${initial(group.displayName)}</span>
    <span>
      <strong
        ><a href="https://www.roblox.com/communities/${encodeURIComponent(group.id)}">${group.displayName}</a></strong
      >
      <br /><small>${role?.displayName ?? 'Member'}</small>
    </span>
    <small>${role === undefined ? '' : `Rank ${role.rank}`}</small>`;
}

/** A cube, a star, a ticket and a server, as SVG paths. */
const PICTURES = {
  asset: 'm12 3 8 4.5v9L12 21l-8-4.5v-9Zm-8 4.5 8 4.5 8-4.5M12 12v9',
  badge: 'm12 3 2.8 5.6 6.2.9-4.5 4.4 1.1 6.1L12 17.1 6.4 20l1.1-6.1L3 9.5l6.2-.9Z',
  gamePass: 'M3 6h18v4a2 2 0 0 0 0 4v4H3v-4a2 2 0 0 0 0-4Zm11 0v2m0 3v2m0 3v2',
  privateServer: 'M4 4h16v7H4Zm0 9h16v7H4Zm4-5.5h.01m-.01 9h.01',
};

const WORDS: Readonly<Record<string, string>> = {
  badge: 'Badge',
  gamePass: 'Game pass',
  privateServer: 'Private server',
};

/** A word for what an item is: `CLASSIC_TSHIRT` is a "Classic T-shirt". Types that are newer than this file are spelled the same way. */
function kindOf(item: InventoryItem): string {
  const name = item.type === 'asset' ? item.assetType : (WORDS[item.type] ?? item.type);
  if (item.type !== 'asset') return name;
  const words = name.toLowerCase().replaceAll('_', ' ').replace('tshirt', 'T-shirt');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How old an account is, in whole years and months. */
function ageOf(createdAt: Date, now: Date = new Date()): string {
  const unfinished = now.getUTCDate() < createdAt.getUTCDate() ? 1 : 0;
  const months =
    (now.getUTCFullYear() - createdAt.getUTCFullYear()) * 12 + now.getUTCMonth() - createdAt.getUTCMonth() - unfinished;
  if (months < 1) return 'less than a month';
  return [counted(Math.floor(months / 12), 'year'), counted(months % 12, 'month')].filter(Boolean).join(' and ');
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

function time(date: Date): Html {
  return html`<time datetime="${date.toISOString()}">${day.format(date)}</time>`;
}

/** Markup, as opposed to text that still has to be escaped. */
interface Html {
  readonly markup: string;
}

/** Makes markup of a template; whatever is put into it is escaped, unless it is markup itself. */
function html(template: TemplateStringsArray, ...values: (string | Html | readonly Html[])[]): Html {
  const text = (value: string | Html | readonly Html[]): string =>
    typeof value === 'string'
      ? value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
      : 'markup' in value
        ? value.markup
        : value.map(({ markup }) => markup).join('');
  return { markup: String.raw({ raw: template }, ...values.map(text)) };
}

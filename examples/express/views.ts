/** The demo's pages: plain HTML without scripts. Everything from Roblox is escaped. */
import { OAuthError, type Group, type GroupRole, type InventoryItem, type Profile } from 'passport-roblox-oauth2';
import { html, type Html } from '../shared/html.ts';
import { formatCount, readInitial, renderNote, page, personCard, signInLink, textPage } from '../shared/page.ts';

export const SITE = { name: 'Passport demo' };

/** A group and the user's role in it. */
export interface GroupRow {
  readonly group: Group;
  readonly role: GroupRole | undefined;
}

/** The page for a visitor who is not signed in. */
export function welcomePage(): string {
  return page(
    SITE.name,
    'Sign in',
    html`<section class="card hero">
      <h1>Good to see you.</h1>
      <p>Sign in to see what Roblox knows you by: your profile, what you own, and your groups.</p>
      ${signInLink('Sign in with Roblox')}
      <p class="quiet">You decide on Roblox’s own page what this site may see. It never gets your password.</p>
    </section>`,
  );
}

/** The page of a user. It has the profile in any case. When Roblox did not give the inventory or the groups, it has a note instead. */
export function profilePage(
  profile: Profile,
  inventory: PromiseSettledResult<readonly InventoryItem[]>,
  groups: PromiseSettledResult<readonly GroupRow[]>,
  note?: string,
): string {
  const { id, username = id, displayName = username, profileUrl, photos, createdAt } = profile;
  const isSome = inventory.status === 'fulfilled' && inventory.value.length > 0;
  return page(
    SITE.name,
    displayName,
    html`${note === undefined ? '' : renderNote(note)}
      ${personCard({
        username,
        displayName,
        profileUrl,
        picture: photos[0]?.value,
        heading: displayName,
        about: createdAt === undefined ? '' : html`On Roblox for ${describeAge(createdAt)}, since ${time(createdAt)}`,
      })}
      <div class="columns">
        <section class="card">
          <h2>Inventory ${isSome ? html`<small>the first items</small>` : ''}</h2>
          ${renderList(inventory, itemRow, 'inventory', 'Nothing in the inventory yet.')}
        </section>
        <section class="card">
          <h2>Groups</h2>
          ${renderList(groups, groupRow, 'groups', 'Not in any group yet.')}
        </section>
      </div>`,
  );
}

/**
 * The page for a failed sign-in or another error.
 * @param reason the reason to show to the user
 */
export function errorPage(status: number, reason?: string): string {
  const [title, text] =
    status === 404
      ? ['Nothing here', 'There is no page at this address.']
      : status === 403
        ? ['The sign-in was not completed', reason ?? 'Roblox did not let it through.']
        : ['That did not work', 'Something went wrong between this site and Roblox. Please try again in a moment.'];
  return textPage(SITE, title, text, status === 404 ? '' : signInLink('Try again'));
}

function renderList<T>(
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
    <span><strong>${describeItem(item)}</strong> ${tag}<br /><small>ID ${item.id}</small></span>
    <small>${item.addedAt === undefined ? '' : time(item.addedAt)}</small>`;
}

function groupRow({ group, role }: GroupRow): Html {
  return html`<span class="tile" aria-hidden="true">${readInitial(group.displayName)}</span>
    <span>
      <strong
        ><a href="https://www.roblox.com/communities/${encodeURIComponent(group.id)}">${group.displayName}</a></strong
      >
      <br /><small>${role?.displayName ?? 'Member'}</small>
    </span>
    <small>${role === undefined ? '' : `Rank ${role.rank}`}</small>`;
}

/** SVG paths of a cube, a star, a ticket and a server. */
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

/** Names the type of an item: "Classic T-shirt" for `CLASSIC_TSHIRT`. Works for new types too. */
function describeItem(item: InventoryItem): string {
  const name = item.type === 'asset' ? item.assetType : (WORDS[item.type] ?? item.type);
  if (item.type !== 'asset') return name;
  const words = name.toLowerCase().replaceAll('_', ' ').replace('tshirt', 'T-shirt');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Describes the age of an account, in whole years and months. */
function describeAge(createdAt: Date, now: Date = new Date()): string {
  const unfinished = now.getUTCDate() < createdAt.getUTCDate() ? 1 : 0;
  const months =
    (now.getUTCFullYear() - createdAt.getUTCFullYear()) * 12 + now.getUTCMonth() - createdAt.getUTCMonth() - unfinished;
  if (months < 1) return 'less than a month';
  const [years, rest] = [Math.floor(months / 12), months % 12];
  return [years > 0 && formatCount(years, 'year'), rest > 0 && formatCount(rest, 'month')]
    .filter(Boolean)
    .join(' and ');
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

function time(date: Date): Html {
  return html`<time datetime="${date.toISOString()}">${day.format(date)}</time>`;
}

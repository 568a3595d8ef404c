/** The pages: plain HTML without scripts. */
import { html, type Html } from '../shared/html.ts';
import { formatCount, readInitial, page } from '../shared/page.ts';
import { chooseScopes, type Community } from './checks.ts';
import type { RoleConnection } from './discord.ts';
import { UNKNOWN, type Member, type RobloxAccount } from './people.ts';
import type { Operations } from './schedule.ts';

/** A message above a page: an error (`alert`) or a success (`status`). */
export interface Message {
  readonly role: 'alert' | 'status';
  readonly text: string;
}

const SITE = 'Linked roles';

/** The page for a visitor who is not signed in. */
export function welcomePage(message?: Message): string {
  return frame(
    'Sign in',
    html`${renderMessage(message)}
      <section class="card hero">
        <h1>Your Roblox rank, on Discord</h1>
        <p>
          Sign in with Discord and connect your Roblox account. Our server then gives you the roles that you have
          earned.
        </p>
        <a class="button" href="/auth/discord">Sign in with Discord</a>
        <p class="quiet">
          We see your name on both, your rank in our group and our own items. <a href="/privacy">What is stored</a>
        </p>
      </section>`,
  );
}

/** The page of a member: their accounts, and what Discord was told. */
export function homePage(about: {
  readonly member: Member;
  readonly isAdmin: boolean;
  /** The username of another member's account that may be moved to this member. */
  readonly moving: string | undefined;
  readonly now: number;
  readonly message: Message | undefined;
}): string {
  const { member, isAdmin, moving, now, message } = about;
  return frame(
    member.name,
    html`${renderMessage(message)} ${moving === undefined ? '' : renderMoveQuestion(moving)}
      ${
        member.discordTokens === ''
          ? html`<p class="note">
              Discord no longer lets us set your roles. <a href="/auth/discord">Sign in with Discord again</a> to go on.
            </p>`
          : ''
      }
      <section class="card profile">
        <span class="headshot" aria-hidden="true">${readInitial(member.name)}</span>
        <div class="who">
          <h1>${member.name}</h1>
          <p class="quiet">Your Discord account</p>
          ${isAdmin ? html`<p><a href="/operations">Operations</a></p>` : ''}
        </div>
        <form method="post" action="/sign-out"><button class="button plain">Sign out</button></form>
      </section>
      <div class="columns">
        <section class="card stack">
          <h2>Roblox accounts</h2>
          ${
            member.accounts.length === 0
              ? html`<p class="quiet">None yet. Connect one to get your roles.</p>`
              : html`<ul class="rows">
                  ${member.accounts.map((account) => accountRow(account, member))}
                </ul>`
          }
          <form class="actions" method="post" action="/auth/roblox">
            <button class="button">
              ${member.accounts.length === 0 ? 'Connect Roblox' : 'Connect another account'}
            </button>
          </form>
        </section>
        <section class="card stack">
          <h2>What Discord knows</h2>
          ${renderPublished(member, now)}
        </section>
      </div>
      <p class="quiet"><a href="/privacy">What is stored</a> · <a href="/delete">Delete my account</a></p>`,
  );
}

function accountRow(account: RobloxAccount, { main, accounts }: Member): Html {
  const { id, username, displayName, picture, hasEnded } = account;
  const path = `/accounts/${encodeURIComponent(id)}`;
  const isMain = main?.id === id;
  return html`<li>
    ${
      picture === undefined
        ? html`<span class="tile" aria-hidden="true">${readInitial(displayName)}</span>`
        : html`<img class="tile picture" src="${picture}" alt="" width="40" height="40" />`
    }
    <span>
      <strong>${displayName}</strong> ${isMain && accounts.length > 1 ? html`<span class="tag">Main</span>` : ''}<br />
      <small>@${username}</small>
      ${hasEnded ? html`<br /><small>Roblox has ended this connection. Connect the account again.</small>` : ''}
    </span>
    <span class="choices">
      ${isMain ? '' : renderButton(`${path}/main`, 'Make main', username)}
      ${renderButton(`${path}/disconnect`, 'Disconnect', username)}
    </span>
  </li>`;
}

function renderButton(path: string, verb: string, name: string): Html {
  // The label is for screen readers, which may read the buttons without the heading.
  return html`<form method="post" action="${path}">
    <button class="button plain" aria-label="${verb} ${name}">${verb}</button>
  </form>`;
}

function renderMoveQuestion(username: string): Html {
  return html`<section class="card stack" role="alert">
    <h2>Move ${username} here?</h2>
    <p>This Roblox account is connected to another Discord account, which loses its roles when you move it.</p>
    <div class="actions">
      <form method="post" action="/move"><button class="button">Move it here</button></form>
      <form method="post" action="/move/cancel"><button class="button plain">Leave it there</button></form>
    </div>
  </section>`;
}

const LABELS: Readonly<Record<string, string>> = {
  rank: 'Rank in the group',
  pass: 'Owns the pass',
  badge: 'Has the badge',
  since: 'On Roblox since',
};

function renderPublished({ main, published, checkedAt }: Member, now: number): Html {
  if (published === undefined || main === undefined) return html`<p class="quiet">Nothing.</p>`;
  if (published === UNKNOWN)
    return html`<p class="quiet">We are about to tell it. Load the page again in a few seconds.</p>`;
  const { metadata } = JSON.parse(published) as RoleConnection; // stored by the worker
  return html`<dl class="facts">
      ${Object.entries(metadata).map(
        ([key, value]) =>
          html`<div>
            <dt>${LABELS[key] ?? key}</dt>
            <dd>${formatValue(key, value)}</dd>
          </div>`,
      )}
    </dl>
    <p class="quiet">
      Checked ${checkedAt === undefined ? 'never' : html`<span>${formatAge(checkedAt, now)}</span>`}.
    </p>`;
}

function formatValue(key: string, value: string): string {
  if (key === 'since') return day.format(new Date(value));
  if (key === 'rank') return value === '0' ? 'Not a member' : value;
  return value === '1' ? 'Yes' : 'No';
}

/** Asks for confirmation before everything is deleted. */
export function deletionPage(): string {
  return frame(
    'Delete my account',
    html`<section class="card hero">
      <h1>Delete my account</h1>
      <p>
        We end our access to your Roblox and Discord accounts, take back what we told Discord, and delete all that is
        stored about you. You lose your linked roles.
      </p>
      <div class="actions">
        <form method="post" action="/delete"><button class="button">Delete everything</button></form>
        <a class="button plain" href="/">Keep my account</a>
      </div>
    </section>`,
  );
}

/** The privacy page: what is stored, and for how long. */
export function privacyPage({
  community,
  intervalMs,
}: {
  readonly community: Community;
  readonly intervalMs: number;
}): string {
  const items = [
    [
      'Your Discord account',
      'Its ID and your name there, and the keys by which we set your roles. The keys are encrypted.',
    ],
    [
      'Your Roblox accounts',
      'ID, names, picture, the day you joined, and the keys by which we ask for the rest. The keys are encrypted.',
    ],
    [
      'What Discord was told',
      'The answers of the latest check: we ask Roblox again all the time, so that your roles stay right.',
    ],
    ['Your sign-in', 'One cookie, for seven days.'],
  ] as const;
  return frame(
    'What is stored',
    html`<section class="card stack">
      <h1>What is stored</h1>
      ${items.map(
        ([name, text]) =>
          html`<p>
            <strong>${name}</strong><br />
            ${text}
          </p>`,
      )}
      <p>
        We ask Roblox for ${chooseScopes(community).join(', ')}, and tell Discord within ${formatDuration(intervalMs)}
        what has changed. Nobody else is told anything.
      </p>
      <p>
        <a href="/delete">Delete my account</a> deletes all of it at once, ends our access at Roblox and Discord, and
        takes your linked roles away. Removing our app in the settings of Roblox or Discord ends the access too.
      </p>
      <p><a href="/">To the home page</a></p>
    </section>`,
  );
}

/** The page for the people who run the site. */
export function operationsPage(
  { members, due, lastCheckAt, oldestCheckAt, minutes, errors }: Operations,
  queue: { readonly waiting: number; readonly active: number },
  { now, intervalMs }: { readonly now: number; readonly intervalMs: number },
): string {
  const isBehind = oldestCheckAt !== undefined && oldestCheckAt < now - intervalMs;
  const facts: readonly (readonly [string, string])[] = [
    ['Members', String(members)],
    ['Due for a check', String(due)],
    ['Waiting in the queue', String(queue.waiting)],
    ['Being checked', String(queue.active)],
    ['Last check', lastCheckAt === undefined ? 'never' : formatAge(lastCheckAt, now)],
    ['Oldest check', oldestCheckAt === undefined ? 'none' : formatAge(oldestCheckAt, now)],
  ];
  return frame(
    'Operations',
    html`${
        isBehind
          ? html`<p class="note" role="alert">
              Somebody was last checked more than ${formatDuration(intervalMs)} ago. Look at the errors, or start
              another worker.
            </p>`
          : ''
      }
      <section class="card stack">
        <h1>Operations</h1>
        <dl class="facts">
          ${facts.map(
            ([name, text]) =>
              html`<div>
                <dt>${name}</dt>
                <dd>${text}</dd>
              </div>`,
          )}
        </dl>
      </section>
      <section class="card stack">
        <h2>Members per minute</h2>
        ${renderTable(
          ['Minute', 'Checked', 'Told Discord', 'Failed'],
          minutes.map(({ at, checks, updates, failures }) => [
            clock.format(at),
            `${checks}`,
            `${updates}`,
            `${failures}`,
          ]),
        )}
      </section>
      <section class="card stack">
        <h2>Errors of the last day</h2>
        ${
          errors.length === 0
            ? html`<p class="quiet">None.</p>`
            : renderTable(
                ['What', 'Times', 'First', 'Last'],
                errors.map(({ message, times, firstAt, lastAt }) => [
                  message,
                  `${times}`,
                  formatAge(firstAt, now),
                  formatAge(lastAt, now),
                ]),
              )
        }
      </section>
      <p><a href="/">To the home page</a></p>`,
  );
}

function renderTable(names: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<div class="table" tabindex="0" role="region" aria-label="${names.join(', ')}">
    <table>
      <thead>
        <tr>
          ${names.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The page for other errors. */
export function errorPage(title: string, text: string): string {
  return frame(
    title,
    html`<section class="card hero">
      <h1>${title}</h1>
      <p>${text}</p>
      <p><a class="button plain" href="/">To the home page</a></p>
    </section>`,
  );
}

function frame(title: string, main: Html): string {
  return page(SITE, title, main);
}

function renderMessage(message: Message | undefined): Html | string {
  return message === undefined ? '' : html`<p class="note" role="${message.role}">${message.text}</p>`;
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat('en', { timeStyle: 'short', hourCycle: 'h23', timeZone: 'UTC' });

function formatAge(time: number, now: number): string {
  return now - time < 1000 ? 'just now' : `${formatDuration(now - time)} ago`;
}

function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return formatCount(seconds, 'second');
  return seconds < 7200
    ? formatCount(Math.round(seconds / 60), 'minute')
    : formatCount(Math.round(seconds / 3600), 'hour');
}

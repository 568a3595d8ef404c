/** Both providers on this machine, and two pages: one shows the roles in a Discord server, one changes ranks at Roblox. */
import express, { type Express } from 'express';
import { RobloxClient } from 'passport-roblox-oauth2';
import {
  DEMO_CLIENT,
  DEMO_PEOPLE,
  startEmulator,
  type Emulator,
  type EmulatorOptions,
} from 'passport-roblox-oauth2/emulator';
import { html, type Html } from '../../shared/html.ts';
import { page, PUBLIC } from '../../shared/page.ts';
import { guardPages } from '../../shared/security.ts';
import type { Community } from '../checks.ts';
import { startDiscord, type DiscordPerson, type DiscordStandIn } from './discord.ts';
import { hasRole, type Requirements } from './discord-rules.ts';

/** The group, pass and badge of the emulator. */
export const DEMO_COMMUNITY = {
  groupId: '7001',
  gamePassId: '777',
  badgeId: '2124000002',
} as const satisfies Community;
/** The owner of the group. */
const OWNER = '4100000004';

/** The roles that the admins of the Discord server have made, with their conditions. */
const ROLES: readonly { readonly name: string; readonly requires: Requirements; readonly means: string }[] = [
  { name: 'Builder', requires: { rank: 50 }, means: 'a rank of 50 or more' },
  { name: 'Moderator', requires: { rank: 200 }, means: 'a rank of 200 or more' },
  { name: 'Supporter', requires: { pass: 1 }, means: 'owns the pass' },
  { name: 'Explorer', requires: { badge: 1 }, means: 'has the badge' },
  { name: 'Veteran', requires: { since: 365 }, means: 'a Roblox account of 365 days or more' },
];

export interface LocalProviders {
  readonly roblox: Emulator;
  readonly discord: DiscordStandIn;
  /** Lists the names of a person's linked roles in the Discord server. */
  listRoles(discordId: string): string[];
  close(): Promise<void>;
}

export async function startLocalProviders(
  options: {
    readonly roblox?: EmulatorOptions;
    readonly people?: readonly DiscordPerson[];
    readonly now?: () => number;
  } = {},
): Promise<LocalProviders> {
  const { now = () => Date.now(), people } = options;
  const roblox = await startEmulator({ rateLimits: true, now, ...options.roblox });
  const discord = await startDiscord({ now, ...(people !== undefined && { people }) });
  const local: LocalProviders = {
    roblox,
    discord,
    listRoles(discordId) {
      const connection = discord.connections.get(discordId);
      return ROLES.filter(({ requires }) => hasRole(connection, requires, discord.records, now())).map(
        ({ name }) => name,
      );
    },
    async close() {
      await Promise.all([roblox.close(), discord.close()]);
    },
  };
  servePages(discord.express, local);
  return local;
}

function servePages(app: Express, { roblox, discord, listRoles }: LocalProviders): void {
  const site = { name: 'Stand-ins' };
  const guard = guardPages(site, roblox.url);
  app.use(express.static(PUBLIC));

  app.get('/', guard, (_req, res) => {
    const rows = discord.people.map(({ id, name, username }) => {
      const roles = listRoles(id);
      return row(
        name,
        html`<strong>${name}</strong> <small>${username}</small><br />
          ${roles.length === 0 ? html`<small>No linked role</small>` : roles.map((role) => html`<span class="tag">${role}</span> `)}`,
      );
    });
    const means = ROLES.map((role) => `${role.name}: ${role.means}`).join(' · ');
    res.send(
      page(
        site.name,
        'A Discord server',
        html`<section class="card stack">
          <h1>A Discord server</h1>
          <p class="quiet">
            A stand-in on your machine. Nobody here is real. Load the page again to see what has changed.
          </p>
          <ul class="rows">
            ${rows}
          </ul>
          <p class="quiet">${means}.</p>
          <p><a href="/roblox">Change ranks at Roblox</a></p>
        </section>`,
      ),
    );
  });

  app.get('/roblox', guard, async (_req, res) => {
    const { access_token: accessToken } = await roblox.issueTokens({ user: OWNER });
    const { groups } = new RobloxClient({ accessToken, baseURL: roblox.url });
    const [group, roles, members] = await Promise.all([
      groups.get(DEMO_COMMUNITY.groupId),
      groups.roles(DEMO_COMMUNITY.groupId).toArray(),
      groups.memberships(DEMO_COMMUNITY.groupId).toArray(),
    ]);
    const rows = members.flatMap(({ userId, roleId }) => {
      const person = DEMO_PEOPLE.find(({ id }) => id === userId);
      if (person === undefined || userId === OWNER) return [];
      const choices = roles
        .filter(({ rank }) => rank > 0 && rank < 255)
        .map(
          ({ id, displayName, rank }) =>
            html`<option value="${id}" ${id === roleId ? html` selected` : ''}>
              ${displayName} (${String(rank)})
            </option>`,
        );
      return row(
        person.displayName,
        html`<strong>${person.displayName}</strong> <small>@${person.username}</small>`,
        html`<form class="choices" method="post" action="/roblox">
          <input type="hidden" name="user" value="${userId}" />
          <select name="role" aria-label="Role of ${person.displayName}">
            ${choices}
          </select>
          <button class="button plain">Set</button>
        </form>`,
      );
    });
    res.send(
      page(
        site.name,
        group.displayName,
        html`<section class="card stack">
          <h1>${group.displayName}</h1>
          <p class="quiet">The group at the Roblox emulator. You act as its owner.</p>
          <ul class="rows">
            ${rows}
          </ul>
          <p><a href="/">See the Discord server</a></p>
        </section>`,
      ),
    );
  });

  app.post('/roblox', guard, express.urlencoded(), (req, res) => {
    const { user, role } = req.body;
    roblox.setRoles({ groupId: DEMO_COMMUNITY.groupId, userId: String(user), roleIds: [String(role)] });
    res.redirect(303, '/roblox');
  });
}

function row(name: string, text: Html, action: Html | string = ''): Html {
  return html`<li><span class="tile" aria-hidden="true">${[...name][0] ?? ''}</span><span>${text}</span>${action}</li>`;
}

/** The site's app at the emulator. */
export const ROBLOX_APP = { clientID: DEMO_CLIENT.clientID, clientSecret: DEMO_CLIENT.clientSecret };

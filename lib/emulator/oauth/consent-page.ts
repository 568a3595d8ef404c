import { escapeHtml } from '../http.ts';
import type { EmulatedClient, EmulatedUser } from '../options.ts';
import type { Choice } from './resources.ts';

const scopesInWords: Readonly<Record<string, string>> = {
  openid: 'See your user ID',
  profile: 'See your display name, username, headshot and when you joined',
  'user.inventory-item:read': 'See your inventory, even if it is private',
  'group:read': 'See your permissions in your groups, and join requests',
  'group:write': 'Manage your groups',
  'user.advanced:read': 'See whether your account is verified',
  'user.social:read': 'See your social links',
  'asset:read': 'See the assets of the accounts you choose',
  'asset:write': 'Create and update assets for the accounts you choose',
  'user.user-notification:write': 'Send you notifications',
  'universe-messaging-service:publish': 'Send messages to the servers of the experiences you choose',
};

const style = `
  :root {
    color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
    --page: #f4f5fb; --card: #fff; --line: #dfe2ee; --text: #171a2b; --quiet: #565c75; --tint: #e8ebff;
    --accent: #3348d6; --accent-text: #fff; --note: #fff4dc; --note-line: #d89614;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --page: #0f1120; --card: #191c30; --line: #3a3f5e; --text: #eef0fb; --quiet: #a6acc8; --tint: #272d52;
      --accent: #a3b1ff; --accent-text: #10142f; --note: #33290f;
    }
  }
  * { box-sizing: border-box; }
  body { max-width: 32rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; background: var(--page); color: var(--text); }
  main { display: grid; gap: 1rem; }
  h1, p, ul, fieldset { margin: 0; }
  h1 { display: flex; gap: .75rem; align-items: center; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; text-wrap: balance; }
  h1 svg { width: 2rem; height: 2rem; flex: none; color: var(--accent); }
  a { color: var(--accent); }
  small, code { color: var(--quiet); font-size: .875rem; overflow-wrap: anywhere; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  .note { font-size: .875rem; padding: .75rem 1rem; border-left: 4px solid var(--note-line); border-radius: .5rem; background: var(--note); }
  .card, form { display: grid; gap: 1rem; }
  .card { padding: 1.5rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); }
  .scopes { list-style: none; padding: 0; display: grid; gap: .5rem; }
  .scopes li { display: grid; }
  fieldset { min-width: 0; padding: 0; border: 0; }
  legend { padding: 0; margin-bottom: .5rem; font-weight: 600; }
  .person { border: 1px solid var(--line); border-radius: .75rem; margin-top: .5rem; }
  .person:has([type=radio]:checked) { border-color: var(--accent); background: var(--tint); }
  label { display: flex; gap: .75rem; align-items: center; padding: .5rem .75rem; cursor: pointer; }
  label > span:last-child { min-width: 0; overflow-wrap: anywhere; }
  input { accent-color: var(--accent); width: 1.125rem; height: 1.125rem; flex: none; margin: 0; }
  label img, .blank { width: 2.5rem; height: 2.5rem; flex: none; border-radius: 50%; }
  .blank { display: grid; place-items: center; font-weight: 600; background: var(--quiet); color: var(--card); }
  .choices { padding: 0 0 .5rem 1.875rem; font-size: .9375rem; }
  .person:not(:has([type=radio]:checked)) .choices { display: none; }
  .choices label { padding: .25rem .75rem; }
  .actions { display: flex; flex-wrap: wrap; gap: .75rem; }
  button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.5rem; border: 1px solid var(--line); border-radius: .75rem; background: none; color: inherit; cursor: pointer; }
  button[value=allow] { background: var(--accent); border-color: var(--accent); color: var(--accent-text); }
  button:hover { filter: brightness(1.08); }`;

/** Renders the logo, a tilted square with a hole, in the colour of the surrounding text. */
const renderMark = (attributes: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" ${attributes}><path fill="currentColor" fill-rule="evenodd" d="M5.2 0 24 5.1 18.8 24 0 18.9Zm4.7 8.7-1.2 4.9 5.4 1.5 1.2-4.9Z"/></svg>`;
const icon = `data:image/svg+xml,${encodeURIComponent(renderMark('color="#3d5afe"'))}`;

function renderPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Roblox emulator</title>
<link rel="icon" href="${escapeHtml(icon)}">
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

const honestNote = '<p class="note">This is the Roblox emulator on your machine, not Roblox. Nobody here is real.</p>';

/** A person on the consent page, with the resources that they can choose. */
export interface Candidate {
  readonly user: EmulatedUser;
  readonly choices: readonly Choice[];
  readonly picture: string | null;
}

/**
 * Renders the consent page. It works without scripts. Apps' tests may use its field names, so they must not change:
 * `user` (the user's ID), `action` (`allow` or `cancel`), and a `resource-USER_ID` checkbox for each resource to choose.
 * @param action the URL that the form is posted to
 */
export function renderConsentPage(
  client: EmulatedClient,
  scopes: readonly string[],
  candidates: readonly Candidate[],
  action: string,
): string {
  const name = escapeHtml(client.name ?? `App ${client.clientID}`);
  const list = scopes.map((scope) => {
    const words = Object.hasOwn(scopesInWords, scope) ? `${scopesInWords[scope]} ` : '';
    return `<li>${words}<code>${escapeHtml(scope)}</code></li>`;
  });
  return renderPage(
    `${client.name ?? 'An app'} asks for permission`,
    `${honestNote}
<div class="card">
<h1>${renderMark('aria-hidden="true"')}<span>${name} wants to sign you in</span></h1>
<p>It asks for permission to:</p>
<ul class="scopes">${list.join('\n')}</ul>
</div>
<form class="card" method="post" action="${escapeHtml(action)}">
<input type="hidden" name="resources" value="shown">
<fieldset>
<legend>Sign in as</legend>
${candidates.map(renderCandidate).join('\n')}
</fieldset>
<div class="actions">
<button name="action" value="allow">Allow</button>
<button name="action" value="cancel">Cancel</button>
</div>
</form>`,
  );
}

function renderCandidate({ user, choices, picture }: Candidate, index: number): string {
  const headshot =
    picture === null
      ? `<span class="blank" aria-hidden="true">${escapeHtml([...user.displayName][0] ?? '?')}</span>`
      : `<img src="${escapeHtml(picture)}" alt="" width="40" height="40">`;
  const boxes = choices.map(
    ({ value, label }) =>
      `<label><input type="checkbox" name="resource-${escapeHtml(user.id)}" value="${escapeHtml(value)}" checked>${escapeHtml(label)}</label>`,
  );
  return `<div class="person"><label><input type="radio" name="user" value="${escapeHtml(user.id)}" required${index === 0 ? ' checked' : ''}>${headshot}
<span>${escapeHtml(user.displayName)} <small>@${escapeHtml(user.username)}</small></span></label>
${boxes.length === 0 ? '' : `<div class="choices">${boxes.join('\n')}</div>`}</div>`;
}

/** Renders the error page, where the browser cannot be sent back to the app. */
export function renderErrorPage(error: string, description: string): string {
  return renderPage(
    'Something is wrong with this link',
    `${honestNote}
<div class="card">
<h1>Something is wrong with this link</h1>
<p>${escapeHtml(description)}</p>
<p><code>${escapeHtml(error)}</code></p>
</div>`,
  );
}

/** Renders the page at `/`, which explains how to use the emulator. */
export function renderFrontPage(url: string, clients: Iterable<EmulatedClient>): string {
  const rows = [...clients].map(
    ({ clientID, clientSecret }) =>
      `<li>client ID <code>${escapeHtml(clientID)}</code>, ${clientSecret === undefined ? 'public' : `secret <code>${escapeHtml(clientSecret)}</code>`}</li>`,
  );
  return renderPage(
    'Welcome',
    `${honestNote}
<div class="card">
<h1>${renderMark('aria-hidden="true"')}Roblox emulator</h1>
<p>Use <code>${escapeHtml(url)}</code> where you would use <code>https://apis.roblox.com</code>.</p>
<ul>${rows.join('\n')}</ul>
<p><a href="/oauth/.well-known/openid-configuration">Discovery document</a></p>
</div>`,
  );
}

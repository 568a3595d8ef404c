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
  'universe-messaging-service:publish': 'Send messages to the servers of the experiences you choose',
};

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 30rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
  .note { font-size: .875rem; border-left: .25rem solid #e8a33d; padding-left: .75rem; }
  fieldset { border: 1px solid #8886; border-radius: .5rem; margin: 1rem 0; padding: .5rem 1rem; }
  label { display: flex; gap: .75rem; align-items: center; padding: .375rem 0; }
  label img, .blank { width: 2.5rem; height: 2.5rem; border-radius: 50%; background: #8883; }
  .blank { display: grid; place-items: center; font-weight: 600; }
  small { opacity: .75; }
  .choices { margin: 0 0 .5rem 2rem; font-size: .9375rem; }
  .person:not(:has([type=radio]:checked)) .choices { display: none; }
  .choices label { padding: .125rem 0; }
  button { font: inherit; padding: .625rem 1.25rem; border-radius: .5rem; border: 1px solid #8888; cursor: pointer; }
  button[value=allow] { background: #1257c4; border-color: #1257c4; color: #fff; }
  .actions { display: flex; gap: .75rem; flex-wrap: wrap; }
  code { overflow-wrap: anywhere; }`;

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Roblox emulator</title>
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

/** A person on the consent page, with what they may choose from. */
export interface Candidate {
  readonly user: EmulatedUser;
  readonly choices: readonly Choice[];
  readonly picture: string | null;
}

/**
 * The consent page. It works without scripts; its field names are part of the emulator's promise:
 * `user` (the user's ID), `action` (`allow` or `cancel`), and a `resource-ID` checkbox per thing to choose.
 * @param action where the form is posted to
 */
export function consentPage(
  client: EmulatedClient,
  scopes: readonly string[],
  candidates: readonly Candidate[],
  action: string,
): string {
  const name = escapeHtml(client.name ?? `App ${client.clientID}`);
  const list = scopes.map((scope) => {
    const words = Object.hasOwn(scopesInWords, scope) ? `${scopesInWords[scope]} ` : '';
    return `<li>${words}<small><code>${escapeHtml(scope)}</code></small></li>`;
  });
  return page(
    `${client.name ?? 'An app'} asks for permission`,
    `${honestNote}
<h1>${name}</h1>
<p>wants to sign you in, and to:</p>
<ul>${list.join('\n')}</ul>
<form method="post" action="${escapeHtml(action)}">
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

/** The page for requests that must not be sent back to an app, because the app is not known. */
export function errorPage(error: string, description: string): string {
  return page(
    'Something is wrong with this link',
    `${honestNote}
<h1>Something is wrong with this link</h1>
<p>${escapeHtml(description)}</p>
<p><small><code>${escapeHtml(error)}</code></small></p>`,
  );
}

/** The emulator's front page: what it is and how to use it. */
export function frontPage(url: string, clients: Iterable<EmulatedClient>): string {
  const rows = [...clients].map(
    ({ clientID, clientSecret }) =>
      `<li>client ID <code>${escapeHtml(clientID)}</code>, ${clientSecret === undefined ? 'public' : `secret <code>${escapeHtml(clientSecret)}</code>`}</li>`,
  );
  return page(
    'Welcome',
    `${honestNote}
<h1>Roblox emulator</h1>
<p>Use <code>${escapeHtml(url)}</code> where you would use <code>https://apis.roblox.com</code>.</p>
<ul>${rows.join('\n')}</ul>
<p><a href="/oauth/.well-known/openid-configuration">Discovery document</a></p>`,
  );
}

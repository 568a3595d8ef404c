import { renderConsentPage, renderErrorPage } from './consent-page.ts';
import { sendPage, sendRedirect, type Exchange } from '../http.ts';
import type { EmulatedClient } from '../options.ts';
import type { TokenServer } from './provider.ts';
import { findScopeProblem } from './endpoints.ts';
import { listChoices, readChoices } from './resources.ts';
import type { World } from '../world.ts';

interface Callback {
  readonly redirectURI: string;
  readonly state: string | undefined;
}

interface AuthorizationRequest extends Callback {
  readonly client: EmulatedClient;
  readonly nonce: string | undefined;
  readonly scopes: readonly string[];
  readonly responseType: 'code' | 'none';
  readonly codeChallenge: string | undefined;
}

interface Refusal {
  readonly error: string;
  readonly description: string;
  /** Where to send the browser with the error; undefined: the app or its redirect URI is unknown, and a page is shown. */
  readonly backTo?: Callback;
}

const prompts = new Set(['none', 'login', 'consent', 'select_account']);

/**
 * Serves v1/authorize. GET shows the consent page. POST carries the user's decision.
 * The request stays in the URL and is not stored, so several tabs, reloads and going back work.
 */
export async function handleAuthorization(
  exchange: Exchange,
  about: { world: World; tokens: TokenServer; absolute: (url: string) => string },
): Promise<void> {
  const { res, query, form } = exchange;
  const request = readRequest(about.world, query);
  if ('error' in request) {
    if (request.backTo === undefined) return sendPage(res, 400, renderErrorPage(request.error, request.description));
    const { error, description: error_description } = request;
    return sendRedirect(res, buildCallbackURL(request.backTo, { error, error_description }));
  }
  const scopes = new Set(request.scopes);
  if (exchange.method !== 'POST') {
    const candidates = [...about.world.users.values()].map((user) => ({
      user,
      choices: listChoices(about.world, user, scopes),
      picture: user.picture == null ? null : about.absolute(user.picture),
    }));
    const action = `${exchange.path}?${query.toString()}`;
    return sendPage(res, 200, renderConsentPage(request.client, request.scopes, candidates, action));
  }
  if (form?.get('action') === 'cancel') {
    const error_description = 'The user denied the request';
    return sendRedirect(res, buildCallbackURL(request, { error: 'access_denied', error_description }));
  }
  const user = about.world.users.get(form?.get('user') ?? '');
  if (form === undefined || form.get('action') !== 'allow' || user === undefined) {
    return sendPage(res, 400, renderErrorPage('invalid_request', 'Choose who signs in, then press Allow or Cancel.'));
  }
  if (request.responseType === 'none') return sendRedirect(res, buildCallbackURL(request, {}));
  const offered = listChoices(about.world, user, scopes);
  // A POST without the page's hidden field does not come from the page: it grants everything.
  const ticked = form.has('resources') ? form.getAll(`resource-${user.id}`) : offered.map(({ value }) => value);
  const resources = readChoices(offered, new Set(ticked));
  const code = await about.tokens.issueCode({ ...request, user, resources }, request);
  sendRedirect(res, buildCallbackURL(request, { code }));
}

function buildCallbackURL(to: Callback, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(to.redirectURI);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  if (to.state !== undefined) url.searchParams.append('state', to.state);
  return url.href;
}

function readRequest(world: World, query: URLSearchParams): AuthorizationRequest | Refusal {
  const client = world.clients.get(query.get('client_id') ?? '');
  if (client === undefined || query.getAll('client_id').length > 1) {
    return { error: 'invalid_client', description: 'No app is registered with this client_id.' };
  }
  const redirectURI = query.get('redirect_uri') ?? '';
  if (query.getAll('redirect_uri').length > 1 || !isRegistered(client, redirectURI)) {
    return { error: 'invalid_redirect_uri', description: 'This redirect_uri is not registered with the app.' };
  }
  const state = query.get('state') ?? undefined;
  const refuse = (error: string, description: string): Refusal => {
    return { error, description, backTo: { redirectURI, state } };
  };
  for (const name of new Set(query.keys())) {
    if (query.getAll(name).length > 1) return refuse('invalid_request', `${name} must not be given twice`);
  }
  const responseType = query.get('response_type');
  if (responseType === null) return refuse('invalid_request', 'response_type is missing');
  if (responseType !== 'code' && responseType !== 'none') {
    return refuse('unsupported_response_type', 'response_type must be code or none');
  }
  const scopes = [...new Set((query.get('scope') ?? '').split(' ').filter((scope) => scope !== ''))];
  if (scopes.length === 0) return refuse('invalid_scope', 'scope is missing');
  const problem = findScopeProblem(scopes, world.extraScopes);
  if (problem !== undefined) return refuse('invalid_scope', problem.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?'));
  const saved = client.scopes;
  if (saved !== undefined && scopes.some((scope) => !saved.includes(scope))) {
    return refuse('invalid_scope', 'The app was not registered for all of these scopes');
  }
  const codeChallenge = query.get('code_challenge') ?? undefined;
  if (codeChallenge === undefined && client.clientSecret === undefined) {
    return refuse('invalid_request', 'code_challenge is missing: PKCE is required for public clients');
  }
  if (codeChallenge !== undefined && !/^[\w-]{43}$/.test(codeChallenge)) {
    return refuse('invalid_request', 'code_challenge must be a SHA-256 hash in base64url');
  }
  if (codeChallenge !== undefined && query.get('code_challenge_method') !== 'S256') {
    return refuse('invalid_request', 'code_challenge_method must be S256');
  }
  const asked = (query.get('prompt') ?? '').split(' ').filter((prompt) => prompt !== '');
  if (asked.some((prompt) => !prompts.has(prompt)) || (asked.includes('none') && asked.length > 1)) {
    return refuse('invalid_request', 'prompt must be none, or some of login, consent and select_account');
  }
  // The emulator always asks which account to use, and `none` forbids asking.
  if (asked.includes('none')) return refuse('login_required', 'Nobody is signed in');
  return { client, redirectURI, state, nonce: query.get('nonce') ?? undefined, scopes, responseType, codeChallenge };
}

function isRegistered(client: EmulatedClient, redirectURI: string): boolean {
  if (client.redirectURIs !== 'loopback') return client.redirectURIs.includes(redirectURI);
  if (!URL.canParse(redirectURI)) return false;
  const { protocol, hostname, hash } = new URL(redirectURI);
  return /^https?:$/.test(protocol) && ['localhost', '127.0.0.1', '[::1]'].includes(hostname) && hash === '';
}

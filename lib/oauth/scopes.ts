import { findSimilar } from '../errors.ts';

/**
 * The scopes of Roblox's description of Open Cloud and of its OAuth reference.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-overview#scopes
 */
const KNOWN_SCOPES = [
  'openid',
  'profile',
  'ad.billing:read',
  'ad.campaign:read',
  'ad.campaign:write',
  'asset:read',
  'asset:write',
  'creator-store-product:read',
  'creator-store-product:write',
  'creator-store-save:read',
  'creator-store-save:write',
  'developer-product:read',
  'developer-product:write',
  'game-pass:read',
  'game-pass:write',
  'group-forum:read',
  'group:read',
  'group:write',
  'legacy-asset:manage',
  'legacy-badge:manage',
  'legacy-developer-product:manage',
  'legacy-game-pass:manage',
  'legacy-group:manage',
  'legacy-team-collaboration:manage',
  'legacy-universe.badge:manage-and-spend-robux',
  'legacy-universe.badge:write',
  'legacy-universe.following:read',
  'legacy-universe.following:write',
  'legacy-universe:manage',
  'legacy-user:manage',
  'thumbnail:read',
  'universe-messaging-service:publish',
  'universe.event:read',
  'universe.event:write',
  'universe.place:write',
  'universe.secret:read',
  'universe.secret:write',
  'universe.subscription-product.subscription:read',
  'universe.thumbnail:read',
  'universe.thumbnail:write',
  'universe.user-restriction:read',
  'universe.user-restriction:write',
  'universe:read',
  'universe:write',
  'user.advanced:read',
  'user.inventory-item:read',
  'user.social:read',
  'user.user-notification:write',
] as const;

/** The name of a scope. Any other string is accepted too, because Roblox adds scopes. */
export type RobloxScope = (typeof KNOWN_SCOPES)[number] | (string & {});

/** Finds the one scope from which words were left out: `inventory-item:read` is meant to be `user.inventory-item:read`. */
function findLonger(scope: string): string | undefined {
  const words = scope.match(/[a-z]+/g);
  const pattern = new RegExp(`\\b${words?.join('\\b.*\\b')}$`);
  const longer = KNOWN_SCOPES.filter((known) => pattern.test(known));
  return longer.length === 1 ? longer[0] : undefined;
}

const warned = new Set<string>();

/** Warns once about a scope that is probably misspelt. We still send it, because Roblox may have added it. */
export function warnOfMisspeltScopes(scopes: readonly string[]): void {
  for (const scope of scopes) {
    if (warned.has(scope) || KNOWN_SCOPES.some((known) => known === scope)) continue;
    warned.add(scope);
    const meant = findSimilar(scope, KNOWN_SCOPES) ?? findLonger(scope);
    if (meant === undefined) continue;
    process.emitWarning(`The scope '${scope}' is not known. Did you mean '${meant}'?`, 'RobloxScopeWarning');
  }
}

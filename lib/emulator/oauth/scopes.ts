/**
 * The scopes that third-party apps can use: those of the sign-in, and those in Roblox's OpenAPI description.
 * Discovery lists more (`email`, `age`, …), which only Roblox itself can use.
 */
export const knownScopes: ReadonlySet<string> = new Set(
  `openid profile
  ad.billing:read ad.campaign:read ad.campaign:write
  asset:read asset:write
  creator-store-product:read creator-store-product:write creator-store-save:read creator-store-save:write
  developer-product:read developer-product:write game-pass:read game-pass:write
  group-forum:read group:read group:write
  legacy-asset:manage legacy-badge:manage legacy-developer-product:manage legacy-game-pass:manage legacy-group:manage
  legacy-team-collaboration:manage legacy-universe.badge:manage-and-spend-robux legacy-universe.badge:write
  legacy-universe.following:read legacy-universe.following:write legacy-universe:manage legacy-user:manage
  thumbnail:read
  universe-messaging-service:publish universe.event:read universe.event:write universe.place:write universe.secret:read
  universe.secret:write universe.subscription-product.subscription:read universe.thumbnail:read universe.thumbnail:write
  universe.user-restriction:read universe.user-restriction:write universe:read universe:write
  user.advanced:read user.inventory-item:read user.social:read user.user-notification:write`.split(/\s+/),
);

/**
 * Finds out why Roblox would refuse scopes.
 * @param extra scopes of Roblox that are missing in {@link knownScopes}
 * @returns the reason, or undefined
 */
export function findScopeProblem(scopes: readonly string[], extra: readonly string[] = []): string | undefined {
  const unknown = scopes.find((scope) => !knownScopes.has(scope) && !extra.includes(scope));
  if (unknown !== undefined) return `Roblox has no scope ${unknown}`;
  if (scopes.includes('profile') && !scopes.includes('openid')) return 'the scope profile needs openid';
  return undefined;
}

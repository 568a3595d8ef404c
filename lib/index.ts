export { RobloxStrategy, RobloxStrategy as Strategy } from './strategy/strategy.ts';
export type { RobloxAuthenticateOptions, RobloxStrategyOptions } from './strategy/options.ts';
export type { PassportVerbs } from './strategy/outcome.ts';
export type {
  PassportAuthenticateCallback,
  PassportAuthenticateOptions,
  RobloxStrategyName,
} from './strategy/passport.ts';
export type {
  OAuth2Client,
  OAuth2StrategyBase,
  OAuth2StrategyInstance,
  Request as PassportRequest,
} from './strategy/passport-oauth2.ts';
export type { AppOptions } from './oauth/app-options.ts';
export type {
  Verify,
  VerifiedLogin,
  VerifyCallback,
  VerifyFunction,
  VerifyFunctionWithClient,
  VerifyFunctionWithRequest,
  VerifyFunctionWithRequestAndClient,
} from './strategy/verify.ts';
export { RobloxClient } from './client/client.ts';
export type { KeptTokens, OnTokens, RobloxClientOptions } from './client/options.ts';
export type { Experience, Experiences, RestartOptions } from './cloud/experiences.ts';
export type { Asset, AssetCreator, Assets, NewAsset } from './cloud/assets.ts';
export type { CallOptions } from './cloud/call.ts';
export type { Group, GroupJoinRequest, GroupMembership, GroupRole } from './cloud/group.ts';
export type {
  Groups,
  JoinRequestFilter,
  MembershipFilter,
  RankOptions,
  RoleChange,
  UserFilter,
} from './cloud/groups.ts';
export type { ID } from './cloud/check.ts';
export type { Raw } from './cloud/read.ts';
export type { KnownPath, RequestAnswer, RequestArguments, RequestOptions } from './cloud/request.ts';
export type { Parameter as RequestParameter, Query as RequestQuery } from './cloud/url.ts';
export type {
  AssetItem,
  AssetType,
  BadgeItem,
  GamePassItem,
  Inventory,
  InventoryFilter,
  InventoryIDs,
  InventoryItem,
  InventoryTypes,
  OwnedThing,
  PrivateServerItem,
} from './cloud/inventory.ts';
export type { List, ListOptions, Page } from './cloud/pages.ts';
export type { UploadFile } from './cloud/upload.ts';
export type { ThumbnailOptions, User, UserCalls, UserNotification } from './cloud/user.ts';
export type { Profile, UserInfo } from './oauth/profile.ts';
export type { RobloxScope } from './oauth/scopes.ts';
export type { ClientAuthentication, Introspection, Resources, Tokens } from './oauth/tokens.ts';
export { requireAccountAge, requireGroupRank, requireItem } from './gates/gates.ts';
export type { AccountAgeOptions, Gate, GateOptions, GroupRankOptions, ItemOptions } from './gates/gates.ts';
export { CookieStore } from './login/cookie-store.ts';
export type { CookieStoreOptions, CookieStoreSecrets } from './login/cookie-store.ts';
export type { CookieResponse } from './login/cookies.ts';
export type { Secret } from './login/seal.ts';
export { TokenVault } from './vault/vault.ts';
export type { TokenVaultOptions } from './vault/vault.ts';
export type { TokenLock, TokenStorage } from './vault/storage.ts';
export { SessionStore } from './login/session-store.ts';
export type { SessionStoreOptions } from './login/session-store.ts';
export type { LoginMeta, StateStore, StoredLogin } from './login/login.ts';
export type { AgentChoice, Fetch, FetchInit, FetchResponse } from './http/transport.ts';
export {
  AuthorizationError,
  ConnectionError,
  IDTokenError,
  InternalOAuthError,
  OAuthError,
  RefusedError,
  RobloxAPIError,
  TokenError,
  TokenVaultError,
} from './errors.ts';
export type { ConnectionErrorCode, IDTokenErrorCode, TokenVaultErrorCode } from './errors.ts';

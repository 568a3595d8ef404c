import { TokenVault } from 'passport-roblox-oauth2';
import { redisVault } from 'passport-roblox-oauth2/redis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis5';

const address = { host: '127.0.0.1', port: 6379 };

export const vaults = [
  new TokenVault(redisVault({ client: createClient() })),
  new TokenVault(redisVault({ client: createClient({ RESP: 3 }) })),
  new TokenVault(redisVault({ client: createClientPool() })),
  new TokenVault(redisVault({ client: createCluster({ rootNodes: [{ socket: address }] }) })),
  new TokenVault(redisVault({ client: createSentinel({ name: 'vault', sentinelRootNodes: [address] }) })),
];

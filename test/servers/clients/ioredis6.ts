import { Cluster, Redis } from 'ioredis';
import { TokenVault } from 'passport-roblox-oauth2';
import { redisVault } from 'passport-roblox-oauth2/redis';

const address = { host: '127.0.0.1', port: 6379 };

export const vaults = [
  new TokenVault(redisVault({ client: new Redis({ lazyConnect: true }) })),
  new TokenVault(redisVault({ client: new Redis({ name: 'vault', sentinels: [address], lazyConnect: true }) })),
  new TokenVault(redisVault({ client: new Cluster([address], { lazyConnect: true }) })),
];

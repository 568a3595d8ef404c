import { TokenVault } from 'passport-roblox-oauth2';
import { postgresVault } from 'passport-roblox-oauth2/postgres';
import pg from 'pg';

const postgres = postgresVault({ pool: new pg.Pool() });
export const vaults = [new TokenVault(postgres)];
export const start = (): Promise<void> => postgres.createTable();

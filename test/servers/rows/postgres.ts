/** What may happen to a Postgres. */
import { setTimeout as pause } from 'node:timers/promises';
import { postgresURL } from '../../../scripts/servers.ts';
import { withPostgres } from '../rig/rig.ts';
import { freeze, keepDoing, onOwnPostgres, onPostgres, refuseStores, renewDuring, type Row } from '../rig/rows.ts';

const END_CONNECTIONS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

const connectionsEnd: Row = {
  title: 'Postgres ends the connections',
  run: () =>
    onPostgres((rig, url) =>
      renewDuring(rig, () => withPostgres(url, (client) => keepDoing(2000, 700, () => client.query(END_CONNECTIONS)))),
    ),
};

const restarts = ([how, signal]: readonly [how: string, signal: NodeJS.Signals]): Row => ({
  title: `Postgres is restarted ${how}`,
  run: () =>
    onOwnPostgres((rig, server) =>
      renewDuring(rig, async () => {
        await pause(300);
        await server.end(signal);
        await server.startAgain();
        await pause(1000);
      }),
    ),
});

const freezes: Row = {
  title: 'Postgres is frozen for 14 s',
  run: () => onOwnPostgres((rig, server) => renewDuring(rig, (release) => freeze(server, 14_000, release))),
};

const isFull: Row = {
  title: 'Postgres is out of disk for 4 s after Roblox has answered',
  run: () =>
    onPostgres((rig, url) =>
      withPostgres(url, async (client) => {
        const decide = (body: string) =>
          client.query(
            `CREATE OR REPLACE FUNCTION decide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} END $$`,
          );
        await decide('RETURN NEW;');
        await client.query(`CREATE TRIGGER decide BEFORE INSERT OR UPDATE ON roblox_tokens
          FOR EACH ROW EXECUTE FUNCTION decide()`);
        await refuseStores(
          rig,
          () => decide(`RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';`),
          () => decide('RETURN NEW;'),
        );
      }),
    ),
};

const isReadOnly: Row = {
  title: 'Postgres is read-only for 4 s after Roblox has answered',
  run: () =>
    onOwnPostgres((rig, server) =>
      withPostgres(postgresURL(server), async (client) => {
        const setReadOnly = async (value: 'on' | 'off') => {
          await client.query('SET default_transaction_read_only = off');
          await client.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
          await client.query('SELECT pg_reload_conf()');
        };
        await refuseStores(
          rig,
          () => setReadOnly('on'),
          () => setReadOnly('off'),
        );
      }),
    ),
};

const RESTARTS = [
  ['at once', 'SIGQUIT'],
  ['in order', 'SIGINT'],
] as const;

export const postgresRows: readonly Row[] = [connectionsEnd, ...RESTARTS.map(restarts), freezes, isFull, isReadOnly];

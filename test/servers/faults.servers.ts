/**
 * What happens to authorizations when servers or processes fail in the middle of a renewal. Two processes share a vault; a fault hits while
 * Roblox is asked for many users; afterwards every authorization must work from both, and nobody was told of a loss.
 *
 * The rows run at the same time, a few at once: most of their time is waiting. RIG_ROWS chooses rows by their titles.
 */
import { expect } from 'chai';
import { endProcesses, kept, type Verdict } from './rig/rig.ts';
import { runLimited, type Row } from './rig/rows.ts';
import { postgresRows } from './rows/postgres.ts';
import { processRows } from './rows/processes.ts';
import { redisRows } from './rows/redis.ts';
import { sentinelRows } from './rows/sentinel.ts';

const AT_ONCE = 6;

describe('No authorization is lost when', function () {
  this.timeout(400_000);
  const chosen = new RegExp(process.env['RIG_ROWS'] ?? '');
  const rows = [...processRows, ...postgresRows, ...redisRows, ...sentinelRows].filter(({ title }) =>
    chosen.test(title),
  );
  let results: Map<Row, Promise<Verdict>>;

  before(() => {
    const running = runLimited(
      AT_ONCE,
      rows.map((row) => () => row.run()),
    );
    // Each is looked at by its test.
    for (const each of running) each.catch(() => {});
    results = new Map(running.map((each, index) => [rows[index] as Row, each])); // one for each row
  });
  after(() => endProcesses());

  for (const row of rows) {
    it(row.title, async () => {
      const verdict = await results.get(row);
      if (process.env['RIG_FIGURES'] !== undefined) console.log(JSON.stringify(verdict).slice(0, 900));
      expect(verdict).to.deep.equal(kept(verdict?.tries ?? 0));
    });
  }
});

/**
 * `npm run bench:linked-roles`: what it costs to keep the members of a community up to date (examples/linked-roles). The worker has a process
 * of its own; the stand-ins for Roblox and Discord are in this one, with Roblox's limits in force. The clock is simulated: it stands still
 * while requests are made, and jumps to the next check. `-- --members 500` for a first look.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DEMO_COMMUNITY, startLocalProviders } from '../examples/linked-roles/stand-in/local.ts';
import { DEMO_GROUPS, DEMO_PEOPLE } from '../lib/emulator/index.ts';
import type { Login, Plan, Report } from './linked-roles-worker.ts';

const { values } = parseArgs({
  options: { members: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '4' } },
});
const [members, rounds] = [Number(values.members), Number(values.rounds)];

const BATCH = 100;
let now = Date.now();
// The stand-ins have no clock of their own either.
Date.now = () => now;

const ids = Array.from({ length: members }, (_, index) => ({
  discordId: String(800_000_000_000_000_000n + BigInt(index)),
  robloxId: String(5_000_000_000 + index),
}));
const owner = DEMO_PEOPLE.find(({ id }) => id === '4100000004')!;
const local = await startLocalProviders({
  roblox: {
    groups: DEMO_GROUPS,
    users: [
      owner,
      ...ids.map(({ robloxId }) => ({
        ...{
          id: robloxId,
          username: `p${robloxId}`,
          displayName: 'P',
          createdAt: new Date('2020-01-01'),
          picture: null,
        },
        groups: [{ id: DEMO_COMMUNITY.groupId, roleIds: ['700101', '700102'] }],
        inventory: [{ gamePassDetails: { gamePassId: DEMO_COMMUNITY.gamePassId } }],
      })),
    ],
  },
  people: ids.map(({ discordId }) => ({ id: discordId, username: discordId, name: discordId })),
});

const plan: Plan = { robloxURL: local.roblox.url, discordApp: local.discord.app, startAt: now };
const worker = fork(fileURLToPath(new URL('./linked-roles-worker.ts', import.meta.url)), [JSON.stringify(plan)], {
  execArgv: ['--import', 'ts-blank-space/register', '--expose-gc'],
});
let reported: (report: Report) => void = () => {};
worker.on('message', (message: { time: number } | Report) => {
  if ('time' in message) now = Math.max(now, message.time);
  else reported(message);
});
worker.on('exit', (code) => process.exit(code ?? 1));
await once(worker, 'message');

function order(message: { logins: Login[] } | { round: number }): Promise<Report> {
  return new Promise((resolve) => {
    reported = resolve;
    worker.send(message);
  });
}

for (let from = 0; from < members; from += BATCH) {
  const logins = ids.slice(from, from + BATCH).map(async ({ discordId, robloxId }): Promise<Login> => {
    const scope = 'openid profile user.inventory-item:read';
    const { access_token, refresh_token } = await local.roblox.issueTokens({ user: robloxId, scope });
    const discord = local.discord.issueTokens(discordId);
    return { discordId, robloxId, discord, roblox: { accessToken: access_token, refreshToken: refresh_token, scope } };
  });
  await order({ logins: await Promise.all(logins) });
}

const rows: string[] = [];
for (let round = 1; round <= rounds; round += 1) {
  local.discord.requests.length = 0;
  const report = await order({ round });
  const { simulatedSeconds, cpuMs, heapMiB, requests, mostAMinute, limited } = report;
  const discord = local.discord.requests.filter(({ path }) => path.endsWith('/role-connection')).length;
  rows.push(
    `| ${[
      round,
      `${simulatedSeconds} s`,
      ...['token', 'memberships', 'roles', 'inventory'].map((kind) => `${requests[kind] ?? 0}`),
      `${discord}`,
      `${['memberships', 'roles', 'inventory'].map((kind) => mostAMinute[kind] ?? 0).join(' / ')}`,
      `${limited}`,
      `${(cpuMs / members).toFixed(2)} ms`,
      `${heapMiB.toFixed(1)} MiB`,
    ].join(' | ')} |`,
  );
  console.error(rows.at(-1));
}
console.log(`${members} members, Node ${process.version}

| round | takes | refreshes | memberships | roles | inventory | told Discord | most a minute and member | 429 | CPU per member | heap after |
| ----: | ----: | --------: | ----------: | ----: | --------: | -----------: | -----------------------: | --: | -------------: | ---------: |
${rows.join('\n')}`);
worker.removeAllListeners('exit');
worker.kill();
await local.close();

import { DEMO_GROUPS, DEMO_PEOPLE } from 'passport-roblox-oauth2/emulator';
import { run } from '../shared/run.ts';
import { createApp } from './app.ts';

// The defaults are the emulator's.
const { GROUP_ID = '7001', STAFF_RANK = '50', GAME_PASS_ID = '777', ROBLOX_CLIENT_ID } = process.env;
const community = { groupId: GROUP_ID, staffRank: Number(STAFF_RANK), gamePassId: GAME_PASS_ID };

/** A member of the group without a rank: the emulator's other people do not cover this case. */
const PEBBLE = {
  id: '4100000011',
  username: 'PebbleSkips',
  displayName: 'Pebble',
  createdAt: new Date('2021-02-03T04:05:06.000Z'),
  picture: '/avatars/4100000011.svg',
  inventory: [{ gamePassDetails: { gamePassId: GAME_PASS_ID } }],
  groups: [{ id: '7001', roleIds: ['700101'] }],
};
const people = [
  'Mango may see everything',
  'Ysölde is staff, but does not own the pass',
  'Pebble owns the pass, but is not staff',
  'Nell is not in the group, and cannot sign in',
];

await run(
  'members-only',
  (blanks, port, host) =>
    createApp(blanks, { ...community, people: ROBLOX_CLIENT_ID ? [] : people }).listen(port, host),
  { users: [...DEMO_PEOPLE, PEBBLE], groups: DEMO_GROUPS },
);

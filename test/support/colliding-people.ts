import {
  DEMO_CLIENT,
  DEMO_GROUPS,
  DEMO_PEOPLE,
  DEMO_PUBLIC_CLIENT,
  type EmulatorOptions,
} from '../../lib/emulator/index.ts';

export const MANGO = '4100000001';
export const NELL = '4100000002';
export const CASPER = '4100000003';

export const OTHER_CLIENT = { ...DEMO_CLIENT, clientID: '840974200211308199' };

/** Mango's ID in one app is Nell's in the other, and vice versa. */
const APP_IDS: Readonly<Record<string, string>> = {
  [MANGO]: '5000000001',
  [NELL]: '5000000002',
  [CASPER]: '5000000003',
};
const PEOPLE = DEMO_PEOPLE.map((person) => {
  const other = { [MANGO]: APP_IDS[NELL], [NELL]: APP_IDS[MANGO], [CASPER]: '5000000004' }[person.id];
  const own = APP_IDS[person.id];
  if (own === undefined || other === undefined) return person;
  const { clientID: publicID } = DEMO_PUBLIC_CLIENT;
  return { ...person, appIds: { [DEMO_CLIENT.clientID]: own, [publicID]: own, [OTHER_CLIENT.clientID]: other } };
});

/** An emulator with two apps. With pairwise IDs, its people have the same IDs in different apps. */
export const collidingPeople = (subjectType: 'public' | 'pairwise') =>
  ({
    subjectType,
    users: PEOPLE,
    groups: DEMO_GROUPS,
    clients: [DEMO_CLIENT, DEMO_PUBLIC_CLIENT, OTHER_CLIENT],
  }) satisfies EmulatorOptions;

/** A person's ID in the demo app. */
export const idInApp = (subjectType: 'public' | 'pairwise', user: string) =>
  subjectType === 'public' ? user : (APP_IDS[user] ?? user);

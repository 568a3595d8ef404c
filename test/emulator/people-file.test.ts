import { expect } from 'chai';

import { readPeopleFile } from '../../lib/emulator/people-file.ts';

const file = `{
  "users": [
    {
      "id": "1",
      "username": "ana",
      "displayName": "Ana \\"the {great}\\" [1]",
      "createdAt": "2020-02-03T04:05:06Z",
      "picture": null,
      "inventory": [
        { "gamePassDetails": { "gamePassId": "5" }, "addTime": "2020-02-03T04:05:06.123456Z" }
      ],
      "groups": [
        { "id": "7", "roleIds": ["71"], "joinedAt": "2021-01-01T00:00:00Z" }
      ]
    }
  ],
  "groups": [
    { "id": "7", "displayName": "Seven", "roles": [{ "id": "71", "displayName": "Friend", "rank": 20 }] }
  ]
}
`;

function readProblem(text: string): string {
  try {
    readPeopleFile(text, 'people.json');
  } catch (error) {
    expect(error).to.be.instanceOf(TypeError);
    return (error as TypeError).message;
  }
  return 'nothing wrong';
}

describe('A file of people', () => {
  it('is read with times as dates, and with unchanged items', () => {
    const { users, groups } = readPeopleFile(file, 'people.json');
    expect(users[0]?.createdAt).to.deep.equal(new Date('2020-02-03T04:05:06Z'));
    expect(users[0]?.groups?.[0]?.joinedAt).to.deep.equal(new Date('2021-01-01T00:00:00Z'));
    expect(users[0]?.inventory?.[0]).to.include({ addTime: '2020-02-03T04:05:06.123456Z' });
    expect(groups[0]?.roles).to.have.length(1);
  });

  const wrong: [string, string, string, RegExp][] = [
    ['a value of another type', '"id": "1",', '"id": 1,', /^people\.json:4: users\[0\]\.id must be a string of digits/],
    [
      'a time that is none',
      '2020-02-03T04:05:06Z"',
      'yesterday"',
      /^people\.json:7: users\[0\]\.createdAt must be a valid/,
    ],
    [
      'a field that is missing',
      '      "username": "ana",\n',
      '',
      /^people\.json:3: users\[0\]\.username must be .* missing/,
    ],
    [
      'a field that is unknown',
      '"picture"',
      '"photo"',
      /^people\.json:8: users\[0\]\.photo is not a field here.*username/,
    ],
    [
      'an unknown field of a role',
      '"rank": 20',
      '"level": 20',
      /^people\.json:18: groups\[0\]\.roles\[0\]\.level is no/,
    ],
    ['a rank that is none', '"rank": 20', '"rank": 300', /^people\.json:18: groups\[0\]\.roles\[0\]\.rank must be/],
    ['an item of no kind', '"gamePassDetails"', '"passDetails"', /^people\.json:10: users\[0\]\.inventory\[0\] needs/],
    [
      'a role that is no ID',
      '["71"]',
      '["71", "x"]',
      /^people\.json:13: users\[0\]\.groups\[0\]\.roleIds\[1\] must be/,
    ],
    ['a comma that is missing', '"username": "ana",', '"username": "ana"', /^people\.json:6: .*JSON/],
    ['a comma too many', '"picture": null,', '"picture": null,,', /^people\.json:8: .*JSON/],
    ['a comment', '"picture": null,', '"picture": null, // none', /^people\.json:8: .*JSON/],
    ['single quotes', '"username": "ana"', "'username': 'ana'", /^people\.json:5: .*JSON/],
    ['a quote that is missing', '"username": "ana"', '"username": "ana', /^people\.json:5: .*JSON/],
    ['an end that is missing', '\n  ]\n}\n', '\n  ]\n', /^people\.json:\d+: .*JSON/],
  ];
  for (const [name, part, replacement, problem] of wrong) {
    it(`with ${name} is refused with the line`, () => {
      expect(file).to.include(part);
      expect(readProblem(file.replace(part, replacement))).to.match(problem);
    });
  }

  it('that is not an object is refused', () => {
    for (const text of ['[]', '7', 'null', '', '{"people": []}'])
      expect(readProblem(text)).to.match(/^people\.json:1: /);
  });
});

import { expect } from 'chai';
import { about, isHealthy, showFindings, writeFindings, type Finding } from '../../lib/doctor/report.ts';

const { ok, note, problem } = about('clock');

describe("the doctor's report", () => {
  const cases: [name: string, findings: Finding[], text: string, healthy: boolean][] = [
    ['no finding', [], '\n\nNo problem found.\n', true],
    ['a note', [ok('a'), note('b')], 'ok       clock: a\nnote     clock: b\n\nNo problem found.\n', true],
    ['one problem', [ok('a'), problem('b')], 'ok       clock: a\nproblem  clock: b\n\n1 problem found.\n', false],
    [
      'two problems',
      [problem('a'), problem('b')],
      'problem  clock: a\nproblem  clock: b\n\n2 problems found.\n',
      false,
    ],
  ];
  for (const [name, findings, text, healthy] of cases) {
    it(`with ${name} can be read by people and by programs`, () => {
      expect(showFindings(findings)).to.equal(text);
      expect(JSON.parse(writeFindings(findings))).to.deep.equal({ healthy, findings });
      expect(isHealthy(findings)).to.equal(healthy);
    });
  }
});

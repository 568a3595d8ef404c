import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { startScript } from './script.ts';
import { describeSignIn } from './suite.ts';

describe('the examples', () => {
  it('import the package by its name only, so that they can be copied', () => {
    const files = readdirSync('examples', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const inside = files.filter((file) =>
      /['"](?:\.\.\/)+(?:lib|dist|test|scripts)\//.test(readFileSync(`examples/${file}`, 'utf8')),
    );
    expect(inside).to.deep.equal([]);
    expect(files.length).to.be.above(20);
  });

  for (const [framework, folder] of [
    ['Fastify 5', 'fastify'],
    ['Koa', 'koa'],
    ['NestJS', 'nestjs'],
    ['Express 5 and no session', 'sessionless'],
    ['Express 5, for members only', 'members-only'],
  ] as const) {
    describeSignIn(framework, {
      hasPages: true,
      start: (settings) => startScript(`examples/${folder}/server.ts`, settings),
    });
  }
  describeSignIn('Express 5, as in the demo', {
    hasPages: true,
    start: (settings) => startScript('examples/express/server.ts', settings),
    asksForGroups: false,
  });
});

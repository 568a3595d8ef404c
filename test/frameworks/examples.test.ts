import { startScript } from './script.ts';
import { describeSignIn } from './suite.ts';

describe('the examples', () => {
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

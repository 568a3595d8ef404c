import { startScript } from './script.ts';
import { describeSignIn } from './suite.ts';

describe('the examples', () => {
  for (const [framework, folder] of [
    ['Fastify 5', 'fastify'],
    ['Koa', 'koa'],
    ['NestJS', 'nestjs'],
    ['Express 5 and no session', 'sessionless'],
  ] as const) {
    const env = folder === 'nestjs' ? { TSX_TSCONFIG_PATH: 'examples/nestjs/tsconfig.json' } : {};
    describeSignIn(framework, {
      start: (settings) => startScript(`examples/${folder}/server.ts`, settings, env),
    });
  }
  describeSignIn('Express 5, as in the demo', {
    start: (settings) => startScript('examples/express/server.ts', settings),
    asksForGroups: false,
  });
});

import { startScript } from './script.ts';
import { describeSignIn } from './suite.ts';

/** What an example needs beside its settings. */
const ENVIRONMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nestjs: { TSX_TSCONFIG_PATH: 'examples/nestjs/tsconfig.json' },
};

describe('the examples', () => {
  for (const [framework, folder] of [
    ['Fastify 5', 'fastify'],
    ['Koa', 'koa'],
    ['NestJS', 'nestjs'],
    ['Express 5 and no session', 'sessionless'],
    ['Express 5, for members only', 'members-only'],
  ] as const) {
    const env = ENVIRONMENTS[folder];
    describeSignIn(framework, {
      start: (settings) => startScript(`examples/${folder}/server.ts`, settings, env),
    });
  }
  describeSignIn('Express 5, as in the demo', {
    start: (settings) => startScript('examples/express/server.ts', settings),
    asksForGroups: false,
  });
});

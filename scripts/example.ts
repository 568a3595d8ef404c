/** `npm run example -- NAME`: builds the package where it is older than its sources, and starts an example. */
import { execSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';

const root = new URL('../', import.meta.url);
const names = readdirSync(new URL('examples/', root)).filter((name) =>
  existsSync(new URL(`examples/${name}/server.ts`, root)),
);

const [name, port] = readArguments();
if (port !== undefined) process.env['PORT'] = port;
if (isStale()) execSync('npm run build', { cwd: root, stdio: 'inherit' });
await import(`../examples/${name}/server.ts`);

function readArguments(): [name: string, port: string | undefined] {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { port: { type: 'string' } } });
    const [wanted] = positionals; // linked-roles reads a second word by itself
    const { port: wantedPort } = values;
    if (wanted === undefined || !names.includes(wanted)) {
      throw new TypeError(wanted === undefined ? 'Which example?' : `There is no example "${wanted}".`);
    }
    if (wantedPort !== undefined && !(/^\d+$/.test(wantedPort) && Number(wantedPort) < 65_536)) {
      throw new TypeError(`--port must be a number from 0 to 65535, but is "${wantedPort}".`);
    }
    return [wanted, wantedPort];
  } catch (error) {
    console.error((error as Error).message); // parseArgs' or one of the above
    console.error(`\nnpm run example -- NAME [--port 3001]\n\nNAME is one of:\n  ${names.join('\n  ')}`);
    process.exit(1);
  }
}

/** Whether the examples would run on an older build: they import the package by its name. */
function isStale(): boolean {
  const built = new URL('dist/index.js', root);
  const { mtimeMs } = statSync(built, { throwIfNoEntry: false }) ?? { mtimeMs: 0 };
  return readdirSync(new URL('lib/', root), { recursive: true, encoding: 'utf8' }).some(
    (file) => statSync(new URL(`lib/${file}`, root)).mtimeMs > mtimeMs,
  );
}

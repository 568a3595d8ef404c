import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { chooseLoader } from '../support/start-demo.ts';
import type { AppSettings, RunningApp } from './suite.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs an app's script in its own process, like its npm script. */
export async function startScript(
  script: string,
  settings: AppSettings,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningApp> {
  const child = fork(`${root}${script}`, {
    cwd: root,
    execArgv: ['--import', chooseLoader(script), '--import', './test/frameworks/clock.ts'],
    env: {
      ...process.env,
      PORT: '0',
      ROBLOX_CLIENT_ID: settings.clientID,
      ROBLOX_CLIENT_SECRET: settings.clientSecret,
      ROBLOX_CALLBACK_URL: settings.callbackURL,
      ROBLOX_BASE_URL: settings.baseURL,
      COOKIE_SECRET: settings.cookieSecret,
      SESSION_SECRET: settings.cookieSecret,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const line = /^http:\/\/localhost:(\d+)$/m.exec(output);
      if (line) resolve(line[0]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}:\n${output}`)));
  });
  return {
    url,
    async advance(ms) {
      child.send(ms);
      await once(child, 'message');
    },
    async close() {
      child.kill('SIGTERM');
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code !== 0) throw new Error(`${script} ended with ${code}:\n${output}`);
    },
  };
}

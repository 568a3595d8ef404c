import { parseArgs } from 'node:util';
import { getJSON } from '../http/json.ts';
import { createTransport, type Transport } from '../http/transport.ts';
import { readTimeout } from '../oauth/app-options.ts';
import type { Endpoints } from '../oauth/endpoints.ts';
import { checkEnvironment, hideSecrets, type Environment } from './environment.ts';
import { checkRedis } from './redis.ts';
import {
  about,
  isHealthy,
  readMessage,
  writeFindings,
  showFindings,
  type CommandOutput,
  type Finding,
} from './report.ts';
import {
  buildDiscoveryURL,
  checkClock,
  checkDiscovery,
  checkKeys,
  explainFailure,
  type ClockSample,
} from './service.ts';
import { trySignIn } from './sign-in.ts';

const USAGE = `Usage: passport-roblox-oauth2 doctor [--sign-in [--port <number>]] [--json] [--timeout <milliseconds>]

Looks for what keeps people from signing in with Roblox: your app's settings against Roblox's
rules, whether Roblox can be reached and is what this package expects, and this machine's clock.

It reads ROBLOX_CLIENT_ID, ROBLOX_CLIENT_SECRET, ROBLOX_CALLBACK_URL and ROBLOX_BASE_URL from the
environment, and REDIS_URL when a vault keeps its tokens there. From a .env file:  node --env-file=.env node_modules/passport-roblox-oauth2/dist/doctor/cli.js doctor

  --sign-in   signs you in once, in a browser on this machine: only that shows whether the secret
              belongs to the client ID, and whether the redirect URL is registered
  --port      where the browser comes back to, when ROBLOX_CALLBACK_URL names no port of this machine; 3000 by default
  --json      prints JSON: { healthy, findings: [{ level, about, message }] }
  --timeout   how long one request may take; 10000 by default
  --help      prints this

Exit code: 0 no problem found, 1 a problem found, 2 wrong usage.
Without --sign-in the app's secret is not sent anywhere. No secret is ever printed.
`;

/** The command `doctor`. @returns the exit code */
export async function runDoctor(
  args: readonly string[],
  environment: Environment & { readonly REDIS_URL?: string | undefined },
  out: CommandOutput,
): Promise<number> {
  let settings: ReturnType<typeof readArguments>;
  try {
    settings = readArguments(args);
  } catch (error) {
    out.printError(`${readMessage(error)}\n\n${USAGE}`);
    return 2;
  }
  if (settings.help) {
    out.print(USAGE);
    return 0;
  }
  const { json, signIn, port, timeoutMs } = settings;
  const found = await examine(environment, timeoutMs);
  const findings = [
    ...found,
    ...(await checkRedis(environment.REDIS_URL, timeoutMs)),
    ...(await trySignIn(environment, { isWanted: signIn, found, port, timeoutMs, out })),
  ];
  out.print(json ? writeFindings(findings) : showFindings(findings));
  return isHealthy(findings) ? 0 : 1;
}

/** @throws {TypeError} what cannot be understood */
function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'sign-in': { type: 'boolean', default: false },
      port: { type: 'string', default: '3000' },
      json: { type: 'boolean', default: false },
      timeout: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { json, help, timeout } = values;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port < 1 || port > 65_535) {
    throw new TypeError(`--port must be a number from 1 to 65535, but is ${values.port}`);
  }
  const timeoutMs = readTimeout(timeout === undefined ? undefined : Number(timeout));
  return { help, json, signIn: values['sign-in'], port, timeoutMs };
}

/**
 * Looks at the environment and at the service behind it. Two requests, without credentials; nothing is changed anywhere.
 * @returns everything that was looked at, in order; no finding shows the secret
 */
async function examine(environment: Environment, timeoutMs: number): Promise<Finding[]> {
  const { findings, endpoints } = checkEnvironment(environment);
  if (endpoints === undefined) {
    findings.push(about('service').note('was not asked: ROBLOX_BASE_URL does not say where it is'));
  } else {
    const hasSecret = (environment.ROBLOX_CLIENT_SECRET ?? '') !== '';
    findings.push(...(await examineService(endpoints, hasSecret, createTransport({ timeoutMs }))));
  }
  return hideSecrets(findings, environment);
}

async function examineService(endpoints: Endpoints, hasSecret: boolean, transport: Transport): Promise<Finding[]> {
  const samples: ClockSample[] = [];
  const timed: Transport = async (request) => {
    const sentMs = Date.now();
    const response = await transport(request);
    samples.push({ sentMs, receivedMs: Date.now(), date: response.header('date'), age: response.header('age') });
    return response;
  };
  const service = about('service');
  const findings: Finding[] = [];
  try {
    const { json } = await getJSON(timed, buildDiscoveryURL(endpoints));
    findings.push(service.ok(`${endpoints.baseURL} answers`), ...checkDiscovery(json, endpoints, hasSecret));
  } catch (error) {
    findings.push(service.problem(explainFailure(error)));
    // Without any response, a second request would only take as long.
    if (samples.length === 0) return findings;
  }
  try {
    findings.push(...checkKeys((await getJSON(timed, endpoints.certs)).json));
  } catch (error) {
    findings.push(about('keys').problem(explainFailure(error)));
  }
  return [...findings, checkClock(samples)];
}

import { getJSON } from '../http/json.ts';
import type { Transport } from '../http/transport.ts';
import type { Endpoints } from '../oauth/endpoints.ts';
import { checkClock, type ClockSample } from './clock.ts';
import { checkEnvironment, hideSecrets, type Environment } from './environment.ts';
import { about, type Finding } from './report.ts';
import { buildDiscoveryURL, checkDiscovery, checkKeys, explainFailure } from './service.ts';

/**
 * Looks at the environment and at the service behind it. Two requests, without credentials; nothing is changed anywhere.
 * @returns everything that was looked at, in order; no finding shows the secret
 */
export async function examine(
  environment: Environment,
  options: { readonly transport: Transport; readonly now: () => number },
): Promise<readonly Finding[]> {
  const { findings, endpoints } = checkEnvironment(environment);
  const hasSecret = (environment.ROBLOX_CLIENT_SECRET ?? '') !== '';
  const service =
    endpoints === undefined
      ? [about('service').note('was not asked: ROBLOX_BASE_URL does not say where it is')]
      : await examineService(endpoints, hasSecret, options);
  return hideSecrets([...findings, ...service], environment);
}

async function examineService(
  endpoints: Endpoints,
  hasSecret: boolean,
  { transport, now }: { readonly transport: Transport; readonly now: () => number },
): Promise<Finding[]> {
  const samples: ClockSample[] = [];
  const timed: Transport = async (request) => {
    const sentMs = now();
    const response = await transport(request);
    samples.push({ sentMs, receivedMs: now(), date: response.header('date'), age: response.header('age') });
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
  return [...findings, ...checkClock(samples)];
}

import { redact } from '../http/redact.ts';
import { findSlip, readClientSecret } from '../oauth/app-options.ts';
import { deriveEndpoints, ROBLOX_BASE_URL, type Endpoints } from '../oauth/endpoints.ts';
import { listCallbackURLFaults } from '../strategy/callback-url.ts';
import { about, readMessage, type Finding } from './report.ts';

/** The environment variables that the doctor reads; one that is empty counts as missing. */
export interface Environment {
  readonly ROBLOX_CLIENT_ID?: string | undefined;
  readonly ROBLOX_CLIENT_SECRET?: string | undefined;
  readonly ROBLOX_CALLBACK_URL?: string | undefined;
  readonly ROBLOX_BASE_URL?: string | undefined;
}

/**
 * Checks the variables, without a network.
 * @returns the findings, and where Roblox is when that can be said
 */
export function checkEnvironment(environment: Environment): { findings: Finding[]; endpoints?: Endpoints } {
  const { finding, ...place } = checkBaseURL(environment.ROBLOX_BASE_URL || undefined);
  const findings = [
    checkClientID(environment.ROBLOX_CLIENT_ID || undefined),
    checkClientSecret(environment.ROBLOX_CLIENT_SECRET || undefined, environment.ROBLOX_CLIENT_ID),
    ...checkCallbackURL(environment.ROBLOX_CALLBACK_URL || undefined),
    finding,
  ];
  return { findings, ...place };
}

/** Removes from findings what none may show: the secret, and a client ID that may be the secret in the wrong place. */
export function hideSecrets(findings: readonly Finding[], environment: Environment): Finding[] {
  const { ROBLOX_CLIENT_ID: clientID = '', ROBLOX_CLIENT_SECRET: clientSecret = '' } = environment;
  const secrets = [clientSecret, clientSecret.trim(), ...(DIGITS.test(clientID) ? [] : [clientID, clientID.trim()])];
  return findings.map((finding) => ({ ...finding, message: redact(finding.message, secrets) }));
}

const DIGITS = /^[0-9]+$/;

function checkClientID(clientID: string | undefined): Finding {
  const { ok, problem } = about('ROBLOX_CLIENT_ID');
  if (clientID === undefined) {
    return problem('is not set. Copy the client ID of your app from https://create.roblox.com/dashboard/credentials');
  }
  const slip = findSlip(clientID);
  if (slip !== undefined) return problem(slip);
  if (DIGITS.test(clientID)) return ok(clientID);
  // What came is not shown: it may be the secret in the wrong place.
  if (/^\d(\.\d+)?e\+?\d+$/i.test(clientID)) {
    return problem('was rounded: something read it as a number. Put it in quotes where it is configured');
  }
  return problem(
    'is not a client ID: Roblox gives digits only. Perhaps the secret, or the ID with something around it?',
  );
}

function checkClientSecret(clientSecret: string | undefined, clientID: string | undefined): Finding {
  const { ok, note, problem } = about('ROBLOX_CLIENT_SECRET');
  if (clientSecret === undefined) {
    return note(
      'is not set: the app will be a public client, without a secret and with PKCE always on. ' +
        'For an app on a server, set the secret that Roblox showed once, or make a new one there',
    );
  }
  const slip = findSlip(clientSecret);
  if (slip !== undefined) return problem(slip);
  if (clientSecret === clientID) return problem('is the client ID once more. The secret was shown beside it, once');
  if (DIGITS.test(clientSecret)) return problem('has digits only, as a client ID has. Perhaps the two changed places?');
  try {
    readClientSecret(clientSecret);
  } catch (error) {
    return problem(readMessage(error));
  }
  return ok(`is set (${clientSecret.length} characters)`);
}

/**
 * Checks a callback URL as the strategy does, and by the rules by which Roblox registers redirect URLs.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-registration
 */
export function checkCallbackURL(callbackURL: string | undefined): Finding[] {
  const { ok, note, problem } = about('ROBLOX_CALLBACK_URL');
  if (callbackURL === undefined) {
    return [note("is not set. That is fine when your code sets the strategy's callbackURL itself")];
  }
  const url = URL.canParse(callbackURL) ? new URL(callbackURL) : undefined;
  const faults = [...listCallbackURLFaults(callbackURL), ...(url === undefined ? [] : listRegistrationFaults(url))];
  if (faults.length > 0) return faults.map(problem);
  if (url === undefined) {
    const message =
      "is relative: at Roblox, register it with the app's own protocol and host before it. " +
      'Behind a proxy the strategy needs proxy: true, or Express its trust proxy, to get them right';
    return [note(message)];
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return [note(`has a scheme of its own (${url.protocol}): good for an app on a device, but no web server gets it`)];
  }
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  const findings = [ok(`${shown} can be registered, exactly as it is written`)];
  if (url.protocol === 'http:' && url.port === '') {
    findings.push(note('names no port, so it leads to port 80. Does the app listen there?'));
  }
  if (!callbackURL.startsWith(url.origin)) {
    findings.push(
      note(`is not written as browsers write it (${shown}). Register one of the two forms, and use the same one here`),
    );
  }
  return findings;
}

/** What Roblox does not register, though another server (the emulator) may: `https:` anywhere, `http:` on localhost alone. */
function listRegistrationFaults({ protocol, hostname, port, pathname }: URL): string[] {
  if (protocol !== 'http:' && protocol !== 'https:') return [];
  const localhost = `http://localhost${port === '' ? '' : `:${port}`}${pathname}`;
  if (hostname === '[::1]' || hostname === '0.0.0.0' || /^127(\.\d+){3}$/.test(hostname)) {
    return [`names ${hostname}, which Roblox does not list. Use ${localhost}, and open the app under that name too`];
  }
  if (protocol === 'http:' && hostname !== 'localhost') {
    return ['begins with http:, which Roblox takes for localhost only. Use https:'];
  }
  return [];
}

function checkBaseURL(baseURL: string | undefined): { finding: Finding; endpoints?: Endpoints } {
  const { ok, note, problem } = about('ROBLOX_BASE_URL');
  if (baseURL === undefined) return { finding: ok(`is not set, so ${ROBLOX_BASE_URL}`), endpoints: deriveEndpoints() };
  const slip = findSlip(baseURL);
  if (slip !== undefined) return { finding: problem(slip) };
  if (!URL.canParse(baseURL)) {
    return { finding: problem(`is not an absolute URL such as ${ROBLOX_BASE_URL}. Leave it out for the real Roblox`) };
  }
  try {
    const endpoints = deriveEndpoints(baseURL);
    if (endpoints.baseURL === ROBLOX_BASE_URL) return { finding: ok(endpoints.baseURL), endpoints };
    return { finding: note(`is ${endpoints.baseURL}, so not Roblox itself. Leave it out in production`), endpoints };
  } catch (error) {
    return { finding: problem(readMessage(error)) };
  }
}

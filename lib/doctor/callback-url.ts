import { listCallbackURLFaults } from '../strategy/callback-url.ts';
import { about, type Finding } from './report.ts';

const { ok, note, problem } = about('ROBLOX_CALLBACK_URL');

/**
 * Checks a callback URL as the strategy does, and by the rules by which Roblox registers redirect URLs.
 * @see https://create.roblox.com/docs/cloud/auth/oauth2-registration
 */
export function checkCallbackURL(callbackURL: string | undefined): Finding[] {
  if (callbackURL === undefined) {
    return [note("is not set. That is fine when your code sets the strategy's callbackURL itself")];
  }
  const faults = listCallbackURLFaults(callbackURL);
  if (!URL.canParse(callbackURL)) {
    if (faults.length > 0) return faults.map(problem);
    return [
      note(
        `is relative: at Roblox, register it with the app's own protocol and host before it. ` +
          'Behind a proxy the strategy needs proxy: true, or Express its trust proxy, to get them right',
      ),
    ];
  }
  const url = new URL(callbackURL);
  const problems = [...faults, ...listRegistrationFaults(url)];
  if (problems.length > 0) return problems.map(problem);
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

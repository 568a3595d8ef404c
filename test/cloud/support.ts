import fc from 'fast-check';
import type { MakeCall, Call } from '../../lib/cloud/call.ts';
import { createCaller } from '../../lib/cloud/call.ts';
import { createPatientTransport } from '../../lib/http/retry.ts';
import type { HttpRequest, HttpResponse } from '../../lib/http/transport.ts';
import { anyText } from '../support/any-text.ts';

/** Records calls, and answers them with a function. */
export function answeredBy(answer: (call: Call) => unknown): { call: MakeCall; calls: Call[] } {
  const calls: Call[] = [];
  const call: MakeCall = async (made) => {
    calls.push(made);
    return answer(made);
  };
  return { call, calls };
}

/** The ID of the signed-in user in these tests. */
export const asUser = async () => '42';

/** The real caller over a fake transport. */
export function wire(
  respond: (request: HttpRequest) => Partial<Omit<HttpResponse, 'header'>> & { headers?: Record<string, string> },
) {
  const requests: HttpRequest[] = [];
  const call = createCaller({
    baseURL: 'https://apis.roblox.com',
    transport: createPatientTransport({
      transport: async (request) => {
        requests.push(request);
        const { status = 200, text = '{}', headers = {} } = respond(request);
        return { status, text, header: (name) => headers[name] ?? null };
      },
      sleep: async () => {},
    }),
    credential: {
      lease: async () => ({ accessToken: 'live-access-token', replace: async () => undefined }),
      granted: () => [],
      secrets: () => ['live-access-token'],
    },
    now: () => 0,
  });
  return { call, requests };
}

/** Strings that an attacker might use, and random ones. */
export const anything = fc.oneof(
  anyText,
  fc.string(),
  fc.stringMatching(/^[0-9'";,=&?#/\\.%|() *-]{1,12}$/),
  fc.constantFrom(
    '..',
    '.',
    '%2e%2e',
    '%2F',
    '*',
    "1' or 'a'=='a",
    '1;badges=true',
    '1,2',
    '-',
    '1?filter=',
    '１',
    '1\u0000',
  ),
);

import { parseJSON, readObject } from './json.ts';
import { connectionError, type Transport } from './transport.ts';

/** Answers of the OAuth endpoints are small; 1 MiB is more than any. */
export const MAX_OAUTH_BODY_BYTES = 1024 * 1024;

/**
 * Gets a JSON object, in one attempt.
 * @param bearer the access token to send along, if any
 * @throws {ConnectionError} no answer, no success, or no JSON object
 */
export async function getJSON(
  transport: Transport,
  url: string,
  bearer?: string,
): Promise<{ readonly json: Readonly<Record<string, unknown>>; readonly text: string; readonly status: number }> {
  const request = {
    method: 'GET',
    url,
    headers: { accept: 'application/json', ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
    maxBytes: MAX_OAUTH_BODY_BYTES,
    secrets: bearer === undefined ? [] : [bearer],
  };
  const { status, text } = await transport(request);
  if (status < 200 || status > 299) throw connectionError(failureOf(status), request, { status });
  const json = readObject(parseJSON(text));
  if (json === undefined) throw connectionError('invalid_body', request, { status });
  return { json, text, status };
}

/** What a status that is no success says, where the body gives no reason. */
export function failureOf(status: number): 'server_error' | 'unexpected_status' {
  return status >= 500 ? 'server_error' : 'unexpected_status';
}

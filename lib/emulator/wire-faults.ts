import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { WireFault } from './faults.ts';

const half = '{"half":"of a body that';

/**
 * Misbehaves on the wire.
 * @returns whether the right answer should still follow (after a delay)
 */
export async function misbehave(
  res: ServerResponse,
  fault: WireFault,
  wait: (ms: number) => Promise<void>,
): Promise<boolean> {
  switch (fault.kind) {
    case 'delay':
      await wait(fault.ms);
      return true;
    case 'hang':
      return false;
    case 'destroy':
      res.socket?.resetAndDestroy();
      return false;
    case 'answer':
      res.writeHead(fault.status, { 'content-length': Buffer.byteLength(fault.body), ...fault.headers });
      res.end(fault.body);
      return false;
    case 'stall':
    case 'truncate':
      res.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': half.length * 2 });
      res.write(half, () => {
        if (fault.kind === 'truncate') res.socket?.resetAndDestroy();
      });
      return false;
    case 'hugeBody':
      await sendHugeBody(res, fault.bytes);
      return false;
  }
}

// Written at the reader's pace, so that a reader who stops early costs nothing.
async function sendHugeBody(res: ServerResponse, bytes: number): Promise<void> {
  function* body() {
    const chunk = 'x'.repeat(64 * 1024);
    yield '{"huge":"';
    for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk.slice(0, bytes - sent);
    yield '"}';
  }
  res.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  // That the reader leaves in the middle is the point of it.
  await pipeline(Readable.from(body()), res).catch(() => undefined);
}

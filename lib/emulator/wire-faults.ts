import type { ServerResponse } from 'node:http';

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
  res.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  const chunk = 'x'.repeat(64 * 1024);
  res.write('{"huge":"');
  for (let sent = 0; sent < bytes && !res.destroyed; sent += chunk.length) {
    if (res.write(chunk.slice(0, bytes - sent))) continue;
    await new Promise<void>((resolve) => {
      res.once('drain', resolve).once('close', resolve);
    });
  }
  res.end('"}');
}

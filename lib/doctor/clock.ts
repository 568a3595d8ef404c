import { about, type Finding } from './report.ts';

/** One response, and this machine's time around it. */
export interface ClockSample {
  /** Milliseconds since 1970, by this machine, before the request left and after the response came. */
  readonly sentMs: number;
  readonly receivedMs: number;
  /** The response's `Date` header. @see RFC 9110, section 6.6.1 */
  readonly date: string | null;
  /** Its `Age` header: how many seconds ago a cache got it. @see RFC 9111, section 5.1 */
  readonly age: string | null;
}

/** The strategy's own `clockTolerance`, where the app sets none. */
const TOLERANCE_SECONDS = 60;

/**
 * Compares this machine's clock with Roblox's. The response was made somewhere between sending and receiving, and its header counts whole
 * seconds: only what is too far by every reading is a problem.
 */
export function checkClock(samples: readonly ClockSample[]): Finding[] {
  const { ok, note, problem } = about('clock');
  const ranges = samples.map(measureLead).filter((range) => range !== undefined);
  // The quickest response says most.
  const range = ranges.sort((a, b) => a.mostMs - a.leastMs - (b.mostMs - b.leastMs))[0];
  if (range === undefined) return [note('could not be compared: no answer told its time')];
  const tooFar = range.leastMs > TOLERANCE_SECONDS * 1000 || range.mostMs < -TOLERANCE_SECONDS * 1000;
  const middleSeconds = Math.round((range.leastMs + range.mostMs) / 2000);
  if (!tooFar) return [ok(`within ${Math.max(1, Math.abs(middleSeconds))} s of the service's`)];
  const way = middleSeconds > 0 ? 'ahead' : 'behind';
  return [
    problem(
      `this machine is about ${inWords(Math.abs(middleSeconds))} ${way}; ID tokens are refused from ${TOLERANCE_SECONDS} s on. ` +
        'Let the machine set its clock by NTP (timedatectl set-ntp true)',
    ),
  ];
}

/** How far we are ahead, at the least and at the most; negative: behind. */
function measureLead({ sentMs, receivedMs, date, age }: ClockSample): { leastMs: number; mostMs: number } | undefined {
  const dateMs = Date.parse(date ?? '');
  if (Number.isNaN(dateMs)) return undefined;
  const isAged = age !== null && /^\d{1,9}$/.test(age);
  const earliestMs = dateMs + (isAged ? Number(age) * 1000 : 0);
  const latestMs = earliestMs + (isAged ? 2000 : 1000);
  return { leastMs: sentMs - latestMs, mostMs: receivedMs - earliestMs };
}

function inWords(seconds: number): string {
  if (seconds < 180) return `${seconds} seconds`;
  if (seconds < 3 * 3600) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 3 * 86400) return `${Math.round(seconds / 3600)} hours`;
  return `${Math.round(seconds / 86400)} days`;
}

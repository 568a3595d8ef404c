import { sleep as platformSleep, type Sleep } from './abort.ts';
import { decideRetry, DEFAULT_PATIENCE, type Outcome, type Patience } from './retry.ts';
import { clearTimeout, setTimeout } from './platform.ts';
import { connectionError, type HttpRequest, type HttpResponse, type Transport } from './transport.ts';

/**
 * A transport that tries again what may be tried again, see {@link decideRetry}. Two clocks run: the inner transport's for each
 * attempt, and one for the whole call as soon as it is tried again.
 * Never for a request that carries a code or a refresh token: those go over the inner transport alone.
 * @param options.sleep waits; ended at once by the request's signal
 * @param options.now milliseconds since the epoch
 * @param options.random a number from 0 up to 1, for the jitter
 */
export function patientTransport(options: {
  readonly transport: Transport;
  readonly patience?: Patience;
  readonly sleep?: Sleep | undefined;
  readonly now?: (() => number) | undefined;
  readonly random?: (() => number) | undefined;
}): Transport {
  const { transport, patience = DEFAULT_PATIENCE, sleep = platformSleep } = options;
  const { now = () => Date.now(), random = () => Math.random() } = options;

  return async (request) => {
    const startMs = now();
    let whole: WholeCall | undefined;
    try {
      for (let retries = 0; ; retries += 1) {
        const outcome = await attempt(transport, whole === undefined ? request : { ...request, signal: whole.signal });
        const nowMs = now();
        const elapsedMs = nowMs - startMs;
        const { method } = request;
        // Aborted is aborted, whatever the attempt says of it.
        const again = whole?.signal.aborted
          ? undefined
          : decideRetry({ method, outcome, retries, elapsedMs, nowMs, random }, patience);
        if (again === undefined) return settle(outcome);
        whole ??= beginWholeCall(request, patience.budgetMs - elapsedMs);
        await sleep(again.delayMs, whole.signal);
      }
    } finally {
      whole?.end();
    }
  };
}

type Settled = Exclude<Outcome, { status: number }> | HttpResponse;

async function attempt(transport: Transport, request: HttpRequest): Promise<Settled> {
  try {
    return await transport(request);
  } catch (error) {
    return { error };
  }
}

function settle(outcome: Settled): HttpResponse {
  if ('error' in outcome) throw outcome.error;
  return outcome;
}

/** The clock of a call that is tried again. */
interface WholeCall {
  /** Follows the caller's signal, and ends what is under way when the budget is used up. */
  readonly signal: AbortSignal;
  end(): void;
}

function beginWholeCall(request: HttpRequest, leftMs: number): WholeCall {
  const controller = new AbortController();
  const caller = request.signal;
  const cancel = () => controller.abort(caller?.reason);
  const timer = setTimeout(() => controller.abort(connectionError('timeout', request)), leftMs);
  if (caller?.aborted) cancel();
  caller?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', cancel);
    },
  };
}

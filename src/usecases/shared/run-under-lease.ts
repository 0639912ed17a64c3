/** What a run that holds a lease can use. */
export interface LeasedRun {
  /** Aborts when the run lost its lease, made no progress in time, or took too long. */
  readonly signal: AbortSignal;
  /** Reports that some of the work was done: only progress renews the lease. */
  progress(): void;
}

export interface LeaseOptions {
  /** Renews the lease, and returns whether it was still held. */
  readonly renew: () => Promise<boolean>;
  readonly leaseMs: number;
  /** The longest time without progress. */
  readonly maxSilenceMs: number;
  readonly maxDurationMs: number;
  readonly onRenewalFailed?: (error: unknown) => void;
  /** Calls back again and again, until the returned function is called. */
  readonly every?: ((milliseconds: number, callback: () => void) => () => void) | undefined;
  readonly elapsedMs?: (() => number) | undefined;
}

/** The run did not end in time, or another instance took it over. */
export class RunAbortedError extends Error {
  override readonly name = 'RunAbortedError';
}

/**
 * Runs the work, and renews its lease for as long as it makes progress. Being alive is not progress: work that hangs
 * is given up after a while, so another instance can do it. What hangs is left to its own time-outs.
 */
export async function runUnderLease<T>(
  { renew, leaseMs, maxSilenceMs, maxDurationMs, ...options }: LeaseOptions,
  work: (run: LeasedRun) => Promise<T>,
): Promise<T> {
  const { every = everyByInterval, elapsedMs = () => performance.now() } = options;
  const controller = new AbortController();
  const abort = (reason: string) => controller.abort(new RunAbortedError(reason));
  const startedAt = elapsedMs();
  let lastProgressAt = startedAt;

  const check = () => {
    const now = elapsedMs();
    if (now - startedAt > maxDurationMs) return abort(`It took longer than ${minutes(maxDurationMs)}`);
    if (now - lastProgressAt > maxSilenceMs) return abort(`It made no progress for ${minutes(maxSilenceMs)}`);
    renew().then(
      (isHeld) => {
        if (!isHeld) abort('Another instance took it over');
      },
      (error: unknown) => options.onRenewalFailed?.(error),
    );
  };

  const { signal } = controller;
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const progress = () => {
    lastProgressAt = elapsedMs();
  };
  const stop = every(leaseMs / 3, check);
  try {
    return await Promise.race([work({ signal, progress }), aborted]);
  } finally {
    stop();
  }
}

function minutes(milliseconds: number): string {
  const count = Math.round(milliseconds / 60_000);
  return count === 1 ? '1 minute' : `${count} minutes`;
}

function everyByInterval(milliseconds: number, callback: () => void): () => void {
  const timer = setInterval(callback, milliseconds);
  return () => clearInterval(timer);
}

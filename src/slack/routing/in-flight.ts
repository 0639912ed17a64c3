import type { AllMiddlewareArgs, App } from '@slack/bolt';
import { withDeadline } from '../../concurrency.ts';
import { runWithRequestId } from '../request-context.ts';

/** Counts the interactions that are being handled. */
export interface InFlightInteractions {
  /** Resolves when none is left, or when the time is up. */
  drain(deadlineMs: number): Promise<void>;
}

/** Gives each interaction its request id, and counts it until it is handled. */
export function trackInFlight(app: App): InFlightInteractions {
  let inFlight = 0;
  const waiting: (() => void)[] = [];
  app.use(async ({ next }: AllMiddlewareArgs) => {
    inFlight += 1;
    try {
      await runWithRequestId(next);
    } finally {
      inFlight -= 1;
      if (inFlight === 0) for (const resolve of waiting.splice(0)) resolve();
    }
  });
  return {
    async drain(deadlineMs) {
      if (inFlight === 0) return;
      const idle = new Promise<void>((resolve) => waiting.push(resolve));
      await withDeadline(idle, deadlineMs);
    },
  };
}

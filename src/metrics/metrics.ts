import type { FetchFunction } from '@slack/web-api';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Job } from '../jobs/job.ts';
import type { CollectorFactory, Context } from '../usecases/shared/context.ts';
import { measureState } from './gauges.ts';
import { countedLooks } from './instrument-collector.ts';
import { countedRuns } from './instrument-jobs.ts';
import { countedSlackCalls } from './instrument-slack-fetch.ts';
import { readState, type State } from './snapshot.ts';

/** Numbers about the bot, for Prometheus. What is to be counted is handed through it. */
export interface Metrics {
  readonly slackCalls: FetchFunction;
  looks(open: CollectorFactory): CollectorFactory;
  runs(jobs: readonly Job[]): readonly Job[];
  /** From now on how things stand is measured too. */
  watch(ctx: Context, slackProblem: () => string | null): void;
  /** Everything, as Prometheus reads it. */
  exposed(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Two collectors that ask side by side, or one that is in a hurry, cost one reading. */
const FRESH_MS = 5_000;

/** A registry of its own for each bot: several may run in one process. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    slackCalls: countedSlackCalls(registry),
    looks: (open) => countedLooks(registry, open),
    runs: (jobs) => countedRuns(registry, jobs),
    watch(ctx, slackProblem) {
      measureState(
        registry,
        keptFor(FRESH_MS, () => readState(ctx)),
      );
      const connected: Gauge = new Gauge({
        name: 'root_mfa_slack_connected',
        help: '1 while Slack is heard.',
        registers: [registry],
        collect: () => connected.set(slackProblem() === null ? 1 : 0),
      });
    },
    exposed: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function keptFor(milliseconds: number, read: () => Promise<State>): () => Promise<State | undefined> {
  let kept: { readonly at: number; readonly state: Promise<State | undefined> } | undefined;
  return () => {
    const now = performance.now();
    if (kept && now - kept.at < milliseconds) return kept.state;
    kept = { at: now, state: read().catch(() => undefined) };
    return kept.state;
  };
}

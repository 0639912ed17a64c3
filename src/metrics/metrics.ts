import type { FetchFunction } from '@slack/web-api';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Job } from '../jobs/job.ts';
import type { ReceivedMessages } from '../usecases/root-events/receive-root-events.ts';
import type { CollectorFactory, Context } from '../usecases/shared/context.ts';
import { countRootEvents } from './count-root-events.ts';
import { registerGauges } from './gauges.ts';
import { instrumentCollector } from './instrument-collector.ts';
import { instrumentJobs } from './instrument-jobs.ts';
import { instrumentSlackFetch } from './instrument-slack-fetch.ts';
import { type MetricsSnapshot, readMetricsSnapshot } from './snapshot.ts';

/** Numbers about the bot, for Prometheus. What it counts is passed through it. */
export interface Metrics {
  readonly slackFetch: FetchFunction;
  instrumentCollector(open: CollectorFactory): CollectorFactory;
  instrumentJobs(jobs: readonly Job[]): readonly Job[];
  /** Counts what became of messages of the root event queue. */
  readonly rootEventsReceived: (received: ReceivedMessages) => void;
  /** Measures the current state too, from now on. */
  observe(ctx: Context, slackProblem: () => string | null): void;
  /** Everything, as Prometheus reads it. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Two collectors that ask side by side, or one that is in a hurry, cost one reading. */
const CACHE_MS = 5_000;

/** A registry of its own for each bot: several may run in one process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    slackFetch: instrumentSlackFetch(registry),
    instrumentCollector: (open) => instrumentCollector(registry, open),
    instrumentJobs: (jobs) => instrumentJobs(registry, jobs),
    rootEventsReceived: countRootEvents(registry),
    observe(ctx, slackProblem) {
      registerGauges(
        registry,
        cachedFor(CACHE_MS, () => readMetricsSnapshot(ctx)),
      );
      const connected: Gauge = new Gauge({
        name: 'root_mfa_slack_connected',
        help: '1 while Slack is connected.',
        registers: [registry],
        collect: () => connected.set(slackProblem() === null ? 1 : 0),
      });
    },
    render: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function cachedFor(
  milliseconds: number,
  read: () => Promise<MetricsSnapshot>,
): () => Promise<MetricsSnapshot | undefined> {
  let cached: { readonly at: number; readonly state: Promise<MetricsSnapshot | undefined> } | undefined;
  return () => {
    const now = performance.now();
    if (cached && now - cached.at < milliseconds) return cached.state;
    cached = { at: now, state: read().catch(() => undefined) };
    return cached.state;
  };
}

import { Counter, Histogram, type Registry } from 'prom-client';
import type { CollectorFactory } from '../usecases/shared/context.ts';
import { boundedLabel } from './labels.ts';

/** Returns the collector factory with refusals of AWS counted, and scans timed by outcome. */
export function instrumentCollector(registry: Registry, open: CollectorFactory): CollectorFactory {
  const errors = new Counter({
    name: 'root_mfa_aws_errors_total',
    help: 'Failed calls to AWS about an account, by call and error code.',
    labelNames: ['call', 'code'] as const,
    registers: [registry],
  });
  const scans = new Histogram({
    name: 'root_mfa_scan_duration_seconds',
    help: 'Reads of all accounts, by outcome: complete, broke_off, or failed when none could be read.',
    labelNames: ['outcome'] as const,
    buckets: [1, 5, 15, 60, 180, 600, 1800, 3600],
    registers: [registry],
  });
  const callLabel = boundedLabel();
  const codeLabel = boundedLabel();

  return async () => {
    const startedAt = performance.now();
    let outcome: 'complete' | 'broke_off' | undefined;
    let collector: Awaited<ReturnType<CollectorFactory>>;
    try {
      collector = await open();
    } catch (error) {
      scans.observe({ outcome: 'failed' }, secondsSince(startedAt));
      throw error;
    }
    return {
      ...collector,
      async *accounts() {
        outcome = 'broke_off';
        yield* collector.accounts();
        outcome = 'complete';
      },
      async read(account) {
        const observation = await collector.read(account);
        for (const { call, code } of observation.errors) {
          errors.inc({ call: callLabel(call), code: codeLabel(code) });
        }
        return observation;
      },
      close() {
        // Without an outcome it was a check of one account.
        if (outcome) scans.observe({ outcome }, secondsSince(startedAt));
        collector.close();
      },
    };
  };
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

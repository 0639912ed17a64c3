import { Counter, Histogram, type Registry } from 'prom-client';
import type { ReceivedMessages } from '../usecases/root-events/receive-root-events.ts';

/** Returns what counts messages of the root event queue, and how old events were when they were stored. */
export function countRootEvents(
  registry: Registry,
  now: () => number = Date.now,
): (received: ReceivedMessages) => void {
  const messages = new Counter({
    name: 'root_mfa_root_event_messages_total',
    help: 'Messages of the root event queue, by outcome; quiet: signs of life and audit sessions.',
    labelNames: ['outcome'] as const,
    registers: [registry],
  });
  const age = new Histogram({
    name: 'root_mfa_root_event_age_seconds',
    help: 'Time from a root event until it was stored.',
    buckets: [1, 5, 15, 60, 300, 900, 3600, 21600, 86400],
    registers: [registry],
  });
  for (const outcome of ['stored', 'doubled', 'quiet', 'rejected']) messages.inc({ outcome }, 0);

  return ({ events, doubled, quiet, rejected }) => {
    messages.inc({ outcome: 'stored' }, events.length);
    messages.inc({ outcome: 'doubled' }, doubled);
    messages.inc({ outcome: 'quiet' }, quiet);
    messages.inc({ outcome: 'rejected' }, rejected.length);
    for (const { at } of events) age.observe(Math.max(0, (now() - at.getTime()) / 1000));
  };
}

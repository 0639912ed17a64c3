import { Gauge, type Registry } from 'prom-client';
import type { MetricsSnapshot } from './snapshot.ts';

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

const toSeconds = (date: Date) => date.getTime() / 1000;
const samplesBy = (label: string, counts: Readonly<Record<string, number>>): Sample[] =>
  Object.entries(counts).map(([name, count]) => [{ [label]: name }, count]);

/** The gauges, measured at each scrape. No label names an account or a person. */
const GAUGES: readonly {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (state: MetricsSnapshot) => readonly Sample[];
}[] = [
  {
    name: 'root_mfa_accounts',
    help: 'Accounts by compliance with policy and exemptions.',
    labels: ['compliance'],
    samples: ({ coverage }) => samplesBy('compliance', coverage.compliance),
  },
  {
    name: 'root_mfa_accounts_by_level',
    help: 'Accounts by level and result, whatever level policy requires.',
    labels: ['level', 'result'],
    samples: ({ coverage }) =>
      (['level1', 'level2'] as const).flatMap((level) =>
        samplesBy('result', coverage[level]).map(
          ([labels, count]): Sample => [{ ...labels, level: level.slice(-1) }, count],
        ),
      ),
  },
  {
    name: 'root_mfa_accounts_by_mfa',
    help: 'Accounts by the MFA of their root user.',
    labels: ['mfa'],
    samples: ({ mfa }) => samplesBy('mfa', mfa),
  },
  {
    name: 'root_mfa_target_accounts',
    help: 'Accounts of each target: done, or to go.',
    labels: ['target', 'state'],
    samples: ({ targets }) =>
      targets.flatMap(({ name, done, toGo }) =>
        samplesBy('state', { done, to_go: toGo }).map(
          ([labels, count]): Sample => [{ ...labels, target: name }, count],
        ),
      ),
  },
  {
    name: 'root_mfa_target_days_left',
    help: 'Days until the last day of each target; negative once it has passed.',
    labels: ['target'],
    samples: ({ targets }) => targets.map(({ name, daysLeft }) => [{ target: name }, daysLeft]),
  },
  {
    name: 'root_mfa_notifications',
    help: 'Notifications by state; dead ones are not retried.',
    labels: ['state'],
    samples: ({ notifications }) => samplesBy('state', notifications),
  },
  {
    name: 'root_mfa_webhook_events',
    help: 'Events still to be sent to each webhook, and undelivered ones.',
    labels: ['webhook', 'state'],
    samples: ({ webhooks }) =>
      webhooks.flatMap(({ webhook, waiting, dead }): Sample[] => [
        [{ webhook, state: 'waiting' }, waiting],
        [{ webhook, state: 'dead' }, dead],
      ]),
  },
  {
    name: 'root_mfa_last_scan_timestamp_seconds',
    help: 'Start of the last finished scan.',
    labels: [],
    samples: ({ lastScan }) => (lastScan ? [[{}, toSeconds(lastScan.at)]] : []),
  },
  {
    name: 'root_mfa_scan_failed',
    help: '1 while the latest scan could not run.',
    labels: [],
    samples: ({ scanFailed }) => [[{}, Number(scanFailed)]],
  },
  {
    name: 'root_mfa_last_scan_unread_accounts',
    help: 'Accounts that the last finished scan could not read.',
    labels: [],
    samples: ({ lastScan }) => (lastScan ? [[{}, lastScan.unread]] : []),
  },
  {
    name: 'root_mfa_job_lag_seconds',
    help: 'Time since the latest due run that no instance has finished; 0 when it is done.',
    labels: ['job'],
    samples: ({ jobs }) => jobs.map(({ job, lagMs }) => [{ job }, lagMs / 1000]),
  },
  {
    name: 'root_mfa_job_last_done_timestamp_seconds',
    help: 'When any instance last finished the job.',
    labels: ['job'],
    samples: ({ jobs }) =>
      jobs.flatMap(({ job, lastDoneAt }): Sample[] => (lastDoneAt ? [[{ job }, toSeconds(lastDoneAt)]] : [])),
  },
  {
    name: 'root_mfa_root_event_last_heard_timestamp_seconds',
    help: 'When the root event queue last had an event of any account; unset before the first.',
    labels: [],
    samples: ({ rootEvents }) => (rootEvents?.lastHeardAt ? [[{}, toSeconds(rootEvents.lastHeardAt)]] : []),
  },
  {
    name: 'root_mfa_root_event_queue_up',
    help: '1 while this instance can receive root events.',
    labels: [],
    samples: ({ rootEvents }) => (rootEvents ? [[{}, rootEvents.isReceiving ? 1 : 0]] : []),
  },
  {
    name: 'root_mfa_root_incidents',
    help: 'Stored uses of root, by state.',
    labels: ['state'],
    samples: ({ rootEvents }) => (rootEvents ? samplesBy('state', rootEvents.incidents) : []),
  },
];

/** Registers gauges that are measured at each scrape; one whose value cannot be read has no sample. */
export function registerGauges(registry: Registry, read: () => Promise<MetricsSnapshot | undefined>): void {
  const database = new Gauge({
    name: 'root_mfa_database_up',
    help: '1 while the database answers.',
    registers: [registry],
    async collect() {
      database.set((await read()) ? 1 : 0);
    },
  });
  for (const { name, help, labels, samples } of GAUGES) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      async collect() {
        const state = await read();
        gauge.reset();
        // Without labels a gauge that was never set would report 0.
        if (labels.length === 0) gauge.remove();
        for (const [sampleLabels, value] of state ? samples(state) : []) gauge.set(sampleLabels, value);
      },
    });
  }
}

import { TOKEN_WORKFLOW } from '../config/webhook-endpoints.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { TargetProgress } from '../domain/target.ts';
import { type JobLag, readJobLags } from '../jobs/job-lag.ts';
import { timetable } from '../jobs/schedule.ts';
import { countNotifications, countWebhookEvents, type NotificationState } from '../store/outbox.ts';
import { countIncidents, readLastHeardAt } from '../store/root-events.ts';
import { lastScan, lastScanFailure } from '../store/scans.ts';
import { coverageOfViews } from '../usecases/shared/company-views.ts';
import type { Context } from '../usecases/shared/context.ts';
import { readAccounts } from '../usecases/shared/read-accounts.ts';
import { readTargets } from '../usecases/targets/read-targets.ts';

/** The current state in numbers. */
export interface MetricsSnapshot {
  readonly coverage: Coverage;
  readonly mfa: Readonly<Record<string, number>>;
  readonly targets: readonly TargetProgress[];
  readonly notifications: Readonly<Record<NotificationState, number>>;
  /** For each webhook of the configuration, and the workflow for key requests. */
  readonly webhooks: readonly {
    readonly webhook: string;
    readonly waiting: number;
    readonly dead: number;
  }[];
  readonly lastScan: { readonly at: Date; readonly unread: number } | null;
  /** Whether the latest scan could not run. */
  readonly scanFailed: boolean;
  readonly jobs: readonly JobLag[];
  /** `null`: no queue is configured. */
  readonly rootEvents: {
    readonly lastHeardAt: Date | null;
    readonly isReceiving: boolean;
    readonly incidents: Readonly<Record<string, number>>;
  } | null;
}

const noop = async () => undefined;

/** How far behind each job is. */
export function readCurrentJobLags({
  db,
  config,
  now,
}: Pick<Context, 'db' | 'config' | 'now'>): Promise<readonly JobLag[]> {
  const jobs = timetable(config, {
    scan: noop,
    directory: noop,
    digest: noop,
    reminders: noop,
    keys: noop,
    'root-events': noop,
    'recovery-windows': noop,
    tidy: noop,
  });
  return readJobLags(db, jobs, { timezone: config.schedule.timezone, now: now() });
}

/** Returns the current state in numbers. */
export async function readMetricsSnapshot(ctx: Context): Promise<MetricsSnapshot> {
  const [views, targets, notifications, webhooks, scan, scanFailure, jobs, rootEvents] = await Promise.all([
    readAccounts(ctx),
    readTargets(ctx),
    countNotifications(ctx.db),
    readWebhooks(ctx),
    lastScan(ctx.db),
    lastScanFailure(ctx.db),
    readCurrentJobLags(ctx),
    readRootEvents(ctx),
  ]);
  const mfa: Record<string, number> = {};
  for (const { account } of views) {
    const kind = account.verdict?.mfa ?? 'unknown';
    mfa[kind] = (mfa[kind] ?? 0) + 1;
  }
  return {
    coverage: coverageOfViews(views),
    mfa,
    targets: targets.progress,
    notifications,
    webhooks,
    lastScan: scan ? { at: scan.startedAt, unread: scan.unread } : null,
    scanFailed: scanFailure !== undefined,
    jobs,
    rootEvents,
  };
}

async function readWebhooks({ db, config }: Context): Promise<MetricsSnapshot['webhooks']> {
  const names = config.webhooks.map(({ name }) => name);
  if (config.tokens.mode === 'workflow') names.push(TOKEN_WORKFLOW);
  if (names.length === 0) return [];
  const counts = await countWebhookEvents(db);
  const countOf = (name: string, wanted: string) =>
    counts.find(({ webhook, state }) => webhook === name && state === wanted)?.count ?? 0;
  return names.map((name) => ({
    webhook: name,
    waiting: countOf(name, 'waiting'),
    dead: countOf(name, 'dead'),
  }));
}

async function readRootEvents({
  db,
  config,
  rootEventFailure,
}: Context): Promise<MetricsSnapshot['rootEvents']> {
  if (config.rootEvents.queueUrl === undefined) return null;
  const [lastHeardAt, incidents] = await Promise.all([readLastHeardAt(db), countIncidents(db)]);
  return { lastHeardAt, incidents, isReceiving: !rootEventFailure?.() };
}

import { deleteOldRuns } from '../store/job-runs.ts';
import { deleteOldNotifications, pruneOldScans } from '../store/retention.ts';
import { deleteOldIncidents, deleteOldRejects } from '../store/root-events.ts';
import { deleteOldEvents } from '../store/seen-events.ts';
import { sendDigest } from '../usecases/digest/send-digest.ts';
import { processExpiringExemptions } from '../usecases/exemptions/process-expiring-exemptions.ts';
import { alertPolicyProblems } from '../usecases/guardrails/alert-policy-problems.ts';
import { refreshDirectory } from '../usecases/owners/refresh-directory.ts';
import { remindOwners } from '../usecases/reminders/remind-owners.ts';
import { notifyIncidents } from '../usecases/root-events/notify-incidents.ts';
import { alertUnansweredIncidents } from '../usecases/root-events/raise-root-alerts.ts';
import { receiveFromNewAccounts } from '../usecases/root-events/receive-root-events.ts';
import { scanAccounts } from '../usecases/scan/scan-accounts.ts';
import type { Context } from '../usecases/shared/context.ts';
import { followUpTokenRequests, plannedFollowUps } from '../usecases/tokens/follow-up-token-requests.ts';
import type { Job } from './job.ts';
import type { JobName } from './schedule.ts';

const DAY_MS = 24 * 60 * 60_000;
/** A digest may be caught up for a week; the runs of older periods tell nothing any more. */
const RUN_RETENTION_MS = 60 * DAY_MS;
const EVENT_RETENTION_MS = 2 * DAY_MS;
/** A year can be looked back on, with some weeks to do it in. What was decided is kept for ever. */
const NOTIFICATION_RETENTION_MS = 400 * DAY_MS;
const REJECT_RETENTION_MS = 30 * DAY_MS;
const FULL_SCAN_RETENTION_MS = 400 * DAY_MS;

/** What each job does: one use case after the other. */
export function jobHandlers(ctx: Context, instance: string): Readonly<Record<JobName, Job['run']>> {
  const { log, db } = ctx;
  return {
    async scan() {
      const outcome = await scanAccounts(ctx, { startedBy: 'schedule', instance });
      if (outcome.kind === 'could-not-scan') throw new Error(outcome.reason);
      if (outcome.kind === 'scanned') {
        const { accounts, unread, changes, warning } = outcome;
        log.info({ accounts, unread, changes: changes.length, warning }, 'All accounts were looked at');
      }
      // New accounts have no owner until their tags are read.
      await refresh();
    },
    directory: refresh,
    async digest({ scheduledFor }) {
      const outcome = await sendDigest(ctx, { dueAt: scheduledFor });
      if (outcome.kind === 'no-channel') {
        log.warn({}, 'There is no digest: slack.channel names no channel');
      } else {
        log.info({ outcome: outcome.kind }, 'The digest was written');
      }
    },
    async reminders() {
      const exemptions = await processExpiringExemptions(ctx);
      const requests = await followUpTokenRequests(ctx);
      const policies = await alertPolicyProblems(ctx);
      const reminders = await remindOwners(ctx, await plannedFollowUps(ctx));
      log.info({ exemptions, requests, policies, reminders }, 'Reminders were looked at');
    },
    async 'root-events'() {
      await receiveFromNewAccounts(ctx);
      const alerted = await alertUnansweredIncidents(ctx);
      await notifyIncidents(ctx);
      if (alerted > 0) log.warn({ incidents: alerted }, 'Use of root was not explained in time');
    },
    async tidy() {
      const now = ctx.now().getTime();
      await deleteOldRuns(db, new Date(now - RUN_RETENTION_MS));
      await deleteOldEvents(db, new Date(now - EVENT_RETENTION_MS));
      const notifications = await deleteOldNotifications(db, new Date(now - NOTIFICATION_RETENTION_MS));
      const scans = await pruneOldScans(db, new Date(now - FULL_SCAN_RETENTION_MS));
      if (notifications + scans > 0)
        log.info({ letters: notifications, scans }, 'What is older than a year was forgotten');
      await deleteOldIncidents(db, new Date(now - ctx.config.rootEvents.keepDays * DAY_MS));
      await deleteOldRejects(db, new Date(now - REJECT_RETENTION_MS));
      await db.maintain();
    },
  };

  async function refresh(): Promise<void> {
    const { refreshed, errors } = await refreshDirectory(ctx);
    if (refreshed > 0) log.info({ accounts: refreshed }, 'Names, org units, tags and contacts were read');
    for (const { call, code, message } of errors) {
      log.warn({ call, code, message }, 'Something of the directory could not be read');
    }
  }
}

import { readClock } from '../store/clock.ts';
import { deleteOldRuns } from '../store/job-runs.ts';
import {
  deleteOldNotifications,
  deleteOldPeople,
  deleteOldUnknownNames,
  pruneOldScans,
} from '../store/retention.ts';
import { deleteOldIncidents, deleteOldRejects } from '../store/root-events.ts';
import { deleteOldEvents } from '../store/seen-events.ts';
import { sendDigest } from '../usecases/digest/send-digest.ts';
import { processExpiringExemptions } from '../usecases/exemptions/process-expiring-exemptions.ts';
import { alertPolicyProblems } from '../usecases/guardrails/alert-policy-problems.ts';
import { askToConfirmKeys } from '../usecases/keys/ask-to-confirm-keys.ts';
import { askAboutMfaRemovals } from '../usecases/mfa-removals/ask-about-mfa-removals.ts';
import { followUpOwnerProposals } from '../usecases/owners/follow-up-owner-proposals.ts';
import { refreshDirectory } from '../usecases/owners/refresh-directory.ts';
import { processRecoveryWindows } from '../usecases/recovery-windows/process-recovery-windows.ts';
import { remindOwners } from '../usecases/reminders/remind-owners.ts';
import { followUpRemovals } from '../usecases/removal-requests/follow-up-removals.ts';
import { checkUsedAccounts } from '../usecases/root-events/check-used-accounts.ts';
import { notifyIncidents } from '../usecases/root-events/notify-incidents.ts';
import { alertUnansweredIncidents } from '../usecases/root-events/raise-root-alerts.ts';
import { receiveFromNewAccounts } from '../usecases/root-events/receive-root-events.ts';
import { reportRootEventFailure } from '../usecases/root-events/report-root-event-failure.ts';
import { scanAccounts } from '../usecases/scan/scan-accounts.ts';
import type { Context } from '../usecases/shared/context.ts';
import { followUpTokenRequests, plannedFollowUps } from '../usecases/tokens/follow-up-token-requests.ts';
import { handOverTokenRequests } from '../usecases/tokens/hand-over-token-requests.ts';
import { type Job, JobPostponedError } from './job.ts';
import type { JobName } from './schedule.ts';

const DAY_MS = 24 * 60 * 60_000;
/** A digest can be caught up for a week; older runs are of no use. */
const RUN_RETENTION_MS = 60 * DAY_MS;
const EVENT_RETENTION_MS = 2 * DAY_MS;
/** Notifications and full scans stay for a year and some weeks. Decisions are kept for good. */
const NOTIFICATION_RETENTION_MS = 400 * DAY_MS;
const REJECT_RETENTION_MS = 30 * DAY_MS;
/** The bot asks Slack again about everyone it still needs, far more often. */
const PEOPLE_RETENTION_MS = 90 * DAY_MS;
const FULL_SCAN_RETENTION_MS = 400 * DAY_MS;

/** What each job does: one use case after the other. Data is too old by the database's clock, or a simulated one. */
export function jobHandlers(
  ctx: Context,
  instance: string,
  simulatedClock?: () => Date,
): Readonly<Record<JobName, Job['run']>> {
  const { log, db } = ctx;
  return {
    async scan(_period, { progress }) {
      const outcome = await scanAccounts(ctx, { startedBy: 'schedule', instance, onProgress: progress });
      if (outcome.kind === 'already-running') throw new JobPostponedError('Another scan is running');
      if (outcome.kind === 'could-not-scan') throw new Error(outcome.reason);
      const { accounts, unread, changes, warning } = outcome;
      log.info({ accounts, unread, changes: changes.length, warning }, 'Scan done');
      // New accounts have no owner until their tags are read.
      await refresh();
    },
    directory: refresh,
    async digest({ scheduledFor }) {
      const outcome = await sendDigest(ctx, { dueAt: scheduledFor });
      if (outcome.kind === 'no-channel') {
        log.warn({}, 'No digest: slack.channel names no channel');
      } else {
        log.info({ outcome: outcome.kind }, 'Digest queued');
      }
    },
    async reminders() {
      const exemptions = await processExpiringExemptions(ctx);
      const handedOver = await handOverTokenRequests(ctx);
      const requests = await followUpTokenRequests(ctx);
      const policies = await alertPolicyProblems(ctx);
      await askAboutMfaRemovals(ctx);
      const ownerProposals = await followUpOwnerProposals(ctx);
      const removals = await followUpRemovals(ctx);
      const reminders = await remindOwners(ctx, await plannedFollowUps(ctx));
      log.info(
        { exemptions, handedOver, requests, removals, policies, ownerProposals, reminders },
        'Reminders planned',
      );
    },
    async keys() {
      const asked = await askToConfirmKeys(ctx);
      if (asked > 0) log.info({ holders: asked }, 'Key holders asked to confirm');
    },
    async 'root-events'() {
      await receiveFromNewAccounts(ctx);
      const alerted = await alertUnansweredIncidents(ctx);
      await notifyIncidents(ctx);
      if (alerted > 0) log.warn({ incidents: alerted }, 'Use of root was not explained in time');
      await reportRootEventFailure(ctx);
      await checkUsedAccounts(ctx, { instance });
    },
    async 'recovery-windows'() {
      const { announced, closed } = await processRecoveryWindows(ctx, { instance });
      if (announced + closed > 0) log.info({ announced, closed }, 'Recovery windows processed');
    },
    async tidy() {
      const now = (await readClock(db, simulatedClock?.())).getTime();
      await deleteOldRuns(db, new Date(now - RUN_RETENTION_MS));
      await deleteOldEvents(db, new Date(now - EVENT_RETENTION_MS));
      const notifications = await deleteOldNotifications(db, new Date(now - NOTIFICATION_RETENTION_MS));
      const scans = await pruneOldScans(db, new Date(now - FULL_SCAN_RETENTION_MS));
      if (notifications + scans > 0)
        log.info({ notifications, scans }, 'Old notifications and scans deleted');
      const peopleBefore = new Date(now - PEOPLE_RETENTION_MS);
      await deleteOldPeople(db, peopleBefore);
      await deleteOldUnknownNames(db, peopleBefore);
      await deleteOldIncidents(db, new Date(now - ctx.config.rootEvents.keepDays * DAY_MS));
      await deleteOldRejects(db, new Date(now - REJECT_RETENTION_MS));
      await db.maintain();
    },
  };

  async function refresh(): Promise<void> {
    const { refreshed, errors } = await refreshDirectory(ctx);
    if (refreshed > 0) log.info({ accounts: refreshed }, 'Directory refreshed');
    for (const { call, code, message } of errors) {
      log.warn({ call, code, message }, 'Directory entry not read');
    }
  }
}

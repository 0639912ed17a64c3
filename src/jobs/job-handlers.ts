import { forgetRuns } from '../store/job-runs.ts';
import { forgetLetters, thinOutScans } from '../store/retention.ts';
import { forgetEvents } from '../store/seen-events.ts';
import { chaseTokenRequests, plannedChases } from '../usecases/tokens/follow-up-token-requests.ts';
import type { Context } from '../usecases/shared/context.ts';
import { refreshDirectory } from '../usecases/owners/refresh-directory.ts';
import { remindOwners } from '../usecases/reminders/remind-owners.ts';
import { scanAccounts } from '../usecases/scan/scan-accounts.ts';
import { sendDigest } from '../usecases/digest/send-digest.ts';
import { watchExemptions } from '../usecases/exemptions/process-expiring-exemptions.ts';
import type { Job } from './job.ts';
import type { JobName } from './schedule.ts';

const DAY_MS = 24 * 60 * 60_000;
/** A digest may be caught up for a week; the runs of older periods tell nothing any more. */
const RUNS_KEPT_MS = 60 * DAY_MS;
const EVENTS_KEPT_MS = 2 * DAY_MS;
/** A year can be looked back on, with some weeks to do it in. What was decided is kept for ever. */
const LETTERS_KEPT_MS = 400 * DAY_MS;
const EVERY_SCAN_KEPT_MS = 400 * DAY_MS;

/** What each job does: one use case after the other. */
export function workOf(ctx: Context, instance: string): Readonly<Record<JobName, Job['run']>> {
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
      const exemptions = await watchExemptions(ctx);
      const requests = await chaseTokenRequests(ctx);
      const reminders = await remindOwners(ctx, await plannedChases(ctx));
      log.info({ exemptions, requests, reminders }, 'Reminders were looked at');
    },
    async tidy() {
      const now = ctx.now().getTime();
      await forgetRuns(db, new Date(now - RUNS_KEPT_MS));
      await forgetEvents(db, new Date(now - EVENTS_KEPT_MS));
      const letters = await forgetLetters(db, new Date(now - LETTERS_KEPT_MS));
      const scans = await thinOutScans(db, new Date(now - EVERY_SCAN_KEPT_MS));
      if (letters + scans > 0) log.info({ letters, scans }, 'What is older than a year was forgotten');
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

import { yieldToEventLoop } from './batches.ts';
import type { Database } from './transactions.ts';

/** Most rows that one statement deletes: the embedded engine lets nothing else run meanwhile. */
const MAX_ROWS_PER_STATEMENT = 250;

/**
 * Deletes notifications that were delivered, dead or withdrawn before then, and returns how many. One about something
 * that is not over stays: it is edited when it is, and its key keeps it from being sent a second time.
 */
export function deleteOldNotifications(db: Database, before: Date): Promise<number> {
  return deleteInBatches(
    db,
    `delete from outbox
      where id in (
        select id from outbox
         where state in ('sent', 'dead', 'withdrawn') and due_at is null
           and coalesce(sent_at, created_at) < $1
           and not exists (select from reminders where account_id = any (outbox.about))
           and not exists (
             select from verdicts where verdicts.account_id = any (outbox.about) and level1 = 'fail')
           and not exists (
             select from token_requests
              where closed_at is null and starts_with(outbox.key, 'token-request/' || token_requests.id))
           and not exists (
             select from exemptions
              where exemptions.state in ('asked', 'granted')
                and starts_with(outbox.key, 'exemption/' || exemptions.id))
         order by id
         limit ${MAX_ROWS_PER_STATEMENT})
     returning id`,
    before,
  );
}

/**
 * Deletes people who were not looked up since then, and returns how many; the bot asks
 * Slack again when it needs one. Their ids stay in decisions and in the audit log.
 */
export function deleteOldPeople(db: Database, before: Date): Promise<number> {
  return deleteInBatches(
    db,
    `delete from people
      where slack_id in (
        select slack_id from people where read_at < $1 order by slack_id limit ${MAX_ROWS_PER_STATEMENT})
     returning slack_id`,
    before,
  );
}

/** Deletes names that Slack did not know when it was last asked, before then; returns how many. */
export function deleteOldUnknownNames(db: Database, before: Date): Promise<number> {
  return deleteInBatches(
    db,
    `delete from unknown_emails
      where email in (
        select email from unknown_emails where asked_at < $1 order by email limit ${MAX_ROWS_PER_STATEMENT})
     returning email`,
    before,
  );
}

/**
 * Deletes scans before then, and returns how many. The last finished one of each day stays, and those that saw a verdict
 * first: the history names them.
 */
export function pruneOldScans(db: Database, before: Date): Promise<number> {
  return deleteInBatches(
    db,
    `delete from scans
      where id in (
        select id from scans
         where started_at < $1
           and not exists (select from verdict_history where scan_id = scans.id)
           and (finished_at is null or exists (
             select from scans as later
              where later.finished_at is not null
                and (later.started_at, later.id) > (scans.started_at, scans.id)
                and later.started_at < date_trunc('day', scans.started_at, 'UTC') + interval '1 day'))
         limit ${MAX_ROWS_PER_STATEMENT})
     returning id`,
    before,
  );
}

async function deleteInBatches(db: Database, deletion: string, before: Date): Promise<number> {
  for (let deleted = 0; ; await yieldToEventLoop()) {
    const { length } = await db.query(deletion, [before]);
    deleted += length;
    if (length < MAX_ROWS_PER_STATEMENT) return deleted;
  }
}

import type { Config } from '../../config/config.ts';
import type { AccountId } from '../../domain/account.ts';
import { isRegression } from '../../domain/change.ts';
import { managerOf } from '../../domain/owner.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { newReminder, type Reminder, withOwner } from '../../domain/reminder.ts';
import type { Ranked } from '../../domain/worst-first.ts';
import { inBatches } from '../../store/batches.ts';
import { latestNotification } from '../../store/outbox.ts';
import type { Person } from '../../store/people.ts';
import { lastRemindedAtByPerson } from '../../store/reminders.ts';
import { replacedVerdictsSince } from '../../store/verdict-changes.ts';
import { type ReachablePerson, resolveOwners, toReachablePerson } from '../owners/resolve-owners.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import type { ReminderCandidate, ReminderInputs } from './plan-reminders.ts';

const DAY_MS = 24 * 60 * 60_000;
/** Accounts processed before yielding to the event loop. */
const VIEW_BATCH_SIZE = 1_000;
/** Recipients of a due reminder are refreshed separately; looking up everyone each time would flood Slack. */
const PEOPLE_MAX_AGE_MS = 7 * DAY_MS;

/** Reads what a reminder run is planned from, for all accounts or for the relevant ones. */
export async function readReminderInputs(
  ctx: Context,
  isRelevant: (view: AccountView) => boolean = () => true,
): Promise<ReminderInputs> {
  const { config, db, decisions } = ctx;
  const now = ctx.now();
  const views = await readAccounts(ctx);
  const { reminders } = await decisions.current();
  const resolutions = await resolveOwners(ctx, views.filter(isRelevant));
  const previousVerdicts = await replacedVerdictsSince(db, regressionWindowStart(config, now));
  const latestEscalation = await latestNotification(db, 'escalation');

  const complianceById = new Map(views.map(({ account, compliance }) => [account.id, compliance]));
  const isResolved = (id: AccountId) => {
    const compliance = complianceById.get(id);
    return compliance === undefined || compliance === 'compliant' || compliance === 'not_applicable';
  };
  const contactOf = await findContacts(ctx, views, reminders);
  const candidatesFor = (view: AccountView): ReminderCandidate[] => {
    const resolution = resolutions.get(view.account.id);
    if (view.compliance !== 'noncompliant' || !resolution || resolution.kind === 'unknown') return [];
    const owner = resolution.kind === 'person' ? resolution.person : null;
    const saved = reminders.get(view.account.id);
    const regressed = isRegression(previousVerdicts.get(view.account.id), view.account.verdict);
    const since = view.account.since ?? now;
    const reminder = saved
      ? withOwner(saved, owner?.id ?? null, now)
      : newReminder(view.account.id, owner?.id ?? null, { since, regressed });
    const contact = owner && contactOf(view, owner);
    return [{ ...toRanked(view), view, owner, contact, reminder, savedReminder: saved ?? null }];
  };
  const candidates: ReminderCandidate[] = [];
  for await (const batch of inBatches(views, VIEW_BATCH_SIZE))
    candidates.push(...batch.flatMap(candidatesFor));
  return {
    at: now,
    config,
    candidates,
    resolvedAccountIds: [...reminders.keys()].filter(isResolved),
    lastRemindedAt: await lastRemindedAtByPerson(db),
    channelNotifiedAt: latestEscalation?.createdAt ?? null,
    ownedCounts: countByPerson(
      [...resolutions.values()].map((resolution) =>
        resolution.kind === 'person' ? resolution.person : null,
      ),
    ),
    noncompliantCounts: countByPerson(candidates.map(({ owner }) => owner)),
  };
}

/** Finds who can get an owner to act, where reminders alone did not: their manager, as a tag names them, or the backup. */
async function findContacts(
  ctx: Context,
  views: readonly AccountView[],
  reminders: ReadonlyMap<AccountId, Reminder>,
): Promise<(view: AccountView, owner: ReachablePerson) => ReachablePerson | null> {
  const { config } = ctx;
  const { backup, escalateAfter } = config.reminders;
  const found = new Map<string, ReachablePerson | null>();
  const isUnanswered = ({ account }: AccountView) =>
    (reminders.get(account.id)?.timesSent ?? 0) >= escalateAfter;
  const names = views.filter(isUnanswered).flatMap((view) => managerOf(view.account, config.owners) ?? []);
  for (const name of new Set([...(backup === undefined ? [] : [backup]), ...names])) {
    const person = await findPerson(ctx, name);
    found.set(name, (person && toReachablePerson(person, config)) ?? null);
  }
  return (view, owner) => {
    const named = [managerOf(view.account, config.owners), backup].map((name) => found.get(name ?? ''));
    // No one is their own manager or backup.
    return named.find((person) => person && person.id !== owner.id) ?? null;
  };
}

/** The person; undefined if Slack knows none, and for now where Slack does not answer: then the channel is asked. */
async function findPerson({ people, log }: Context, name: string): Promise<Person | undefined> {
  try {
    return await people.byName(name, PEOPLE_MAX_AGE_MS);
  } catch (error) {
    log.warn({ err: error }, 'Slack user lookup failed');
    return undefined;
  }
}

function toRanked({ account, compliance, mfaRemoved }: AccountView): Ranked {
  const { id, name, managementAccount, verdict, since } = account;
  return { id, name, managementAccount, compliance, verdict, mfaRemoved, noncompliantSince: since };
}

/** Only MFA removed since then matters: an older change is past every grace period. */
function regressionWindowStart({ reminders }: Config, now: Date): Date {
  return new Date(now.getTime() - 2 * (reminders.graceDays + 4) * DAY_MS);
}

function countByPerson(people: readonly (ReachablePerson | null)[]): ReadonlyMap<SlackUserId, number> {
  const counts = new Map<SlackUserId, number>();
  for (const person of people) if (person) counts.set(person.id, (counts.get(person.id) ?? 0) + 1);
  return counts;
}

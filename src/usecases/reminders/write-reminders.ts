import { isDeepStrictEqual } from 'node:util';
import { timeZoneOrDefault } from '../../domain/calendar.ts';
import type { DueReminder } from '../../domain/due-reminder.ts';
import { escalationKey, reminderKey } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { markEscalated, markReminded, withOwner } from '../../domain/reminder.ts';
import { inBatches } from '../../store/batches.ts';
import type { Database } from '../../store/database.ts';
import type { Decisions } from '../../store/decision-cache.ts';
import { enqueue, notificationByKey, type Recipient } from '../../store/outbox.ts';
import { type KnownPeople, readKnownPeople } from '../../store/people.ts';
import {
  createReminders,
  deleteReminders,
  lockReminders,
  saveLastRemindedAt,
  saveReminders,
} from '../../store/reminders.ts';
import type { Context } from '../shared/context.ts';
import { followUpInReminder } from '../tokens/follow-up-token-requests.ts';
import { escalationNotification, reminderNotification } from './build-reminder-notifications.ts';
import type { ReminderCandidate, ReminderInputs, ReminderPlan } from './plan-reminders.ts';

/** How much one reminder run sent. */
export interface ReminderRun {
  /** People who got a reminder, and the accounts it counted for. */
  readonly people: number;
  readonly accounts: number;
  /** Accounts that were escalated. */
  readonly escalated: number;
}

/** What the writes of one run have in common. */
interface RunState {
  readonly ctx: Context;
  readonly inputs: ReminderInputs;
  readonly decisions: Decisions;
  readonly knownPeople: KnownPeople;
}

type PersonalReminder = DueReminder<ReminderCandidate>;

/** Reminders saved by one transaction. */
const REMINDERS_PER_TRANSACTION = 50;
/** Notifications enqueued by one transaction: each transaction waits for the disk. */
const NOTIFICATIONS_PER_TRANSACTION = 10;

/** Saves and enqueues what was planned; what changed since the plan was made is left for the next run. */
export async function writeReminders(
  ctx: Context,
  inputs: ReminderInputs,
  plan: ReminderPlan,
): Promise<ReminderRun> {
  await syncReminders(ctx, plan, inputs.at);
  // Read once: every reminder changes the decisions, and reading them again for each would take minutes.
  const decisions = await ctx.decisions.current();
  const state = { ctx, inputs, decisions, knownPeople: await readKnownPeople(ctx.db) };
  const run = { people: 0, accounts: 0, escalated: 0 };
  for await (const batch of inBatches(
    plan.dueReminders.toSorted(byRecipient),
    NOTIFICATIONS_PER_TRANSACTION,
  )) {
    for (const reminder of await enqueueReminders(state, batch)) {
      run.people += 1;
      run.accounts += reminder.counted.length;
      run.escalated += reminder.escalated.length;
    }
  }
  if (
    plan.channelEscalations.length > 0 &&
    (await enqueueEscalations(ctx, plan.channelEscalations, inputs.at))
  )
    run.escalated += plan.channelEscalations.length;
  return run;
}

/** Every instance writes in the same order, so that no two wait for each other. */
function byRecipient(a: PersonalReminder, b: PersonalReminder): number {
  return a.to < b.to ? -1 : 1;
}

/** Creates new reminders, hands over those with a new owner, deletes those that are over. */
async function syncReminders({ db }: Context, plan: ReminderPlan, at: Date): Promise<void> {
  // Small transactions: a person who clicks meanwhile does not wait for all of them.
  for await (const batch of inBatches(plan.changed, REMINDERS_PER_TRANSACTION)) {
    await db.transaction(async (tx) => {
      const owners = new Map(batch.map(({ accountId, owner }) => [accountId, owner]));
      const saved = await createReminders(tx, batch);
      const updated = saved.map((one) => withOwner(one, owners.get(one.accountId) ?? null, at));
      await saveReminders(
        tx,
        updated.filter((one, n) => one !== saved[n]),
      );
    });
  }
  for await (const batch of inBatches(plan.resolvedAccountIds, REMINDERS_PER_TRANSACTION)) {
    await db.transaction((tx) => deleteReminders(tx, batch));
  }
}

/** Enqueues the reminders in one transaction and returns those that were enqueued. */
async function enqueueReminders(
  state: RunState,
  dueReminders: readonly PersonalReminder[],
): Promise<PersonalReminder[]> {
  const { ctx } = state;
  const keys = new Map<SlackUserId, string>();
  for (const { to } of dueReminders)
    keys.set(to, reminderKey(to, state.inputs.at, await timeZoneOf(state, to)));
  return ctx.db.transaction(async (tx) => {
    const enqueued: PersonalReminder[] = [];
    for (const reminder of dueReminders) {
      if (await enqueueReminder(tx, state, { reminder, key: keys.get(reminder.to) as string }))
        enqueued.push(reminder);
    }
    return enqueued;
  });
}

async function timeZoneOf({ ctx, inputs, knownPeople }: RunState, id: SlackUserId): Promise<string> {
  const lookup = knownPeople(id);
  const person = lookup.kind === 'person' ? lookup.person : await ctx.people.byName(id);
  return timeZoneOrDefault(person?.timeZone, inputs.config.schedule.timezone);
}

/** Whether the reminder was enqueued: not when this person had theirs today, or decided something meanwhile. */
async function enqueueReminder(
  tx: Database,
  { inputs, decisions }: RunState,
  { reminder: dueReminder, key }: { readonly reminder: PersonalReminder; readonly key: string },
): Promise<boolean> {
  const { to, accounts, counted, escalated } = dueReminder;
  const now = inputs.at;
  if ((await notificationByKey(tx, key)) || !(await areUnchanged(tx, [...counted, ...escalated])))
    return false;
  const requests = await followUpInReminder(tx, dueReminder.requests, now);
  if (accounts.length + escalated.length + requests.length === 0) return false;

  const payload = reminderNotification({ ...dueReminder, requests }, inputs, decisions);
  const about = [...accounts, ...escalated].map(({ id }) => id);
  await enqueue(tx, { key, kind: payload.kind, to: { kind: 'person', id: to }, about, payload }, now);
  await saveReminders(tx, [
    ...counted.map(({ reminder }) => markReminded(reminder, key, now)),
    ...escalated.map(({ reminder }) => markEscalated(reminder, now)),
  ]);
  await saveLastRemindedAt(tx, to, now);
  return true;
}

/** Whether none of the reminders was snoozed, disowned or handed over since the run was planned; they are locked now. */
async function areUnchanged(tx: Database, accounts: readonly ReminderCandidate[]): Promise<boolean> {
  const locked = await lockReminders(
    tx,
    accounts.map(({ id }) => id),
  );
  return accounts.every(({ id, reminder }) => isDeepStrictEqual(locked.get(id), reminder));
}

/** Whether the escalation was enqueued: to the channel, or to every admin where there is none. */
async function enqueueEscalations(
  ctx: Context,
  accounts: readonly ReminderCandidate[],
  now: Date,
): Promise<boolean> {
  const recipients = await escalationRecipients(ctx);
  if (recipients.length === 0) {
    ctx.log.warn(
      { accounts: accounts.length },
      'No recipient for escalations: set slack.channel or slack.admins',
    );
    return false;
  }

  return ctx.db.transaction(async (tx) => {
    const keyFor = ({ id }: Recipient) => escalationKey(id, now, ctx.config.schedule.timezone);
    for (const recipient of recipients) if (await notificationByKey(tx, keyFor(recipient))) return false;
    if (!(await areUnchanged(tx, accounts))) return false;

    const payload = escalationNotification(accounts, { config: ctx.config, at: now });
    const about = accounts.map(({ id }) => id);
    for (const to of recipients) {
      await enqueue(tx, { key: keyFor(to), kind: payload.kind, to, about, payload }, now);
    }
    await saveReminders(
      tx,
      accounts.map(({ reminder }) => markEscalated(reminder, now)),
    );
    return true;
  });
}

async function escalationRecipients({ channels, people }: Context): Promise<readonly Recipient[]> {
  if (channels.digest !== null) return [{ kind: 'channel', id: channels.digest }];
  return (await people.admins()).map((id) => ({ kind: 'person', id }));
}

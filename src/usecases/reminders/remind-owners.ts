import { isDeepStrictEqual } from 'node:util';
import { timeZoneOrDefault } from '../../domain/calendar.ts';
import { type DueReminder, groupReminders, type PlannedFollowUp } from '../../domain/due-reminder.ts';
import { escalationKey, reminderKey } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { markEscalated, markReminded, withOwner } from '../../domain/reminder.ts';
import { inBatches } from '../../store/batches.ts';
import type { Database } from '../../store/database.ts';
import type { Decisions } from '../../store/decision-cache.ts';
import { enqueue, latestNotification, notificationByKey, type Recipient } from '../../store/outbox.ts';
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
import {
  type PlannedReminderStep,
  planSteps,
  type ReminderCandidate,
  type ReminderInputs,
  readReminderInputs,
  shouldSendTo,
} from './plan-reminders.ts';

/** What a round came to. */
export interface ReminderRun {
  /** People who were written to, and for how many accounts. */
  readonly people: number;
  readonly accounts: number;
  /** Accounts of which somebody else was told. */
  readonly escalated: number;
}

const NOTHING_SENT: ReminderRun = { people: 0, accounts: 0, escalated: 0 };
/** Whoever is written to is looked at once more: they may have left, or gone away, since yesterday. */
const MAX_PERSON_AGE_MS = 60 * 60_000;

/**
 * Writes to everybody of whom something is to be asked now: one letter each, in their own working hours.
 *
 * `chases`: whom a token request waits for, to be asked in the same letter. While reminders are off or only previewed
 * nothing is sent, and nothing is remembered.
 */
export async function remindOwners(
  ctx: Context,
  followUps: readonly PlannedFollowUp[],
): Promise<ReminderRun> {
  const { mode } = ctx.config.reminders;
  if (mode === 'off' || mode === 'preview') return NOTHING_SENT;

  const now = ctx.now();
  const inputs = await withFreshRecipients(ctx, await readReminderInputs(ctx), followUps, now);
  await syncReminders(ctx, inputs, now);

  const { dueReminders, channelEscalations } = groupReminders(
    deliverableSteps(inputs, now),
    await deliverableFollowUps(ctx, followUps),
  );
  // Every letter changes what is remembered: read anew for each of them, thousands would take minutes.
  const decisions = await ctx.decisions.current();
  const knownPeople = await readKnownPeople(ctx.db);
  const run = { people: 0, accounts: 0, escalated: 0 };
  for await (const batch of inBatches(dueReminders.toSorted(byRecipient), NOTIFICATIONS_PER_TRANSACTION)) {
    for (const reminder of await enqueueReminders(ctx, inputs, batch, { decisions, knownPeople, now })) {
      run.people += 1;
      run.accounts += reminder.counted.length;
      run.escalated += reminder.escalated.length;
    }
  }
  if (channelEscalations.length > 0 && (await enqueueEscalations(ctx, channelEscalations, now)))
    run.escalated += channelEscalations.length;
  if (run.people + run.escalated > 0) ctx.notificationsQueued();
  return run;
}

/** The desk, with everybody who would be written to looked at anew. */
async function withFreshRecipients(
  ctx: Context,
  inputs: ReminderInputs,
  followUps: readonly PlannedFollowUp[],
  now: Date,
): Promise<ReminderInputs> {
  const { dueReminders } = groupReminders(deliverableSteps(inputs, now), followUps);
  const knownPeople = await readKnownPeople(ctx.db);
  const stale = dueReminders.filter(({ to }) => {
    const lookup = knownPeople(to);
    return lookup.kind !== 'person' || now.getTime() - lookup.person.readAt.getTime() >= MAX_PERSON_AGE_MS;
  });
  for (const { to } of stale) {
    try {
      await ctx.people.byName(to, MAX_PERSON_AGE_MS);
    } catch (error) {
      ctx.log.warn({ user: to, err: error }, 'Slack did not say whether somebody is there');
    }
  }
  return stale.length > 0 ? readReminderInputs(ctx) : inputs;
}

/** What may be carried out: nothing of people who are not to hear of it yet. */
function deliverableSteps(inputs: ReminderInputs, now: Date): PlannedReminderStep[] {
  return planSteps(inputs, now)
    .filter(({ account }) => shouldSendTo(account.owner, inputs.config))
    .map((planned) => {
      if (planned.step.kind !== 'escalate') return planned;
      const target = planned.escalatesTo === null ? null : inputs.backup;
      // Who must not hear of it yet will: until then the owner is shown the account when others are due.
      return shouldSendTo(target, inputs.config)
        ? planned
        : { ...planned, step: { kind: 'wait', until: now, reason: 'cadence', next: 'escalate' } };
    });
}

async function deliverableFollowUps(
  { people, config, log }: Context,
  followUps: readonly PlannedFollowUp[],
): Promise<PlannedFollowUp[]> {
  const sent: PlannedFollowUp[] = [];
  for (const followUp of followUps) {
    try {
      const person = await people.byName(followUp.to);
      if (person && shouldSendTo({ id: followUp.to, email: person.email }, config)) sent.push(followUp);
    } catch (error) {
      log.warn({ user: followUp.to, err: error }, 'Slack did not say who waits for a key');
    }
  }
  return sent;
}

/** So many reminders are written by one transaction. */
const REMINDERS_PER_TRANSACTION = 50;

/** Reminders begin, change hands and end with what they are about. */
async function syncReminders({ db }: Context, inputs: ReminderInputs, now: Date): Promise<void> {
  const changed = inputs.candidates.filter(
    ({ owner, reminder, savedReminder }) =>
      shouldSendTo(owner, inputs.config) && !isDeepStrictEqual(reminder, savedReminder),
  );
  // Each stands for itself, so nobody who asks something meanwhile waits for all of them.
  for await (const batch of inBatches(changed, REMINDERS_PER_TRANSACTION)) {
    await db.transaction(async (tx) => {
      const owners = new Map(batch.map(({ reminder }) => [reminder.accountId, reminder.owner]));
      const saved = await createReminders(
        tx,
        batch.map(({ reminder }) => reminder),
      );
      const updated = saved.map((one) => withOwner(one, owners.get(one.accountId) ?? null, now));
      await saveReminders(
        tx,
        updated.filter((one, n) => one !== saved[n]),
      );
    });
  }
  for await (const batch of inBatches(inputs.resolvedAccountIds, REMINDERS_PER_TRANSACTION)) {
    await db.transaction((tx) => deleteReminders(tx, batch));
  }
}

interface RunState {
  readonly decisions: Decisions;
  readonly knownPeople: KnownPeople;
  readonly now: Date;
}

/** So many letters are written by one transaction: each has to reach the disk before the next begins. */
const NOTIFICATIONS_PER_TRANSACTION = 10;

/** In one order for every instance, so that nobody waits crosswise. */
function byRecipient(a: DueReminder<ReminderCandidate>, b: DueReminder<ReminderCandidate>): number {
  return a.to < b.to ? -1 : 1;
}

/** Those whose letter was written. */
async function enqueueReminders(
  ctx: Context,
  inputs: ReminderInputs,
  dueReminders: readonly DueReminder<ReminderCandidate>[],
  state: RunState,
): Promise<DueReminder<ReminderCandidate>[]> {
  const zones = new Map<SlackUserId, string>();
  for (const { to } of dueReminders) {
    const lookup = state.knownPeople(to);
    const person = lookup.kind === 'person' ? lookup.person : await ctx.people.byName(to);
    zones.set(to, timeZoneOrDefault(person?.timeZone, inputs.config.schedule.timezone));
  }
  return ctx.db.transaction(async (tx) => {
    const enqueued: DueReminder<ReminderCandidate>[] = [];
    for (const reminder of dueReminders) {
      const key = reminderKey(
        reminder.to,
        state.now,
        zones.get(reminder.to) ?? inputs.config.schedule.timezone,
      );
      if (await enqueueReminder(tx, inputs, reminder, key, state)) enqueued.push(reminder);
    }
    return enqueued;
  });
}

/** Whether the letter was written: not if they had theirs today, or decided something in the meantime. */
async function enqueueReminder(
  tx: Database,
  inputs: ReminderInputs,
  dueReminder: DueReminder<ReminderCandidate>,
  key: string,
  { decisions, now }: RunState,
): Promise<boolean> {
  const { to, accounts, counted, escalated: otherCandidates } = dueReminder;
  if ((await notificationByKey(tx, key)) || !(await areUnchanged(tx, [...counted, ...otherCandidates])))
    return false;
  const requests = await followUpInReminder(tx, dueReminder.requests, now);
  if (accounts.length + otherCandidates.length + requests.length === 0) return false;
  const payload = reminderNotification(dueReminder, requests, inputs, decisions, now);
  const notification = {
    key,
    kind: payload.kind,
    to: { kind: 'person', id: to },
    about: [...accounts, ...otherCandidates].map(({ id }) => id),
    payload,
  } as const;
  await enqueue(tx, notification, now);
  await saveReminders(tx, [
    ...counted.map(({ reminder }) => markReminded(reminder, key, now)),
    ...otherCandidates.map(({ reminder }) => markEscalated(reminder, now)),
  ]);
  await saveLastRemindedAt(tx, to, now);
  return true;
}

/** Nobody snoozed, disowned or took over any of them since the round was planned; then they are ours to write to. */
async function areUnchanged(tx: Database, accounts: readonly ReminderCandidate[]): Promise<boolean> {
  const locked = await lockReminders(
    tx,
    accounts.map(({ id }) => id),
  );
  return accounts.every(({ id, reminder }) => isDeepStrictEqual(locked.get(id), reminder));
}

const DAY_MS = 24 * 60 * 60_000;
/** In the thread of an older digest nobody would see it. */
const DIGEST_THREAD_MAX_AGE_MS = 14 * DAY_MS;

/** Whether somebody was told of accounts whose owners do not answer: the channel, and without one every admin. */
async function enqueueEscalations(
  { db, channels, people, config, log }: Context,
  accounts: readonly ReminderCandidate[],
  now: Date,
): Promise<boolean> {
  const { digest } = channels;
  const recipients: readonly Recipient[] =
    digest === null
      ? (await people.admins()).map((id) => ({ kind: 'person', id }))
      : [{ kind: 'channel', id: digest }];
  if (recipients.length === 0) {
    log.warn({}, 'Nobody can hear of accounts whose owners do not answer: set slack.channel or slack.admins');
    return false;
  }

  return db.transaction(async (tx) => {
    const keyFor = ({ id }: Recipient) => escalationKey(id, now, config.schedule.timezone);
    for (const recipient of recipients) if (await notificationByKey(tx, keyFor(recipient))) return false;
    if (!(await areUnchanged(tx, accounts))) return false;

    const latestDigest = await latestNotification(tx, 'digest');
    const isRecent =
      latestDigest && now.getTime() - latestDigest.createdAt.getTime() < DIGEST_THREAD_MAX_AGE_MS;
    const payload = escalationNotification(accounts);
    const about = accounts.map(({ id }) => id);
    for (const to of recipients) {
      const thread = isRecent && latestDigest.to.id === to.id ? latestDigest.key : undefined;
      await enqueue(tx, { key: keyFor(to), kind: payload.kind, to, thread, about, payload }, now);
    }
    await saveReminders(
      tx,
      accounts.map(({ reminder }) => markEscalated(reminder, now)),
    );
    return true;
  });
}

import { isDeepStrictEqual } from 'node:util';
import { usableZone } from '../../domain/calendar.ts';
import { escalationKey, reminderKey } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { escalated, ownedBy, reminded } from '../../domain/reminder.ts';
import { type Nudge, type PlannedChase, roundOf } from '../../domain/due-reminder.ts';
import { inBatches } from '../../store/batches.ts';
import type { Database } from '../../store/database.ts';
import type { Decisions } from '../../store/decision-cache.ts';
import { letterByKey, newestLetter, post, type Recipient } from '../../store/outbox.ts';
import { type Remembered, rememberedPeople } from '../../store/people.ts';
import {
  beginReminders,
  forgetReminders,
  lockReminders,
  rememberNudge,
  saveReminders,
} from '../../store/reminders.ts';
import { askAboutRequests } from '../tokens/follow-up-token-requests.ts';
import type { Context } from '../shared/context.ts';
import {
  isSentTo,
  type OwedAccount,
  type OwedStep,
  type ReminderDesk,
  readReminderDesk,
  stepsAt,
} from './plan-reminders.ts';
import { escalationLetter, reminderLetter } from './build-reminder-notifications.ts';

/** What a round came to. */
export interface ReminderRound {
  /** People who were written to, and for how many accounts. */
  readonly people: number;
  readonly accounts: number;
  /** Accounts of which somebody else was told. */
  readonly escalated: number;
}

const NOTHING: ReminderRound = { people: 0, accounts: 0, escalated: 0 };
/** Whoever is written to is looked at once more: they may have left, or gone away, since yesterday. */
const FRESH_MS = 60 * 60_000;

/**
 * Writes to everybody of whom something is to be asked now: one letter each, in their own working hours.
 *
 * `chases`: whom a token request waits for, to be asked in the same letter. While reminders are off or only previewed
 * nothing is sent, and nothing is remembered.
 */
export async function remindOwners(ctx: Context, chases: readonly PlannedChase[]): Promise<ReminderRound> {
  const { mode } = ctx.config.reminders;
  if (mode === 'off' || mode === 'preview') return NOTHING;

  const now = ctx.now();
  const desk = await freshFor(ctx, await readReminderDesk(ctx), chases, now);
  await keepUp(ctx, desk, now);

  const { nudges, toChannel } = roundOf(sentSteps(desk, now), await sentChases(ctx, chases));
  // Every letter changes what is remembered: read anew for each of them, thousands would take minutes.
  const decisions = await ctx.decisions.current();
  const remembered = await rememberedPeople(ctx.db);
  const done = { people: 0, accounts: 0, escalated: 0 };
  for await (const some of inBatches(nudges.toSorted(byReader), LETTERS_AT_ONCE)) {
    for (const nudge of await writeNudges(ctx, desk, some, { decisions, remembered, now })) {
      done.people += 1;
      done.accounts += nudge.counted.length;
      done.escalated += nudge.escalated.length;
    }
  }
  if (toChannel.length > 0 && (await escalateToAll(ctx, toChannel, now))) done.escalated += toChannel.length;
  if (done.people + done.escalated > 0) ctx.lettersWritten();
  return done;
}

/** The desk, with everybody who would be written to looked at anew. */
async function freshFor(
  ctx: Context,
  desk: ReminderDesk,
  chases: readonly PlannedChase[],
  now: Date,
): Promise<ReminderDesk> {
  const { nudges } = roundOf(sentSteps(desk, now), chases);
  const remembered = await rememberedPeople(ctx.db);
  const stale = nudges.filter(({ to }) => {
    const answer = remembered(to);
    return answer.kind !== 'person' || now.getTime() - answer.person.readAt.getTime() >= FRESH_MS;
  });
  for (const { to } of stale) {
    try {
      await ctx.people.byName(to, FRESH_MS);
    } catch (error) {
      ctx.log.warn({ user: to, err: error }, 'Slack did not say whether somebody is there');
    }
  }
  return stale.length > 0 ? readReminderDesk(ctx) : desk;
}

/** What may be carried out: nothing of people who are not to hear of it yet. */
function sentSteps(desk: ReminderDesk, now: Date): OwedStep[] {
  return stepsAt(desk, now)
    .filter(({ account }) => isSentTo(account.owner, desk.config))
    .map((planned) => {
      if (planned.step.kind !== 'escalate') return planned;
      const target = planned.escalatesTo === null ? null : desk.backup;
      // Who must not hear of it yet will: until then the owner is shown the account when others are due.
      return isSentTo(target, desk.config)
        ? planned
        : { ...planned, step: { kind: 'wait', until: now, because: 'cadence', next: 'escalate' } };
    });
}

async function sentChases(
  { people, config, log }: Context,
  chases: readonly PlannedChase[],
): Promise<PlannedChase[]> {
  const sent: PlannedChase[] = [];
  for (const chase of chases) {
    try {
      const person = await people.byName(chase.to);
      if (person && isSentTo({ id: chase.to, email: person.email }, config)) sent.push(chase);
    } catch (error) {
      log.warn({ user: chase.to, err: error }, 'Slack did not say who waits for a key');
    }
  }
  return sent;
}

/** So many reminders are written by one transaction. */
const AT_ONCE = 50;

/** Reminders begin, change hands and end with what they are about. */
async function keepUp({ db }: Context, desk: ReminderDesk, now: Date): Promise<void> {
  const changed = desk.owed.filter(
    ({ owner, reminder, remembered }) =>
      isSentTo(owner, desk.config) && !isDeepStrictEqual(reminder, remembered),
  );
  // Each stands for itself, so nobody who asks something meanwhile waits for all of them.
  for await (const some of inBatches(changed, AT_ONCE)) {
    await db.transaction(async (tx) => {
      const owners = new Map(some.map(({ reminder }) => [reminder.accountId, reminder.owner]));
      const kept = await beginReminders(
        tx,
        some.map(({ reminder }) => reminder),
      );
      const theirs = kept.map((one) => ownedBy(one, owners.get(one.accountId) ?? null, now));
      await saveReminders(
        tx,
        theirs.filter((one, n) => one !== kept[n]),
      );
    });
  }
  for await (const some of inBatches(desk.settled, AT_ONCE)) {
    await db.transaction((tx) => forgetReminders(tx, some));
  }
}

interface Known {
  readonly decisions: Decisions;
  readonly remembered: Remembered;
  readonly now: Date;
}

/** So many letters are written by one transaction: each has to reach the disk before the next begins. */
const LETTERS_AT_ONCE = 10;

/** In one order for every instance, so that nobody waits crosswise. */
function byReader(a: Nudge<OwedAccount>, b: Nudge<OwedAccount>): number {
  return a.to < b.to ? -1 : 1;
}

/** Those whose letter was written. */
async function writeNudges(
  ctx: Context,
  desk: ReminderDesk,
  nudges: readonly Nudge<OwedAccount>[],
  known: Known,
): Promise<Nudge<OwedAccount>[]> {
  const zones = new Map<SlackUserId, string>();
  for (const { to } of nudges) {
    const answer = known.remembered(to);
    const person = answer.kind === 'person' ? answer.person : await ctx.people.byName(to);
    zones.set(to, usableZone(person?.timeZone, desk.config.schedule.timezone));
  }
  return ctx.db.transaction(async (tx) => {
    const written: Nudge<OwedAccount>[] = [];
    for (const nudge of nudges) {
      const key = reminderKey(nudge.to, known.now, zones.get(nudge.to) ?? desk.config.schedule.timezone);
      if (await writeNudge(tx, desk, nudge, key, known)) written.push(nudge);
    }
    return written;
  });
}

/** Whether the letter was written: not if they had theirs today, or decided something in the meantime. */
async function writeNudge(
  tx: Database,
  desk: ReminderDesk,
  nudge: Nudge<OwedAccount>,
  key: string,
  { decisions, now }: Known,
): Promise<boolean> {
  const { to, accounts, counted, escalated: others } = nudge;
  if ((await letterByKey(tx, key)) || !(await areAsPlanned(tx, [...counted, ...others]))) return false;
  const requests = await askAboutRequests(tx, nudge.requests, now);
  if (accounts.length + others.length + requests.length === 0) return false;
  const payload = reminderLetter(nudge, requests, desk, decisions, now);
  const letter = {
    key,
    kind: payload.kind,
    to: { kind: 'person', id: to },
    about: [...accounts, ...others].map(({ id }) => id),
    payload,
  } as const;
  await post(tx, letter, now);
  await saveReminders(tx, [
    ...counted.map(({ reminder }) => reminded(reminder, key, now)),
    ...others.map(({ reminder }) => escalated(reminder, now)),
  ]);
  await rememberNudge(tx, to, now);
  return true;
}

/** Nobody snoozed, disowned or took over any of them since the round was planned; then they are ours to write to. */
async function areAsPlanned(tx: Database, accounts: readonly OwedAccount[]): Promise<boolean> {
  const locked = await lockReminders(
    tx,
    accounts.map(({ id }) => id),
  );
  return accounts.every(({ id, reminder }) => isDeepStrictEqual(locked.get(id), reminder));
}

const DAY_MS = 24 * 60 * 60_000;
/** In the thread of an older digest nobody would see it. */
const DIGEST_IS_READ_MS = 14 * DAY_MS;

/** Whether somebody was told of accounts whose owners do not answer: the channel, and without one every admin. */
async function escalateToAll(
  { db, channels, people, config, log }: Context,
  accounts: readonly OwedAccount[],
  now: Date,
): Promise<boolean> {
  const { digest } = channels;
  const readers: readonly Recipient[] =
    digest === null
      ? (await people.admins()).map((id) => ({ kind: 'person', id }))
      : [{ kind: 'channel', id: digest }];
  if (readers.length === 0) {
    log.warn({}, 'Nobody can hear of accounts whose owners do not answer: set slack.channel or slack.admins');
    return false;
  }

  return db.transaction(async (tx) => {
    const keyFor = ({ id }: Recipient) => escalationKey(id, now, config.schedule.timezone);
    for (const reader of readers) if (await letterByKey(tx, keyFor(reader))) return false;
    if (!(await areAsPlanned(tx, accounts))) return false;

    const newest = await newestLetter(tx, 'digest');
    const isRead = newest && now.getTime() - newest.createdAt.getTime() < DIGEST_IS_READ_MS;
    const payload = escalationLetter(accounts);
    const about = accounts.map(({ id }) => id);
    for (const to of readers) {
      const thread = isRead && newest.to.id === to.id ? newest.key : undefined;
      await post(tx, { key: keyFor(to), kind: payload.kind, to, thread, about, payload }, now);
    }
    await saveReminders(
      tx,
      accounts.map(({ reminder }) => escalated(reminder, now)),
    );
    return true;
  });
}

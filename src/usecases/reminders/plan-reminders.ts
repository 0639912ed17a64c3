import type { Config } from '../../config/config.ts';
import type { AccountId } from '../../domain/account.ts';
import { isRegression } from '../../domain/change.ts';
import { type Addressee, deliveryTo } from '../../domain/contact-time.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { newReminder, nextStep, ownedBy, type Reminder, type ReminderStep } from '../../domain/reminder.ts';
import { escalationTarget, type PlannedStep } from '../../domain/due-reminder.ts';
import type { Ranked } from '../../domain/worst-first.ts';
import { inBatches } from '../../store/batches.ts';
import { newestLetter } from '../../store/outbox.ts';
import { lastNudges } from '../../store/reminders.ts';
import { replacedSince } from '../../store/verdict-changes.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { type Reachable, reachable, resolveOwners } from '../owners/resolve-owners.ts';

/** An account that falls short, who answers for it, and what they are owed about it. */
export interface OwedAccount extends Ranked {
  readonly view: AccountView;
  /** `null`: nobody who can be reached. */
  readonly owner: Reachable | null;
  /** As it is remembered once the round went through; of an account without one yet, as it would begin. */
  readonly reminder: Reminder;
  /** As it is remembered now. */
  readonly remembered: Reminder | null;
}

/** Everything that a round of reminders looks at. */
export interface ReminderDesk {
  readonly config: Config;
  /** Everything that falls short and of which somebody could tell whose it is. */
  readonly owed: readonly OwedAccount[];
  /** Reminders of which nothing is left: the account is in order, or closed. */
  readonly settled: readonly AccountId[];
  readonly lastNudges: ReadonlyMap<SlackUserId, Date>;
  /** Who hears of accounts whose owners do not answer; `null`: the channel. */
  readonly backup: Reachable | null;
  /** When the channel was last told of any. */
  readonly channelToldAt: Date | null;
  /** How many accounts each person answers for, whether or not they fall short. */
  readonly owned: ReadonlyMap<SlackUserId, number>;
  /** How many of them fall short. */
  readonly unmet: ReadonlyMap<SlackUserId, number>;
}

/** A step, with the owner as they are written to. */
export type OwedStep = PlannedStep<OwedAccount>;

const DAY_MS = 24 * 60 * 60_000;
/** So many are looked at before somebody else gets a turn. */
const VIEWS_AT_ONCE = 1_000;
/** Whoever is really written to is looked at anew; to ask for everybody all the time would keep Slack busy for nothing. */
const PEOPLE_MAX_AGE_MS = 7 * DAY_MS;

/** Lays out everything that a round of reminders looks at, as it is now; or what it looks at of some of the accounts. */
export async function readReminderDesk(
  ctx: Context,
  concerns: (view: AccountView) => boolean = () => true,
): Promise<ReminderDesk> {
  const { config, db, decisions, people } = ctx;
  const now = ctx.now();
  const views = await readAccounts(ctx);
  const { reminders } = await decisions.current();
  const answers = await resolveOwners(ctx, views.filter(concerns));
  const replaced = await replacedSince(db, recently(config, now));
  const newest = await newestLetter(db, 'escalation');

  const standings = new Map(views.map(({ account, standing }) => [account.id, standing]));
  const isSettled = (id: AccountId) => {
    const standing = standings.get(id);
    return standing === undefined || standing === 'met' || standing === 'not_applicable';
  };
  const { backup } = config.reminders;
  const backupPerson = backup === undefined ? undefined : await people.byName(backup, PEOPLE_MAX_AGE_MS);
  const owedAbout = (view: AccountView): OwedAccount[] => {
    const answer = answers.get(view.account.id);
    if (view.standing !== 'unmet' || !answer || answer.kind === 'not-known') return [];
    const owner = answer.kind === 'person' ? answer.person : null;
    const known = reminders.get(view.account.id);
    const regressed = isRegression(replaced.get(view.account.id), view.account.verdict);
    const since = view.account.since ?? now;
    const reminder = known
      ? ownedBy(known, owner?.id ?? null, now)
      : newReminder(view.account.id, owner?.id ?? null, { since, regressed });
    return [{ ...rankOf(view), view, owner, reminder, remembered: known ?? null }];
  };
  const owed: OwedAccount[] = [];
  for await (const some of inBatches(views, VIEWS_AT_ONCE)) owed.push(...some.flatMap(owedAbout));
  return {
    config,
    owed,
    settled: [...reminders.keys()].filter(isSettled),
    lastNudges: await lastNudges(db),
    backup: (backupPerson && reachable(backupPerson, config)) ?? null,
    channelToldAt: newest?.createdAt ?? null,
    owned: countByPerson(
      [...answers.values()].map((answer) => (answer.kind === 'person' ? answer.person : null)),
    ),
    unmet: countByPerson(owed.map(({ owner }) => owner)),
  };
}

/** What is to be done at that time about every account that has an owner, or about some of them. */
export function stepsAt(desk: ReminderDesk, at: Date, owed = desk.owed): OwedStep[] {
  return owed.flatMap((account): OwedStep[] => {
    const { owner } = account;
    if (!owner) return [];
    const escalatesTo = escalationTarget(owner.id, desk.backup?.id ?? null);
    const step = stepAt(desk, account, at);
    return [{ account, owner: owner.id, escalatesTo, step }];
  });
}

/** What is to be done at that time about one account. */
export function stepAt(desk: ReminderDesk, { owner, view, reminder }: OwedAccount, at: Date): ReminderStep {
  const { config, lastNudges: nudges } = desk;
  const backup = owner && escalationTarget(owner.id, desk.backup?.id ?? null) !== null ? desk.backup : null;
  const channel: Addressee = {
    timeZone: config.schedule.timezone,
    awayUntil: null,
    lastNudgedAt: desk.channelToldAt,
  };
  const situation = {
    standing: view.standing,
    tokenRequestOpen: view.tokenRequest !== null,
    owner: owner && addressee(owner, nudges),
    escalatesTo: backup ? addressee(backup, nudges) : channel,
  };
  return nextStep(reminder, situation, config.reminders, at);
}

/** Whether what is owed to this person is sent, or only shown to admins. The channel hears only when all do. */
export function isSentTo(
  person: Pick<Reachable, 'id' | 'email'> | null,
  { reminders }: Pick<Config, 'reminders'>,
): boolean {
  return person ? deliveryTo(person, reminders) === 'send' : reminders.mode === 'on';
}

function addressee({ id, timeZone, awayUntil }: Reachable, nudges: ReminderDesk['lastNudges']): Addressee {
  return { timeZone, awayUntil, lastNudgedAt: nudges.get(id) ?? null };
}

function rankOf({ account, standing }: AccountView): Ranked {
  const { id, name, managementAccount, verdict, since } = account;
  return { id, name, managementAccount, standing, verdict, unmetSince: since };
}

/** Whether root lost its MFA matters only while grace might still be given. */
function recently({ reminders }: Config, now: Date): Date {
  return new Date(now.getTime() - 2 * (reminders.graceDays + 4) * DAY_MS);
}

function countByPerson(people: readonly (Reachable | null)[]): ReadonlyMap<SlackUserId, number> {
  const counts = new Map<SlackUserId, number>();
  for (const person of people) if (person) counts.set(person.id, (counts.get(person.id) ?? 0) + 1);
  return counts;
}

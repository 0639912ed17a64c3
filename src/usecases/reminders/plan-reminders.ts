import type { Config } from '../../config/config.ts';
import type { AccountId } from '../../domain/account.ts';
import { isRegression } from '../../domain/change.ts';
import { deliveryModeFor, type ReminderRecipient } from '../../domain/contact-time.ts';
import { escalationTarget, type PlannedStep } from '../../domain/due-reminder.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { newReminder, nextStep, type Reminder, type ReminderStep, withOwner } from '../../domain/reminder.ts';
import type { Ranked } from '../../domain/worst-first.ts';
import { inBatches } from '../../store/batches.ts';
import { latestNotification } from '../../store/outbox.ts';
import { lastRemindedAtByPerson } from '../../store/reminders.ts';
import { replacedVerdictsSince } from '../../store/verdict-changes.ts';
import { type ReachablePerson, resolveOwners, toReachablePerson } from '../owners/resolve-owners.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';

/** An account that falls short, who answers for it, and what they are owed about it. */
export interface ReminderCandidate extends Ranked {
  readonly view: AccountView;
  /** `null`: nobody who can be reached. */
  readonly owner: ReachablePerson | null;
  /** As it is remembered once the round went through; of an account without one yet, as it would begin. */
  readonly reminder: Reminder;
  /** As it is remembered now. */
  readonly savedReminder: Reminder | null;
}

/** Everything that a round of reminders looks at. */
export interface ReminderInputs {
  readonly config: Config;
  /** Everything that falls short and of which somebody could tell whose it is. */
  readonly candidates: readonly ReminderCandidate[];
  /** Reminders of which nothing is left: the account is in order, or closed. */
  readonly resolvedAccountIds: readonly AccountId[];
  readonly lastRemindedAt: ReadonlyMap<SlackUserId, Date>;
  /** Who hears of accounts whose owners do not answer; `null`: the channel. */
  readonly backup: ReachablePerson | null;
  /** When the channel was last told of any. */
  readonly channelNotifiedAt: Date | null;
  /** How many accounts each person answers for, whether or not they fall short. */
  readonly ownedCounts: ReadonlyMap<SlackUserId, number>;
  /** How many of them fall short. */
  readonly noncompliantCounts: ReadonlyMap<SlackUserId, number>;
}

/** A step, with the owner as they are written to. */
export type PlannedReminderStep = PlannedStep<ReminderCandidate>;

const DAY_MS = 24 * 60 * 60_000;
/** So many are looked at before somebody else gets a turn. */
const VIEW_BATCH_SIZE = 1_000;
/** Whoever is really written to is looked at anew; to ask for everybody all the time would keep Slack busy for nothing. */
const PEOPLE_MAX_AGE_MS = 7 * DAY_MS;

/** Lays out everything that a round of reminders looks at, as it is now; or what it looks at of some of the accounts. */
export async function readReminderInputs(
  ctx: Context,
  isRelevant: (view: AccountView) => boolean = () => true,
): Promise<ReminderInputs> {
  const { config, db, decisions, people } = ctx;
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
  const { backup } = config.reminders;
  const backupPerson = backup === undefined ? undefined : await people.byName(backup, PEOPLE_MAX_AGE_MS);
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
    return [{ ...toRanked(view), view, owner, reminder, savedReminder: saved ?? null }];
  };
  const candidates: ReminderCandidate[] = [];
  for await (const batch of inBatches(views, VIEW_BATCH_SIZE))
    candidates.push(...batch.flatMap(candidatesFor));
  return {
    config,
    candidates,
    resolvedAccountIds: [...reminders.keys()].filter(isResolved),
    lastRemindedAt: await lastRemindedAtByPerson(db),
    backup: (backupPerson && toReachablePerson(backupPerson, config)) ?? null,
    channelNotifiedAt: latestEscalation?.createdAt ?? null,
    ownedCounts: countByPerson(
      [...resolutions.values()].map((resolution) =>
        resolution.kind === 'person' ? resolution.person : null,
      ),
    ),
    noncompliantCounts: countByPerson(candidates.map(({ owner }) => owner)),
  };
}

/** What is to be done at that time about every account that has an owner, or about some of them. */
export function planSteps(
  inputs: ReminderInputs,
  at: Date,
  candidates = inputs.candidates,
): PlannedReminderStep[] {
  return candidates.flatMap((account): PlannedReminderStep[] => {
    const { owner } = account;
    if (!owner) return [];
    const escalatesTo = escalationTarget(owner.id, inputs.backup?.id ?? null);
    const step = planStep(inputs, account, at);
    return [{ account, owner: owner.id, escalatesTo, step }];
  });
}

/** What is to be done at that time about one account. */
export function planStep(
  inputs: ReminderInputs,
  { owner, view, reminder }: ReminderCandidate,
  at: Date,
): ReminderStep {
  const { config, lastRemindedAt } = inputs;
  const backup =
    owner && escalationTarget(owner.id, inputs.backup?.id ?? null) !== null ? inputs.backup : null;
  const channel: ReminderRecipient = {
    timeZone: config.schedule.timezone,
    awayUntil: null,
    lastContactedAt: inputs.channelNotifiedAt,
  };
  const situation = {
    compliance: view.compliance,
    tokenRequestOpen: view.tokenRequest !== null,
    owner: owner && toAddressee(owner, lastRemindedAt),
    escalatesTo: backup ? toAddressee(backup, lastRemindedAt) : channel,
  };
  return nextStep(reminder, situation, config.reminders, at);
}

/** Whether what is owed to this person is sent, or only shown to admins. The channel hears only when all do. */
export function shouldSendTo(
  person: Pick<ReachablePerson, 'id' | 'email'> | null,
  { reminders }: Pick<Config, 'reminders'>,
): boolean {
  return person ? deliveryModeFor(person, reminders) === 'send' : reminders.mode === 'on';
}

function toAddressee(
  { id, timeZone, awayUntil }: ReachablePerson,
  lastRemindedAt: ReminderInputs['lastRemindedAt'],
): ReminderRecipient {
  return { timeZone, awayUntil, lastContactedAt: lastRemindedAt.get(id) ?? null };
}

function toRanked({ account, compliance }: AccountView): Ranked {
  const { id, name, managementAccount, verdict, since } = account;
  return { id, name, managementAccount, compliance, verdict, noncompliantSince: since };
}

/** Whether root lost its MFA matters only while grace might still be given. */
function regressionWindowStart({ reminders }: Config, now: Date): Date {
  return new Date(now.getTime() - 2 * (reminders.graceDays + 4) * DAY_MS);
}

function countByPerson(people: readonly (ReachablePerson | null)[]): ReadonlyMap<SlackUserId, number> {
  const counts = new Map<SlackUserId, number>();
  for (const person of people) if (person) counts.set(person.id, (counts.get(person.id) ?? 0) + 1);
  return counts;
}

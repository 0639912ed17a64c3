import { lastWord } from '../../domain/attestation.ts';
import type {
  EscalatedAccount,
  EscalationLetter,
  RemindedAccount,
  ReminderLetter,
} from '../../domain/notification.ts';
import { cut, listed } from '../../domain/counted-list.ts';
import type { Asked } from '../../domain/policy.ts';
import { type Remediation, remediationFor } from '../../domain/remediation.ts';
import type { Nudge } from '../../domain/due-reminder.ts';
import type { Decisions } from '../../store/decision-cache.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import type { OwedAccount, ReminderDesk } from './plan-reminders.ts';

/** A letter names so many; of the others it says how many they are. */
const NAMED = 50;

/** Everything that is asked of one person today, in words that hold on their own. */
export function reminderLetter(
  nudge: Nudge<OwedAccount>,
  requests: ReminderLetter['requests'],
  desk: ReminderDesk,
  decisions: Decisions,
  now: Date,
): ReminderLetter {
  const { reminders } = desk.config;
  const accounts = nudge.accounts.map((account) => remindedAccount(account, desk.config, decisions, now));
  const snoozesLeft = nudge.accounts.map(({ reminder }) => reminders.maxSnoozes - reminder.snoozes);
  return {
    kind: 'reminder',
    accounts: cut(listed(accounts), NAMED),
    counts: {
      owned: desk.owned.get(nudge.to) ?? nudge.accounts.length,
      unmet: desk.unmet.get(nudge.to) ?? 0,
    },
    snoozesLeft: Math.max(0, ...snoozesLeft),
    snoozeDays: reminders.snoozeDays,
    earlier: Math.max(0, ...nudge.accounts.map(({ reminder }) => reminder.timesSent)),
    last:
      nudge.counted.length > 0 &&
      nudge.counted.every(({ reminder }) => reminder.timesSent + 1 >= reminders.escalateAfter),
    escalated: cut(listed(nudge.escalated.map(escalatedAccount)), NAMED),
    requests,
    fixed: [],
  };
}

/** What owners did not answer, for the channel. */
export function escalationLetter(accounts: readonly OwedAccount[]): EscalationLetter {
  return { kind: 'escalation', accounts: cut(listed(accounts.map(escalatedAccount)), NAMED), fixed: [] };
}

function remindedAccount(
  { view, reminder }: OwedAccount,
  config: Context['config'],
  decisions: Decisions,
  now: Date,
): RemindedAccount {
  const { account, asked } = view;
  return {
    id: account.id,
    name: account.name,
    managementAccount: account.managementAccount,
    mfa: account.verdict?.mfa ?? 'unknown',
    level: asked.level,
    why: account.verdict?.why ?? '',
    nextStep: firstStepFor(view, config, decisions, now),
    since: reminder.unmetSince.toISOString(),
    regressed: reminder.regressed,
  };
}

function escalatedAccount({ view, reminder }: OwedAccount): EscalatedAccount {
  const { account } = view;
  return {
    id: account.id,
    name: account.name,
    // Only what an owner did not answer is escalated.
    owner: reminder.owner as EscalatedAccount['owner'],
    mfa: account.verdict?.mfa ?? 'unknown',
    why: account.verdict?.why ?? '',
    since: reminder.unmetSince.toISOString(),
    timesReminded: reminder.timesSent,
  };
}

/** What the owner of the account might do first, in a line. */
export function firstStepFor(
  view: AccountView,
  config: Context['config'],
  decisions: Decisions,
  now: Date,
): string {
  return firstStep(remediationOf(view, config, decisions, now), view.asked);
}

function remediationOf(
  { account, asked }: AccountView,
  { policy, remediation }: Context['config'],
  { attestations }: Decisions,
  now: Date,
): Remediation {
  const word = attestations.get(account.id);
  return remediationFor(account, account.verdict, asked, {
    cis: policy.cis,
    links: remediation.links,
    attestation: word && lastWord([word], now),
    unread: account.unread,
  });
}

/** The shortest way to fix it, in a line: what an admin can do centrally is theirs to be asked, the rest is one's own. */
export function firstStep({ ways, summary }: Remediation, { level }: Asked): string {
  const [best] = ways;
  if (!best) return summary;
  const own = ways.filter(({ who }) => who === 'owner');
  // Where any MFA will do, a phone is at hand already.
  const quickest = (level === 1 && own.find(({ kind }) => kind === 'authenticator-app')) || own[0];
  const ask = 'ask your security team to remove the root sign-in, so that nothing is left to protect';
  if (best.kind !== 'remove-credentials') {
    const way = best.who === 'owner' && quickest ? quickest : best;
    return `${way.title}: about ${way.minutes} minutes.`;
  }
  if (!quickest) return `${upperFirst(ask)}.`;
  return `${quickest.title} (about ${quickest.minutes} minutes), or ${ask}.`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

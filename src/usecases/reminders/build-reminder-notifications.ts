import { latestValidAttestation } from '../../domain/attestation.ts';
import { countedList, truncateList } from '../../domain/counted-list.ts';
import type { DueReminder } from '../../domain/due-reminder.ts';
import type {
  EscalatedAccount,
  EscalationNotification,
  RemindedAccount,
  ReminderNotification,
  TargetDate,
} from '../../domain/notification.ts';
import type { Requirement } from '../../domain/policy.ts';
import { type Remediation, remainingRootCredential, remediationFor } from '../../domain/remediation.ts';
import { daysUntil } from '../../domain/target.ts';
import type { Decisions } from '../../store/decision-cache.ts';
import type { AccountView, AccountViewInputs } from '../shared/account-view.ts';
import type { ReminderCandidate, ReminderInputs } from './plan-reminders.ts';
import { reminderPolicyOf } from './reminder-policy.ts';

/** Accounts that one message lists; the others are only counted. */
const MAX_ACCOUNTS = 50;

/** A due reminder with the token requests that it asks about. */
type ReminderContent = Omit<DueReminder<ReminderCandidate>, 'requests'> &
  Pick<ReminderNotification, 'requests'>;

/** Returns the message to one person, complete in itself: it is rendered without reading the store. */
export function reminderNotification(
  dueReminder: ReminderContent,
  inputs: ReminderInputs,
  decisions: Decisions,
): ReminderNotification {
  const { reminders } = inputs.config;
  const accounts = dueReminder.accounts.map((account) => toRemindedAccount(account, inputs, decisions));
  const snoozable = dueReminder.accounts.filter(({ view }) => !view.mfaRemoved);
  const snoozesLeft = snoozable.map(({ reminder }) => reminders.maxSnoozes - reminder.snoozes);
  return {
    kind: 'reminder',
    accounts: truncateList(countedList(accounts), MAX_ACCOUNTS),
    counts: {
      owned: inputs.ownedCounts.get(dueReminder.to) ?? dueReminder.accounts.length,
      noncompliant: inputs.noncompliantCounts.get(dueReminder.to) ?? 0,
    },
    snoozesLeft: Math.max(0, ...snoozesLeft),
    snoozeDays: Math.min(
      reminders.snoozeDays,
      ...dueReminder.accounts.map(({ view }) => reminderPolicyOf(view, inputs.config, inputs.at).snoozeDays),
    ),
    ...(accounts.length > 0 && snoozable.length === 0 && { onlyMfaRemoved: true }),
    earlier: Math.max(0, ...dueReminder.accounts.map(({ reminder }) => reminder.timesSent)),
    last:
      dueReminder.counted.length > 0 &&
      dueReminder.counted.every(
        ({ view, reminder }) =>
          reminder.timesSent + 1 === reminderPolicyOf(view, inputs.config, inputs.at).escalateAfter,
      ),
    escalated: truncateList(
      countedList(dueReminder.escalated.map((account) => toEscalatedAccount(account, inputs))),
      MAX_ACCOUNTS,
    ),
    requests: dueReminder.requests,
    fixed: [],
  };
}

/** Returns the message about accounts whose owners did not respond. */
export function escalationNotification(
  accounts: readonly ReminderCandidate[],
  inputs: Pick<ReminderInputs, 'config' | 'at'>,
): EscalationNotification {
  return {
    kind: 'escalation',
    accounts: truncateList(
      countedList(accounts.map((account) => toEscalatedAccount(account, inputs))),
      MAX_ACCOUNTS,
    ),
    fixed: [],
  };
}

function toRemindedAccount(
  { view, reminder }: ReminderCandidate,
  { config, at }: ReminderInputs,
  decisions: Decisions,
): RemindedAccount {
  const { account, required } = view;
  const rootCredential = account.verdict ? remainingRootCredential(account.verdict) : undefined;
  const forbidden = required.rootCredentials === 'forbidden';
  return {
    id: account.id,
    name: account.name,
    managementAccount: account.managementAccount,
    mfa: account.verdict?.mfa ?? 'unknown',
    level: required.level,
    ...(forbidden && { credentialsForbidden: true }),
    why: (forbidden ? account.verdict?.rootCredentialsWhy : account.verdict?.why) ?? '',
    ...(rootCredential && { rootCredential }),
    nextStep: pendingKeyText(view) ?? firstStepTextFor(view, { config, decisions }, at),
    ...targetDateOf(view, { config, at }),
    since: reminder.noncompliantSince.toISOString(),
    regressed: view.mfaRemoved || reminder.regressed,
    ...(reminder.firstEscalatedAt && { escalatedSince: reminder.firstEscalatedAt.toISOString() }),
  };
}

/** Returns what to do while a key request waits for approval; undefined without one. */
function pendingKeyText({ tokenRequest, account }: AccountView): string | undefined {
  if (tokenRequest?.state !== 'requested') return undefined;
  const waiting = 'A key request for it is waiting for approval, and I’m asking the approvers.';
  return account.verdict?.mfa === 'none'
    ? `${waiting} Until the key is here, register an authenticator app: about 5 minutes.`
    : waiting;
}

function targetDateOf(
  { nextTarget }: AccountView,
  { config, at }: Pick<ReminderInputs, 'config' | 'at'>,
): { readonly due?: TargetDate } {
  if (!nextTarget) return {};
  const { name, by } = nextTarget;
  return { due: { name, by, daysLeft: daysUntil(nextTarget, config.schedule.timezone, at) } };
}

function toEscalatedAccount(
  { view, reminder, contact }: ReminderCandidate,
  inputs: Pick<ReminderInputs, 'config' | 'at'>,
): EscalatedAccount {
  const { account } = view;
  return {
    id: account.id,
    name: account.name,
    // Only accounts with an owner are escalated.
    owner: reminder.owner as EscalatedAccount['owner'],
    mfa: account.verdict?.mfa ?? 'unknown',
    why: account.verdict?.why ?? '',
    since: reminder.noncompliantSince.toISOString(),
    timesReminded: reminder.timesSent,
    ...targetDateOf(view, inputs),
    escalations: reminder.escalations,
    ...(contact && { contact: contact.id }),
  };
}

/** Returns the first step for the owner of the account, in one line. */
export function firstStepTextFor(view: AccountView, viewInputs: AccountViewInputs, at: Date): string {
  return firstStepText(remediationOf(view, viewInputs, at), view.required);
}

function remediationOf(
  { account, required, policyCure }: AccountView,
  { config: { policy, remediation }, decisions }: AccountViewInputs,
  at: Date,
): Remediation {
  const attestation = decisions.attestations.get(account.id);
  return remediationFor(account, account.verdict, required, {
    cis: policy.cis,
    links: remediation.links,
    attestation: attestation && latestValidAttestation([attestation], at),
    readFailure: account.readFailure,
    policyCure,
  });
}

/** Returns the quickest fix in one line: the owner's own, or a request to the security team where only they can do it. */
export function firstStepText({ options, summary }: Remediation, { level }: Requirement): string {
  const [best] = options;
  if (!best) return summary;
  const ownerOptions = options.filter(({ actor }) => actor === 'owner');
  // Where any MFA will do, a phone is at hand already.
  const quickest =
    (level === 1 && ownerOptions.find(({ kind }) => kind === 'authenticator-app')) || ownerOptions[0];
  const askSecurityText = 'ask your security team to remove the root sign-in';
  if (best.kind !== 'remove-credentials') {
    const option = best.actor === 'owner' && quickest ? quickest : best;
    return `${option.title}: about ${option.minutes} minutes.`;
  }
  if (!quickest) return `${upperFirst(askSecurityText)}.`;
  return `${quickest.title} (about ${quickest.minutes} minutes), or ${askSecurityText}.`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

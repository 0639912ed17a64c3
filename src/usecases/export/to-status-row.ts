import { daysBetween } from '../../domain/calendar.ts';
import { unknownText } from '../../domain/unknown-reason.ts';
import { guardrailsRow } from '../../reports/guardrails-row.ts';
import type { StatusRow } from '../../reports/status-export.ts';
import type { AccountView, AccountViewInputs } from '../shared/account-view.ts';

/** The account as auditors get it: what a scan would say now, and what people made of it. */
export function toStatusRow(
  view: AccountView,
  { config, decisions }: AccountViewInputs,
  at: Date,
): StatusRow {
  const {
    account,
    owner,
    required,
    compliance,
    level1,
    level2,
    rootCredentials,
    exemption,
    exemptionLastDay,
    tokenRequest,
  } = view;
  const current = account.readFailure === null ? account.verdict : null;
  const isNoncompliant = compliance === 'noncompliant' || compliance === 'exempt';
  const since = isNoncompliant
    ? (decisions.reminders.get(account.id)?.noncompliantSince ?? account.since)
    : null;

  return {
    accountId: account.id,
    name: account.name,
    partition: account.partition,
    state: account.state,
    managementAccount: account.managementAccount,
    orgUnit: account.orgUnit,
    owner: owner?.identifier ?? null,
    requiredLevel: required.level,
    mfa: current?.mfa ?? 'unknown',
    level1,
    level2,
    rootCredentials,
    confidence: current?.confidence ?? 'none',
    flags: current?.flags ?? [],
    why: current?.why ?? unknownExplanation(view),
    compliance,
    checkedAt: account.checkedAt?.toISOString() ?? null,
    errors: account.readFailure?.errors ?? [],
    rootCredentialsWhy: current?.rootCredentialsWhy ?? unknownExplanation(view),
    guardrails: guardrailsRow(view.guardrails),
    noncompliantSince: since?.toISOString() ?? null,
    noncompliantDays: since && daysBetween(since, at, config.schedule.timezone),
    tokenRequest: tokenRequest && {
      id: tokenRequest.id,
      state: tokenRequest.state,
      ticket: tokenRequest.ticket,
    },
    exemption:
      exemption && exemptionLastDay !== undefined
        ? { state: exemption.state, until: exemptionLastDay, reason: exemption.reason }
        : null,
    ownerSource: owner?.source ?? null,
    ownerCorrection: view.ownerCorrection ?? null,
  };
}

/** The last known value is shown, but not counted. */
function unknownExplanation({ account, policyCure }: AccountView): string {
  const says = unknownText(account, policyCure);
  if (!account.verdict || !account.checkedAt) return says;
  return `${says} When it was last read, on ${account.checkedAt.toISOString().slice(0, 10)}: ${account.verdict.why}`;
}

import { daysBetween } from '../../domain/calendar.ts';
import type { KnownAccount } from '../../domain/scan.ts';
import { UNREAD_REASONS, unreadReason } from '../../domain/unknown-reason.ts';
import type { StatusRow } from '../../reports/status-export.ts';
import type { AccountView, Outlook } from '../shared/account-view.ts';

/** The account as auditors get it: what a scan would say now, and what people made of it. */
export function statusRow(view: AccountView, { config, decisions }: Outlook, at: Date): StatusRow {
  const { account, owner, asked, standing, level1, level2, exemption, leaveUntil, tokenRequest } = view;
  const current = account.unread === null ? account.verdict : null;
  const fallsShort = standing === 'unmet' || standing === 'exempt';
  const since = fallsShort ? (decisions.reminders.get(account.id)?.unmetSince ?? account.since) : null;

  return {
    accountId: account.id,
    name: account.name,
    partition: account.partition,
    state: account.state,
    managementAccount: account.managementAccount,
    orgUnit: account.orgUnit,
    owner: owner?.who ?? null,
    levelAsked: asked.level,
    mfa: current?.mfa ?? 'unknown',
    level1,
    level2,
    confidence: current?.confidence ?? 'none',
    flags: current?.flags ?? [],
    why: current?.why ?? whyNotKnown(account),
    standing,
    checkedAt: account.checkedAt?.toISOString() ?? null,
    errors: account.unread?.errors ?? [],
    unmetSince: since?.toISOString() ?? null,
    unmetDays: since && daysBetween(since, at, config.schedule.timezone),
    tokenRequest: tokenRequest && { id: tokenRequest.id, state: tokenRequest.state },
    exemption:
      exemption && leaveUntil !== undefined
        ? { state: exemption.state, until: leaveUntil, reason: exemption.reason }
        : null,
  };
}

/** What was true when it could last be read is told, and not counted. */
function whyNotKnown(account: KnownAccount): string {
  const { says } = UNREAD_REASONS[unreadReason(account)];
  if (!account.verdict || !account.checkedAt) return says;
  return `${says} When it was last read, on ${account.checkedAt.toISOString().slice(0, 10)}: ${account.verdict.why}`;
}

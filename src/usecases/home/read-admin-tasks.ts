import type { RequestedExemption } from '../../domain/exemption.ts';
import type { TokenRequestNotification } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import type { OpenRecovery } from '../../domain/recovery-window.ts';
import type { RemovalRequest } from '../../domain/removal-request.ts';
import { unknownText } from '../../domain/unknown-reason.ts';
import { listUnlistedAccounts, type NamedAccount } from '../../store/accounts.ts';
import { listDeadLetters, type Notification } from '../../store/outbox.ts';
import { listOpenRemovalRequests } from '../../store/removal-requests.ts';
import { findOwnerGaps, type OwnerGapReport } from '../owners/find-owner-gaps.ts';
import { countReminderAudience, type ReminderAudience } from '../reminders/read-own-reminders.ts';
import { readUnresponsiveOwners, type UnresponsiveOwner } from '../reminders/read-unresponsive-owners.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { readOpenTokenRequests } from '../tokens/read-token-requests.ts';

/** What waits for those who decide for the company. */
export interface AdminTasks {
  /** Every open one: to be decided first, then by state; each oldest first. */
  readonly requests: readonly TokenRequestNotification[];
  /** Pending exemption requests, oldest first. */
  readonly exemptions: readonly PendingExemption[];
  /** Open requests to remove root credentials, oldest first. */
  readonly removals: readonly { readonly request: RemovalRequest; readonly accountName: string }[];
  /** Requested and open recovery windows, those that end first at the top. */
  readonly recoveryWindows: readonly AccountWithRecoveryWindow[];
  readonly disowned: readonly DisownedAccount[];
  /** Accounts that the organization no longer lists: to be confirmed before they close. */
  readonly unlisted: readonly NamedAccount[];
  /** Why accounts cannot be judged, the most frequent reason first. */
  readonly unread: readonly { readonly explanation: string; readonly accounts: number }[];
  /** Undelivered messages of the last weeks, newest first. */
  readonly undelivered: readonly Notification[];
  /** Owners who have not answered any reminder for eight weeks or more. */
  readonly unresponsive: readonly UnresponsiveOwner[];
}

export interface PendingExemption {
  readonly view: AccountView;
  readonly exemption: RequestedExemption;
  /** `2026-12-31` */
  readonly lastDay: string;
}

export interface AccountWithRecoveryWindow {
  readonly view: AccountView;
  readonly window: OpenRecovery;
}

/** An account that its owner says is not theirs. */
export interface DisownedAccount {
  readonly view: AccountView;
  readonly by: SlackUserId;
  /** Untrusted text. */
  readonly reason: string;
}

const MAX_UNDELIVERED = 50;
const UNDELIVERED_WINDOW_MS = 14 * 24 * 60 * 60_000;

/** Reads what waits for admins. */
export async function readAdminTasks(ctx: Context): Promise<AdminTasks> {
  const recent = new Date(ctx.now().getTime() - UNDELIVERED_WINDOW_MS);
  const [views, requests, { reminders }, notifications, unlisted, removals] = await Promise.all([
    readAccounts(ctx),
    readOpenTokenRequests(ctx),
    ctx.decisions.current(),
    listDeadLetters(ctx.db, MAX_UNDELIVERED),
    listUnlistedAccounts(ctx.db),
    listOpenRemovalRequests(ctx.db),
  ]);
  const names = new Map(views.map(({ account }) => [account.id, account.name]));
  return {
    requests: requests.map(({ summary }) => summary),
    exemptions: views
      .flatMap((view): PendingExemption[] => {
        const { exemption, exemptionLastDay: lastDay } = view;
        return exemption?.state === 'asked' && lastDay !== undefined ? [{ view, exemption, lastDay }] : [];
      })
      .sort((a, b) => a.exemption.askedAt.getTime() - b.exemption.askedAt.getTime()),
    removals: removals.map((request) => ({
      request,
      accountName: names.get(request.accountId) ?? request.accountId,
    })),
    recoveryWindows: views
      .flatMap((view): AccountWithRecoveryWindow[] =>
        view.recoveryWindow ? [{ view, window: view.recoveryWindow }] : [],
      )
      .sort((a, b) => a.window.endsAt.getTime() - b.window.endsAt.getTime()),
    disowned: views.flatMap((view): DisownedAccount[] => {
      const disowned = reminders.get(view.account.id)?.disowned;
      return disowned && view.compliance === 'noncompliant'
        ? [{ view, by: disowned.by, reason: disowned.reason }]
        : [];
    }),
    unlisted,
    unread: unreadGroups(views),
    unresponsive: await readUnresponsiveOwners(ctx, views),
    undelivered: notifications.filter(({ createdAt }) => createdAt > recent),
  };
}

/** Returns who owns the company's accounts, as far as known, and who gets messages about them. */
export interface OwnersOverview {
  readonly ownerGaps: OwnerGapReport;
  readonly reminderAudience: ReminderAudience;
}

/** Finds accounts without a reachable owner. In a large company this can take a while: people are looked up in Slack. */
export async function readOwnersOverview(ctx: Context): Promise<OwnersOverview> {
  return { ownerGaps: await findOwnerGaps(ctx), reminderAudience: await countReminderAudience(ctx) };
}

function unreadGroups(views: readonly AccountView[]): AdminTasks['unread'] {
  const groups = new Map<string, number>();
  for (const { compliance, account, policyCure } of views) {
    if (compliance !== 'unknown') continue;
    const explanation = unknownText(account, policyCure);
    groups.set(explanation, (groups.get(explanation) ?? 0) + 1);
  }
  return [...groups]
    .map(([explanation, accounts]) => ({ explanation, accounts }))
    .sort((a, b) => b.accounts - a.accounts || (a.explanation < b.explanation ? -1 : 1));
}

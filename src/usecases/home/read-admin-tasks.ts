import type { Asked } from '../../domain/exemption.ts';
import type { TokenRequestLetter } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { UNREAD_REASONS, type UnreadReason, unreadReason } from '../../domain/unknown-reason.ts';
import { deadLetters, type Letter } from '../../store/outbox.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { findOwnerGaps, type OwnerFindings } from '../owners/find-owner-gaps.ts';
import { countReminded, type RemindedPeople } from '../reminders/read-own-reminders.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { readOpenRequests } from '../tokens/read-token-requests.ts';

/** What waits for those who decide for the company. */
export interface AdminDesk {
  /** To be decided, and to be sent; each oldest first. */
  readonly requests: readonly TokenRequestLetter[];
  /** That somebody asked for; oldest first. */
  readonly exemptions: readonly AskedLeave[];
  readonly disowned: readonly DisownedAccount[];
  /** Why accounts cannot be judged, the most frequent reason first. */
  readonly unread: readonly { readonly says: string; readonly accounts: number }[];
  /** Letters of the last weeks that nobody got, newest first. */
  readonly undelivered: readonly Letter[];
}

export interface AskedLeave {
  readonly view: AccountView;
  readonly exemption: Asked;
  /** `2026-12-31` */
  readonly lastDay: string;
}

/** An account that its owner says is not theirs. */
export interface DisownedAccount {
  readonly view: AccountView;
  readonly by: SlackUserId;
  /** Untrusted text. */
  readonly reason: string;
}

const LETTERS_READ = 50;
const LETTERS_MS = 14 * 24 * 60 * 60_000;

/** Reads what waits for admins. */
export async function readAdminDesk(ctx: Context): Promise<AdminDesk> {
  const recent = new Date(ctx.now().getTime() - LETTERS_MS);
  const [views, requests, { reminders }, letters] = await Promise.all([
    readAccounts(ctx),
    readOpenRequests(ctx),
    ctx.decisions.current(),
    deadLetters(ctx.db, LETTERS_READ),
  ]);
  return {
    requests: requests
      .map(({ shown }) => shown)
      .filter(({ state }) => state === 'requested' || state === 'approved'),
    exemptions: views
      .flatMap((view): AskedLeave[] => {
        const { exemption, leaveUntil: lastDay } = view;
        return exemption?.state === 'asked' && lastDay !== undefined ? [{ view, exemption, lastDay }] : [];
      })
      .sort((a, b) => a.exemption.askedAt.getTime() - b.exemption.askedAt.getTime()),
    disowned: views.flatMap((view): DisownedAccount[] => {
      const disowned = reminders.get(view.account.id)?.disowned;
      return disowned && view.standing === 'unmet'
        ? [{ view, by: disowned.by, reason: disowned.reason }]
        : [];
    }),
    unread: unreadGroups(views),
    undelivered: letters.filter(({ createdAt }) => createdAt > recent),
  };
}

/** Whom the company's accounts belong to, as far as anybody knows, and who hears of them. */
export interface OwnersDesk {
  readonly findings: OwnerFindings;
  readonly reminded: RemindedPeople;
}

/** Looks for accounts that nobody answers for. In a large company this may take a while: people are asked for. */
export async function readOwnersDesk(ctx: Context): Promise<OwnersDesk> {
  return { findings: await findOwnerGaps(ctx), reminded: await countReminded(ctx) };
}

function unreadGroups(views: readonly AccountView[]): AdminDesk['unread'] {
  const groups = new Map<UnreadReason, number>();
  for (const { standing, account } of views) {
    if (standing !== 'unknown') continue;
    const reason = unreadReason(account);
    groups.set(reason, (groups.get(reason) ?? 0) + 1);
  }
  return [...groups]
    .map(([reason, accounts]) => ({ says: UNREAD_REASONS[reason].says, accounts }))
    .sort((a, b) => b.accounts - a.accounts || (a.says < b.says ? -1 : 1));
}

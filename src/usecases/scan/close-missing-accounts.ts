import type { Account, AccountId } from '../../domain/account.ts';
import { canCloseUnconfirmed } from '../../domain/closing.ts';
import { countedList, truncateList } from '../../domain/counted-list.ts';
import type { CallError } from '../../domain/evidence.ts';
import { type AdminAlertNotification, missingAccountsKey } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import {
  closeAccounts,
  findMissingAccounts,
  listUnlistedAccounts,
  markUnlisted,
  type NamedAccount,
} from '../../store/accounts.ts';
import type { Database } from '../../store/database.ts';
import { enqueue, latestNotification, type Notification, updateNotification } from '../../store/outbox.ts';
import { markUnread } from '../../store/verdicts.ts';
import type { Context } from '../shared/context.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** Names that an alert shows. */
const MAX_NAMES = 10;

/** The reason on record of an account that is open, but no longer listed. */
const NOT_LISTED: CallError = {
  call: 'organizations:ListAccounts',
  code: 'NotListed',
  message: 'The organization no longer lists this account',
};

/**
 * Closes the accounts that a complete list no longer holds.
 *
 * Where more than a tenth of the company would close at once, none does: they count as unknown, and admins are asked.
 */
export async function closeMissingAccounts(
  tx: Database,
  ctx: Context,
  { listed, at }: { readonly listed: readonly Account[]; readonly at: Date },
): Promise<void> {
  const { missing, open } = await findMissingAccounts(
    tx,
    listed.map(({ id }) => id),
  );
  // Also those that close: if one comes back, the time between is not observed.
  await markUnread(tx, idsOf(missing), { since: at, errors: [NOT_LISTED] });
  if (canCloseUnconfirmed(missing.length, open)) {
    await closeAccounts(tx, idsOf(missing), at);
    await settleAlert(tx, { outcome: missing.length > 0 ? 'closed' : 'listed-again', by: null, at });
    return;
  }
  await markUnlisted(tx, idsOf(missing), at);
  await alert({ tx, ctx, at }, missing, open);
}

async function alert(
  { tx, ctx: { channels, log }, at }: UnitOfWork,
  missing: readonly NamedAccount[],
  open: number,
): Promise<void> {
  log.warn({ missing: missing.length, open }, 'Accounts are no longer listed, and wait for confirmation');
  const channel = channels.digest;
  const last = await openAlert(tx);
  if (channel === null || last?.payload.accounts.count === missing.length) return;
  const payload: MissingAccountsAlert = {
    kind: 'finding',
    finding: 'accounts-missing',
    accounts: truncateList(countedList(missing), MAX_NAMES),
    open,
  };
  const to = { kind: 'channel', id: channel } as const;
  const about = idsOf(missing);
  await enqueue(tx, { key: missingAccountsKey(at), kind: payload.kind, to, about, payload }, at);
}

type MissingAccountsAlert = Extract<AdminAlertNotification, { finding: 'accounts-missing' }>;

/** Says in the open alert what became of the accounts. */
export async function settleAlert(
  tx: Database,
  settled: {
    readonly outcome: 'closed' | 'listed-again';
    readonly by: SlackUserId | null;
    readonly at: Date;
  },
): Promise<void> {
  if ((await listUnlistedAccounts(tx)).length > 0) return;
  const open = await openAlert(tx);
  if (!open) return;
  const { outcome, by, at } = settled;
  await updateNotification(tx, open.key, { ...open.payload, settled: { outcome, by, at: at.toISOString() } });
}

async function openAlert(tx: Database): Promise<Notification<MissingAccountsAlert> | undefined> {
  const last = await latestNotification<MissingAccountsAlert>(tx, 'finding', 'finding/accounts-missing/');
  return last?.payload.settled ? undefined : last;
}

function idsOf(accounts: readonly NamedAccount[]): AccountId[] {
  return accounts.map(({ id }) => id);
}

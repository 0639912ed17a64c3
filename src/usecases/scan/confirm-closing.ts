import type { Actor } from '../../domain/person.ts';
import { closeAccounts, listUnlistedAccounts } from '../../store/accounts.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import type { Context } from '../shared/context.ts';
import { settleAlert } from './close-missing-accounts.ts';

/** What became of the confirmation. */
export type ConfirmClosingOutcome =
  | { readonly kind: 'closed'; readonly accounts: number }
  /** They are listed again, or another admin was faster. */
  | { readonly kind: 'nothing-to-close' }
  /** Other accounts are missing by now than the person was shown. */
  | { readonly kind: 'changed'; readonly accounts: number }
  | { readonly kind: 'not-an-admin' };

/** Closes the accounts that the organization no longer lists, for an admin who was shown how many. */
export async function confirmClosing(
  ctx: Context,
  { by, shown }: { readonly by: Actor; readonly shown: number },
): Promise<ConfirmClosingOutcome> {
  if (!by.admin) return { kind: 'not-an-admin' };

  const at = ctx.now();
  const outcome = await ctx.db.transaction(async (tx): Promise<ConfirmClosingOutcome> => {
    const unlisted = await listUnlistedAccounts(tx);
    if (unlisted.length === 0) return { kind: 'nothing-to-close' };
    if (unlisted.length !== shown) return { kind: 'changed', accounts: unlisted.length };

    const closed = await closeAccounts(
      tx,
      unlisted.map(({ id }) => id),
      at,
    );
    await recordAuditEvent(tx, at, by.id, {
      kind: 'accounts-closed',
      detail: { accounts: closed.length, ids: closed },
    });
    await settleAlert(tx, { outcome: 'closed', by: by.id, at });
    return { kind: 'closed', accounts: closed.length };
  });
  if (outcome.kind === 'closed') ctx.notificationsQueued();
  return outcome;
}

import {
  acknowledgeMfaRemoval,
  assignMfaRemoval,
  type HandleMfaRemovalOutcome,
} from '../../domain/mfa-removal.ts';
import type { Actor, SlackUserId } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { findMfaRemoval, lockMfaRemoval, saveMfaRemoval } from '../../store/mfa-removals.ts';
import { toReachablePerson } from '../owners/resolve-owners.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import { alertMfaRemoval } from './alert-mfa-removal.ts';
import { showMfaRemoval } from './show-mfa-removal.ts';

export type HandleRemovalOutcome =
  | HandleMfaRemovalOutcome
  | { readonly kind: 'no-such-removal' }
  /** Not an active person of the company. */
  | { readonly kind: 'no-such-person' };

export interface HandleRemovalInput {
  readonly removalId: string;
  /** Left out: the person acknowledges it. */
  readonly assignTo?: SlackUserId;
  readonly by: Actor;
}

/** Acknowledges the alert about a removal, or assigns it to a person, who gets a message; both show in the alert. */
export async function handleRemoval(
  ctx: Context,
  { removalId, assignTo, by }: HandleRemovalInput,
): Promise<HandleRemovalOutcome> {
  const found = await findMfaRemoval(ctx.db, removalId);
  const view = found && (await readAccount(ctx, found.accountId));
  if (!view) return { kind: 'no-such-removal' };
  if (assignTo && by.admin && !(await isReachable(ctx, assignTo))) return { kind: 'no-such-person' };

  const outcome = await ctx.db.transaction(async (tx): Promise<HandleRemovalOutcome> => {
    const at = ctx.now();
    const current = await lockMfaRemoval(tx, removalId);
    if (!current) return { kind: 'no-such-removal' };
    const handled = assignTo
      ? assignMfaRemoval(current, assignTo, { by, now: at })
      : acknowledgeMfaRemoval(current, by, at);
    if (handled.kind !== 'acknowledged' && handled.kind !== 'assigned') return handled;

    const { removal } = handled;
    const { accountId } = removal;
    await saveMfaRemoval(tx, removal);
    await recordAuditEvent(
      tx,
      at,
      by.id,
      assignTo
        ? { kind: 'mfa-removal-assigned', accountId, detail: { removalId, to: assignTo } }
        : { kind: 'mfa-removal-acknowledged', accountId, detail: { removalId } },
    );
    await showMfaRemoval(tx, removal);
    if (assignTo && assignTo !== by.id)
      await alertMfaRemoval(tx, removal, {
        view,
        what: 'assigned',
        to: [{ kind: 'person', id: assignTo }],
        at,
      });
    return handled;
  });
  ctx.notificationsQueued();
  return outcome;
}

async function isReachable({ people, config }: Context, id: SlackUserId): Promise<boolean> {
  const person = await people.byName(id);
  return person !== undefined && toReachablePerson(person, config) !== undefined;
}

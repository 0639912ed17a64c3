import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import { type OwnerProposalNotification, ownerProposalKey } from '../../domain/notification.ts';
import { namedOwnerOf } from '../../domain/owner.ts';
import type { Actor, SlackUserId } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { enqueue } from '../../store/outbox.ts';
import { lockOwnerAssignment, saveOwnerAssignment } from '../../store/owner-assignments.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import { ownerProposalNotification, updateOwnerProposal } from './owner-proposal.ts';
import { resolveOwnerId } from './resolve-owner-id.ts';
import { toReachablePerson } from './resolve-owners.ts';

export type ProposeOwnerOutcome =
  | { readonly kind: 'proposed'; readonly name: string; readonly to: SlackUserId }
  /** The same person was asked before and has not answered: they are not asked twice. */
  | { readonly kind: 'already-asked'; readonly name: string; readonly to: SlackUserId; readonly at: Date }
  | { readonly kind: 'already-owner'; readonly name: string; readonly to: SlackUserId }
  /** A guest, an app, or a person of another company or who has left. */
  | { readonly kind: 'cannot-own'; readonly to: SlackUserId }
  | { readonly kind: 'not-yours' };

/** The person an account is proposed to, and a note for them. */
export interface ProposeOwnerInput {
  readonly accountId: AccountId;
  readonly to: SlackUserId;
  readonly by: Actor;
  readonly note?: string | undefined;
}

/** Asks a person to own an account, for an admin or its owner. The owner changes once the person confirms. */
export async function proposeOwner(
  ctx: Context,
  { accountId, to, by, note }: ProposeOwnerInput,
): Promise<ProposeOwnerOutcome> {
  const view = await readAccount(ctx, accountId);
  if (!view) return { kind: 'not-yours' };
  const currentOwner = view.owner && (await resolveOwnerId(ctx, view));
  if (!by.admin && currentOwner !== by.id) return { kind: 'not-yours' };
  const { name } = view.account;
  if (currentOwner === to && view.owner?.source !== 'fallback') return { kind: 'already-owner', name, to };
  const found = await ctx.people.byName(to);
  const person = found && toReachablePerson(found, ctx.config);
  if (!person) return { kind: 'cannot-own', to };

  const outcome = await ctx.db.transaction(async (tx): Promise<ProposeOwnerOutcome> => {
    const at = ctx.now();
    const earlier = await lockOwnerAssignment(tx, accountId);
    if (earlier && earlier.confirmedAt === null) {
      if (earlier.owner === to) return { kind: 'already-asked', name, to, at: earlier.proposedAt };
      const withdrawn = ownerProposalNotification(earlier, name, { kind: 'withdrawn', at: at.toISOString() });
      await updateOwnerProposal(tx, earlier, withdrawn);
    }
    const proposal = {
      accountId,
      owner: to,
      identifier: person.email ?? to,
      replaces: namedOwnerOf(view.account, view.account, ctx.config.owners)?.identifier ?? null,
      proposedBy: by.id,
      proposedAt: at,
      note: note?.trim() || null,
      confirmedAt: null,
      askedAgain: 0,
      askedAgainAt: null,
    };
    await saveOwnerAssignment(tx, proposal);
    const detail = { to };
    await recordAuditEvent(tx, at, by.id, { kind: 'owner-proposed', accountId, detail } satisfies AuditEvent);
    const payload: OwnerProposalNotification = ownerProposalNotification(proposal, name);
    const recipient = { kind: 'person', id: to } as const;
    const key = ownerProposalKey(proposal);
    await enqueue(tx, { key, kind: payload.kind, to: recipient, about: [accountId], payload }, at);
    return { kind: 'proposed', name, to };
  });
  ctx.notificationsQueued();
  return outcome;
}

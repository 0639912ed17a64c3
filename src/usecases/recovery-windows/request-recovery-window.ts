import { randomUUID } from 'node:crypto';
import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import type { Actor } from '../../domain/person.ts';
import {
  findRecoveryFormProblem,
  type RecoveryForm,
  type RecoveryFormProblem,
  type RequestedRecovery,
} from '../../domain/recovery-window.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { insertRecovery, openRecoveriesByAccount } from '../../store/recovery-windows.ts';
import { resolveOwnerId } from '../owners/resolve-owner-id.ts';
import type { AccountView } from '../shared/account-view.ts';
import { adminRecipients } from '../shared/admin-recipients.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import { enqueueRecoveryRequest } from './enqueue-recovery-notifications.ts';
import { closeExpiredRecovery } from './process-recovery-windows.ts';

export type RequestRecoveryOutcome =
  | { readonly kind: 'requested'; readonly window: RequestedRecovery }
  | { readonly kind: 'already-open' }
  | { readonly kind: 'no-such-account' }
  /** Only the owner and admins can request one. */
  | { readonly kind: 'not-yours' }
  /** Policy does not forbid root credentials there. */
  | { readonly kind: 'not-needed' }
  | RecoveryFormProblem;

/** Requests a recovery window for an account, and asks admins to decide. */
export async function requestRecoveryWindow(
  ctx: Context,
  form: RecoveryForm & { readonly accountId: AccountId },
  by: Actor,
): Promise<RequestRecoveryOutcome> {
  const view = await readAccount(ctx, form.accountId);
  if (!view) return { kind: 'no-such-account' };
  if (!by.admin && (await resolveOwnerId(ctx, view)) !== by.id) return { kind: 'not-yours' };
  if (!canHaveRecoveryWindow(view)) return { kind: 'not-needed' };
  const problem = findRecoveryFormProblem(form, ctx.now());
  if (problem) return problem;
  const { endsAt } = form;
  if (!endsAt) return { kind: 'no-end' };

  const channel = ctx.channels.digest ?? ctx.channels.tokens;
  const recipients =
    channel === null ? await adminRecipients(ctx) : [{ kind: 'channel', id: channel } as const];
  const outcome = await ctx.db.transaction(async (tx): Promise<RequestRecoveryOutcome> => {
    const at = ctx.now();
    const work = { tx, ctx, at };
    const { accountId, ticket } = form;
    const previous = (await openRecoveriesByAccount(tx, [accountId])).get(accountId);
    if (previous) await closeExpiredRecovery(work, previous.id);

    const reason = form.reason.trim();
    const terms = { id: randomUUID(), accountId, askedBy: by.id, askedAt: at, reason, ticket, endsAt };
    const window: RequestedRecovery = { ...terms, state: 'asked' };
    if (!(await insertRecovery(tx, window))) return { kind: 'already-open' };
    await recordAuditEvent(tx, at, by.id, {
      kind: 'recovery-asked',
      accountId,
      detail: { windowId: window.id, reason, ticket, until: endsAt.toISOString() },
    } satisfies AuditEvent);
    await enqueueRecoveryRequest(work, window, recipients);
    return { kind: 'requested', window };
  });
  ctx.notificationsQueued();
  return outcome;
}

/** Returns whether policy forbids root credentials in the account, so that a window changes something. */
export function canHaveRecoveryWindow({ required, account }: AccountView): boolean {
  return required.rootCredentials === 'forbidden' && !account.managementAccount;
}

import { randomUUID } from 'node:crypto';
import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import { type AskOutcome, ask, type ExemptionForm } from '../../domain/exemption.ts';
import type { Actor } from '../../domain/person.ts';
import { record } from '../../store/audit-log.ts';
import { newExemption, openExemptionFor } from '../../store/exemptions.ts';
import type { Context } from '../shared/context.ts';
import { postQuestion } from './enqueue-exemption-notifications.ts';
import { ownerId } from '../owners/resolve-owner-id.ts';
import { readAccount } from '../shared/read-accounts.ts';
import { closeIfOver } from './process-expiring-exemptions.ts';

export type AskExemptionOutcome =
  | AskOutcome
  | { readonly kind: 'no-such-account' }
  /** Only the owner and admins ask for leave. */
  | { readonly kind: 'not-yours' }
  /** It does not fall short, or nobody knows. */
  | { readonly kind: 'nothing-to-excuse' };

/** Asks for leave for an account that falls short, and puts the question to those who decide. */
export async function askExemption(
  ctx: Context,
  form: Omit<ExemptionForm, 'id'> & { readonly accountId: AccountId },
  by: Actor,
): Promise<AskExemptionOutcome> {
  const view = await readAccount(ctx, form.accountId);
  if (!view) return { kind: 'no-such-account' };
  if (!by.admin && (await ownerId(ctx, view)) !== by.id) return { kind: 'not-yours' };
  if (view.standing !== 'unmet' && view.exemption === null) return { kind: 'nothing-to-excuse' };

  const { maxDays } = ctx.config.exemptions;
  const circumstances = { policy: { maxDays }, zone: ctx.config.schedule.timezone };
  const outcome = await ctx.db.transaction(async (tx): Promise<AskExemptionOutcome> => {
    const now = ctx.now();
    const earlier = await openExemptionFor(tx, form.accountId);
    // Who asks anew need not be told that the last one is over.
    const open =
      earlier && (await closeIfOver(tx, ctx, earlier.id, { tell: false }, now)) ? undefined : earlier;

    const asked = ask({ ...form, id: randomUUID() }, by.id, { ...circumstances, open }, now);
    if (asked.kind !== 'asked') return asked;
    const { exemption } = asked;
    const remembered = await newExemption(tx, exemption);
    if (remembered.kind === 'already-open') return remembered;

    const { id: exemptionId, accountId, reason, compensatingControl } = exemption;
    await record(tx, now, by.id, {
      kind: 'exemption-asked',
      accountId,
      detail: { exemptionId, reason, compensatingControl, lastDay: form.lastDay },
    } satisfies AuditEvent);
    await postQuestion(tx, ctx, exemption, now);
    return asked;
  });
  ctx.lettersWritten();
  return outcome;
}

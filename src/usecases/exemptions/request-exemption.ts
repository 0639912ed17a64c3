import { randomUUID } from 'node:crypto';
import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import {
  createExemptionRequest,
  type ExemptionForm,
  type ExemptionRequestOutcome,
} from '../../domain/exemption.ts';
import type { Actor } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { createExemption, findOpenExemption } from '../../store/exemptions.ts';
import { resolveOwnerId } from '../owners/resolve-owner-id.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import { enqueueExemptionRequest } from './enqueue-exemption-notifications.ts';
import { closeIfExpired } from './process-expiring-exemptions.ts';

export type RequestExemptionOutcome =
  | ExemptionRequestOutcome
  | { readonly kind: 'no-such-account' }
  /** Only the owner and admins can request an exemption. */
  | { readonly kind: 'not-yours' }
  /** It is compliant, or its compliance is unknown. */
  | { readonly kind: 'nothing-to-exempt' };

/** Requests an exemption for a non-compliant account, and asks admins to decide. */
export async function requestExemption(
  ctx: Context,
  form: Omit<ExemptionForm, 'id'> & { readonly accountId: AccountId },
  by: Actor,
): Promise<RequestExemptionOutcome> {
  const view = await readAccount(ctx, form.accountId);
  if (!view) return { kind: 'no-such-account' };
  if (!by.admin && (await resolveOwnerId(ctx, view)) !== by.id) return { kind: 'not-yours' };
  if (view.compliance !== 'noncompliant' && view.exemption === null) return { kind: 'nothing-to-exempt' };

  const { maxDays } = ctx.config.exemptions;
  const inputs = { policy: { maxDays }, zone: ctx.config.schedule.timezone };
  const outcome = await ctx.db.transaction(async (tx): Promise<RequestExemptionOutcome> => {
    const now = ctx.now();
    const work = { tx, ctx, at: now };
    const previous = await findOpenExemption(tx, form.accountId);
    // A person who requests another needs no message that the last one has expired.
    const open =
      previous && (await closeIfExpired(work, previous.id, { notify: false })) ? undefined : previous;

    const requested = createExemptionRequest({ ...form, id: randomUUID() }, by.id, { ...inputs, open }, now);
    if (requested.kind !== 'asked') return requested;
    const { exemption } = requested;
    const created = await createExemption(tx, exemption);
    if (created.kind === 'already-open') return created;

    const { id: exemptionId, accountId, reason, compensatingControl } = exemption;
    await recordAuditEvent(tx, now, by.id, {
      kind: 'exemption-asked',
      accountId,
      detail: { exemptionId, reason, compensatingControl, lastDay: form.lastDay },
    } satisfies AuditEvent);
    await enqueueExemptionRequest(work, exemption);
    return requested;
  });
  ctx.notificationsQueued();
  return outcome;
}

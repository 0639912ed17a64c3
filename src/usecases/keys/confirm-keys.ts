import {
  type KeyConfirmationNotification,
  keyConfirmationKey,
} from '../../domain/key-register/key-notification.ts';
import type { Actor } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { notificationByKey, updateNotification } from '../../store/outbox.ts';
import { listKeysOfHolder, lockKeyRegister, saveRegisteredKey } from '../../store/registered-keys.ts';
import type { Context } from '../shared/context.ts';

export type ConfirmKeysOutcome =
  | { readonly kind: 'confirmed'; readonly keys: number }
  /** They hold none of the keys anymore, or were never asked. */
  | { readonly kind: 'nothing-to-confirm' };

export interface ConfirmKeysInput {
  /** The day of the question: `2026-11-24`. */
  readonly day: string;
  readonly by: Actor;
}

/** Confirms the keys that a holder was asked about on a day and still holds. */
export async function confirmKeys(ctx: Context, { day, by }: ConfirmKeysInput): Promise<ConfirmKeysOutcome> {
  // Of the person who pressed the button: no one confirms for another.
  const notificationKey = keyConfirmationKey(by.id, day);
  const outcome = await ctx.db.transaction(async (tx): Promise<ConfirmKeysOutcome> => {
    await lockKeyRegister(tx);
    const question = await notificationByKey<KeyConfirmationNotification>(tx, notificationKey);
    const asked = new Set(question?.payload.keys.map(({ keyId }) => keyId));
    const held = (await listKeysOfHolder(tx, by.id)).filter(({ id }) => asked.has(id));
    if (!question || held.length === 0) return { kind: 'nothing-to-confirm' };
    // Pressed twice: the first one counts.
    if (question.payload.confirmedAt !== undefined) return { kind: 'confirmed', keys: held.length };

    const at = ctx.now();
    for (const key of held) await saveRegisteredKey(tx, { ...key, confirmedAt: at });
    for (const accountId of new Set(held.map((key) => key.accountId))) {
      const keys = held.filter((key) => key.accountId === accountId).length;
      await recordAuditEvent(tx, at, by.id, {
        kind: 'keys-confirmed',
        accountId,
        detail: { by: 'holder', keys },
      });
    }
    await updateNotification(tx, notificationKey, { ...question.payload, confirmedAt: at.toISOString() });
    return { kind: 'confirmed', keys: held.length };
  });
  ctx.notificationsQueued();
  return outcome;
}

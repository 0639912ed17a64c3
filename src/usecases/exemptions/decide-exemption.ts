import type { AuditEvent } from '../../domain/audit.ts';
import {
  type Declined,
  type DeclineOutcome,
  decline,
  type Exemption,
  type Granted,
  type GrantOutcome,
  grant,
  lastDayOf,
} from '../../domain/exemption.ts';
import type { Actor } from '../../domain/person.ts';
import { record } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { lockExemption, saveExemption } from '../../store/exemptions.ts';
import type { Context } from '../shared/context.ts';
import { postNews, rewriteQuestion } from './enqueue-exemption-notifications.ts';

/** What somebody answers to a question for leave. */
export type Decision =
  | { readonly kind: 'grant'; readonly note: string | null }
  | { readonly kind: 'decline'; readonly reason: string };

export type DecideExemptionOutcome =
  | GrantOutcome
  | DeclineOutcome
  | { readonly kind: 'no-such-exemption' }
  /** It was answered or taken back before. */
  | { readonly kind: 'too-late'; readonly exemption: Exemption };

/** Grants or declines leave that is still asked for, and tells whoever asked. */
export async function decideExemption(
  ctx: Context,
  { id, decision }: { readonly id: string; readonly decision: Decision },
  by: Actor,
): Promise<DecideExemptionOutcome> {
  const outcome = await ctx.db.transaction(async (tx): Promise<DecideExemptionOutcome> => {
    const asked = await lockExemption(tx, id);
    if (!asked) return { kind: 'no-such-exemption' };
    if (asked.state !== 'asked') return { kind: 'too-late', exemption: asked };

    const now = ctx.now();
    const decided =
      decision.kind === 'grant'
        ? grant(asked, by, decision.note, now)
        : decline(asked, by, decision.reason, now);
    if (decided.kind === 'granted' || decided.kind === 'declined') {
      await remember(tx, ctx, decided.exemption, by, now);
    }
    return decided;
  });
  ctx.lettersWritten();
  return outcome;
}

async function remember(
  tx: Database,
  ctx: Context,
  decided: Granted | Declined,
  by: Actor,
  now: Date,
): Promise<void> {
  const { id: exemptionId, accountId, state, decisionNote: note } = decided;
  await saveExemption(tx, decided);
  const event: AuditEvent =
    state === 'granted'
      ? {
          kind: 'exemption-granted',
          accountId,
          detail: { exemptionId, lastDay: lastDayOf(decided, ctx.config.schedule.timezone), note },
        }
      : { kind: 'exemption-declined', accountId, detail: { exemptionId, reason: note ?? '' } };
  await record(tx, now, by.id, event);
  await rewriteQuestion(tx, ctx, decided, now);
  await postNews(tx, ctx, decided, state, now);
}

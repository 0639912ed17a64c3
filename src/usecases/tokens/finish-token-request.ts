import type { SlackUserId } from '../../domain/person.ts';
import { type FinishOutcome, finishWithoutSecondKey, isOpen } from '../../domain/token-request.ts';
import { findKnownAccounts } from '../../store/account-cache.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockTokenRequest, saveTokenRequest } from '../../store/token-requests.ts';
import { recordEnrolledKeys } from '../keys/record-keys.ts';
import type { Context } from '../shared/context.ts';
import type { TokenStepRejection } from './apply-token-step.ts';
import { updateTokenRequestNotifications } from './update-token-request-notifications.ts';

/** What the owner says of the second of two keys, where AWS does not show it. */
export type SecondKeyAnswer = 'registered' | 'later';

/** Ends a request whose first key was seen: its requester says that the second is registered, or for later. */
export async function finishTokenRequest(
  ctx: Context,
  {
    requestId,
    by,
    answer,
  }: { readonly requestId: string; readonly by: SlackUserId; readonly answer: SecondKeyAnswer },
): Promise<FinishOutcome | TokenStepRejection> {
  const outcome = await ctx.db.transaction(async (tx): Promise<FinishOutcome | TokenStepRejection> => {
    const work = { tx, ctx, at: ctx.now() };
    const request = await lockTokenRequest(tx, requestId);
    if (!request) return { kind: 'no-such-request' };
    if (!isOpen(request)) return { kind: 'too-late', request };

    const finished = finishWithoutSecondKey(request, by, work.at);
    if (finished.kind !== 'enrolled' && finished.kind !== 'progress') return finished;
    await saveTokenRequest(tx, finished.request);
    const known = await findKnownAccounts(tx, finished.settled);
    for (const accountId of finished.settled) {
      const mfa = known.get(accountId)?.verdict?.mfa ?? 'unknown';
      const detail = { requestId, mfa, secondKey: answer };
      await recordAuditEvent(tx, work.at, by, { kind: 'token-enrolled', accountId, detail });
    }
    await recordEnrolledKeys(work, finished.request, finished.settled);
    await updateTokenRequestNotifications(work, { before: request, after: finished.request });
    return finished;
  });
  ctx.notificationsQueued();
  return outcome;
}

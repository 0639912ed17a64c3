import { isRegression } from '../../../domain/change.ts';
import type { Verdict } from '../../../domain/verdict.ts';
import { findKnownAccounts } from '../../../store/account-cache.ts';
import { changedAccountIds } from '../../../store/verdicts.ts';
import { enqueueWebhookEvent } from '../../webhooks/enqueue-webhook-event.ts';
import type { ScanEffect } from './scan-effect.ts';

/** Enqueues a webhook event for each account whose MFA was removed. */
export const enqueueLostVerdicts: ScanEffect = async (work, changes) => {
  const lost = changes.filter(({ before, after }) => isRegression(before, after));
  if (lost.length === 0 || work.ctx.config.webhooks.length === 0) return;
  const accounts = await findKnownAccounts(work.tx, changedAccountIds(lost));
  for (const { accountId, before, after, at } of lost) {
    const account = accounts.get(accountId);
    if (!account || !before) continue;
    const { name, managementAccount } = account;
    await enqueueWebhookEvent(work, `verdict/${accountId}`, {
      type: 'verdict.lost',
      timestamp: at.toISOString(),
      data: {
        accountId,
        name,
        managementAccount,
        before: mfaStateOf(before),
        after: mfaStateOf(after),
        why: after.why,
      },
    });
  }
};

function mfaStateOf({ mfa, level1 }: Verdict) {
  return { mfa, level1 };
}

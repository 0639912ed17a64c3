import type { Exemption } from '../../domain/exemption.ts';
import { policyControlText } from '../../domain/guardrails/explain.ts';
import {
  type ExemptionRequestNotification,
  type ExemptionUpdate,
  exemptionKey,
  exemptionUpdateKey,
} from '../../domain/notification.ts';
import {
  exemptionRequestNotification,
  exemptionUpdateNotification,
} from '../../domain/notification-content.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import { enqueue, updateNotification } from '../../store/outbox.ts';
import { policyControlOf } from '../guardrails/policy-control.ts';
import type { Context } from '../shared/context.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** Posts the request in the security channel, or where keys are approved; without one they find it at the account and in the app home. */
export async function enqueueExemptionRequest(
  { tx, ctx, at }: UnitOfWork,
  exemption: Exemption,
): Promise<boolean> {
  const channel = ctx.channels.digest ?? ctx.channels.tokens;
  if (channel === null) return false;
  const payload = await requestPayload(tx, ctx, exemption);
  const to = { kind: 'channel', id: channel } as const;
  const about = [exemption.accountId];
  return enqueue(tx, { key: exemptionKey(exemption.id), kind: payload.kind, to, about, payload }, at);
}

/** Shows the outcome in the posted request. */
export async function updateExemptionRequest(
  tx: Database,
  ctx: Context,
  exemption: Exemption,
): Promise<void> {
  const payload = await requestPayload(tx, ctx, exemption);
  await updateNotification(tx, exemptionKey(exemption.id), payload);
}

/** Enqueues the direct message to the requester. */
export async function enqueueExemptionUpdate(
  { tx, ctx, at }: UnitOfWork,
  exemption: Exemption,
  news: ExemptionUpdate,
): Promise<void> {
  const payload = exemptionUpdateNotification(
    exemption,
    news,
    await accountNameOf(tx, exemption),
    timezoneOf(ctx),
  );
  await enqueue(
    tx,
    {
      key: exemptionUpdateKey(exemption.id, news),
      kind: payload.kind,
      to: { kind: 'person', id: exemption.askedBy },
      about: [exemption.accountId],
      payload,
    },
    at,
  );
}

async function requestPayload(
  tx: Database,
  ctx: Context,
  exemption: Exemption,
): Promise<ExemptionRequestNotification> {
  const nameOf = await accountNameOf(tx, exemption);
  const control =
    'control' in exemption ? exemption.control : await policyControlOf(tx, ctx, exemption.accountId);
  return {
    ...exemptionRequestNotification(exemption, nameOf, timezoneOf(ctx)),
    ...(control && { policyControl: policyControlText(control) }),
  };
}

function timezoneOf({ config }: Context): string {
  return config.schedule.timezone;
}

async function accountNameOf(tx: Database, { accountId }: Exemption): Promise<() => string> {
  const account = await findKnownAccount(tx, accountId);
  return () => account?.name ?? accountId;
}

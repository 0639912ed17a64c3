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

type NotificationContext = Pick<Context, 'config' | 'channels'>;

/** Asks those who decide, in their channel. Whether there is one: else they find the question at the account. */
export async function enqueueExemptionRequest(
  tx: Database,
  ctx: NotificationContext,
  exemption: Exemption,
  at: Date,
): Promise<boolean> {
  const channel = ctx.channels.tokens ?? ctx.channels.digest;
  if (channel === null) return false;
  const payload = await requestPayload(tx, ctx, exemption);
  const to = { kind: 'channel', id: channel } as const;
  const about = [exemption.accountId];
  return enqueue(tx, { key: exemptionKey(exemption.id), kind: payload.kind, to, about, payload }, at);
}

/** The question shows what became of it. */
export async function updateExemptionRequest(
  tx: Database,
  ctx: NotificationContext,
  exemption: Exemption,
): Promise<void> {
  const payload = await requestPayload(tx, ctx, exemption);
  await updateNotification(tx, exemptionKey(exemption.id), payload);
}

/** Tells whoever asked. */
export async function enqueueExemptionUpdate(
  tx: Database,
  ctx: NotificationContext,
  exemption: Exemption,
  news: ExemptionUpdate,
  at: Date,
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
  ctx: NotificationContext,
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

function timezoneOf({ config }: NotificationContext): string {
  return config.schedule.timezone;
}

async function accountNameOf(tx: Database, { accountId }: Exemption): Promise<() => string> {
  const account = await findKnownAccount(tx, accountId);
  return () => account?.name ?? accountId;
}

import type { AuditEvent } from '../../domain/audit.ts';
import {
  END_NOTICE_DAYS,
  type EndedExemption,
  type Exemption,
  endsSoon,
  markEndAnnounced,
  type RequestedExemption,
  type WithdrawnExemption,
} from '../../domain/exemption.ts';
import { endIfExpired, lapseIfExpired } from '../../domain/temporary-grant.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { listOpenExemptions, lockExemption, saveExemption } from '../../store/exemptions.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { enqueueExemptionEvent } from '../webhooks/enqueue-exemption-event.ts';
import { enqueueExemptionUpdate, updateExemptionRequest } from './enqueue-exemption-notifications.ts';

/** What a round came to. */
export interface ExpiringExemptionsReport {
  /** Leave whose end was announced. */
  readonly announced: number;
  /** Leave that is over. */
  readonly ended: number;
  /** Requests that were not decided in time. */
  readonly unanswered: number;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * Announces the ends that are near, and closes what is over. Run it regularly: no exemption lasts longer for being
 * noticed late, and nothing is said twice.
 */
export async function processExpiringExemptions(ctx: Context): Promise<ExpiringExemptionsReport> {
  const complianceById = new Map((await readAccounts(ctx)).map((view) => [view.account.id, view.compliance]));
  const report = { announced: 0, ended: 0, unanswered: 0 };
  for (const { id, accountId } of await listOpenExemptions(ctx.db)) {
    const step = await ctx.db.transaction(async (tx) => {
      const work = { tx, ctx, at: ctx.now() };
      const compliance = complianceById.get(accountId);
      const notify = compliance === 'noncompliant' || compliance === 'unknown';
      return (await closeIfExpired(work, id, { notify })) ?? announceEnd(work, id, compliance);
    });
    if (step) report[step] += 1;
  }
  ctx.notificationsQueued();
  return report;
}

/**
 * Closes an expired exemption, or a request that was not decided in time. `notify`: notifies the requester; not if the
 * account no longer needs an exemption.
 */
export async function closeIfExpired(
  work: UnitOfWork,
  id: string,
  { notify }: { readonly notify: boolean },
): Promise<'ended' | 'unanswered' | undefined> {
  const { tx, ctx, at } = work;
  const open = await lockExemption(tx, id);
  const expired = open && expiredAt(open, at);
  if (!expired) return undefined;

  const { accountId } = expired;
  const news = expired.state === 'ended' ? 'ended' : 'unanswered';
  const kind = expired.state === 'ended' ? 'exemption-ended' : 'exemption-withdrawn';
  await saveExemption(tx, expired);
  await recordAuditEvent(tx, at, 'bot', {
    kind,
    accountId,
    detail: { exemptionId: id },
  } satisfies AuditEvent);
  await updateExemptionRequest(tx, ctx, expired);
  if (notify) await enqueueExemptionUpdate(work, expired, news);
  if (expired.state === 'ended') await enqueueExemptionEvent(work, expired);
  return news;
}

function expiredAt(exemption: Exemption, now: Date): EndedExemption | WithdrawnExemption | undefined {
  switch (exemption.state) {
    case 'asked':
      return lapseIfExpired(exemption satisfies RequestedExemption, now);
    case 'granted':
      return endIfExpired(exemption, now);
    default:
      return undefined;
  }
}

/** Tells the requester a week before the end, unless the exemption was that short, or is no longer needed. */
async function announceEnd(
  work: UnitOfWork,
  id: string,
  compliance: AccountView['compliance'] | undefined,
): Promise<'announced' | undefined> {
  const { tx, at } = work;
  const exemption = await lockExemption(tx, id);
  if (!exemption || !endsSoon(exemption, at) || exemption.endAnnouncedAt !== null || compliance !== 'exempt')
    return;
  if (exemption.endsAt.getTime() - exemption.decidedAt.getTime() <= END_NOTICE_DAYS * DAY_MS) return;

  const announced = markEndAnnounced(exemption, at);
  await saveExemption(tx, announced);
  await enqueueExemptionUpdate(work, announced, 'ending');
  return 'announced';
}

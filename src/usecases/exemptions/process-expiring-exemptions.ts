import type { AuditEvent } from '../../domain/audit.ts';
import {
  type Asked,
  END_IS_NEAR_DAYS,
  type Ended,
  type Exemption,
  endAnnounced,
  endIfOver,
  endsSoon,
  lapseIfOver,
  type Withdrawn,
} from '../../domain/exemption.ts';
import { record } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { lockExemption, openExemptions, saveExemption } from '../../store/exemptions.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { postNews, rewriteQuestion } from './enqueue-exemption-notifications.ts';
import { readAccounts } from '../shared/read-accounts.ts';

/** What a round came to. */
export interface ExemptionRound {
  /** Leave whose end was announced. */
  readonly announced: number;
  /** Leave that is over. */
  readonly ended: number;
  /** Questions that nobody answered in time. */
  readonly unanswered: number;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * Announces the ends that are near, and closes what is over. Run it every now and then: no leave holds longer for being
 * noticed late, and nothing is said twice.
 */
export async function watchExemptions(ctx: Context): Promise<ExemptionRound> {
  const standing = new Map((await readAccounts(ctx)).map((view) => [view.account.id, view.standing]));
  const done = { announced: 0, ended: 0, unanswered: 0 };
  for (const { id, accountId } of await openExemptions(ctx.db)) {
    const step = await ctx.db.transaction(async (tx) => {
      const now = ctx.now();
      const stands = standing.get(accountId);
      const tell = stands === 'unmet' || stands === 'unknown';
      return (await closeIfOver(tx, ctx, id, { tell }, now)) ?? announceEnd(tx, ctx, id, stands, now);
    });
    if (step) done[step] += 1;
  }
  ctx.lettersWritten();
  return done;
}

/**
 * What was closed, if its end has come: leave that has run out, or a question that nobody answered. `tell`: the asker
 * hears of it; not where the account needs no leave any more.
 */
export async function closeIfOver(
  tx: Database,
  ctx: Context,
  id: string,
  { tell }: { readonly tell: boolean },
  now: Date,
): Promise<'ended' | 'unanswered' | undefined> {
  const open = await lockExemption(tx, id);
  const over = open && overAt(open, now);
  if (!over) return undefined;

  const { accountId } = over;
  const news = over.state === 'ended' ? 'ended' : 'unanswered';
  const kind = over.state === 'ended' ? 'exemption-ended' : 'exemption-withdrawn';
  await saveExemption(tx, over);
  await record(tx, now, 'bot', { kind, accountId, detail: { exemptionId: id } } satisfies AuditEvent);
  await rewriteQuestion(tx, ctx, over, now);
  if (tell) await postNews(tx, ctx, over, news, now);
  return news;
}

function overAt(exemption: Exemption, now: Date): Ended | Withdrawn | undefined {
  switch (exemption.state) {
    case 'asked':
      return lapseIfOver(exemption satisfies Asked, now);
    case 'granted':
      return endIfOver(exemption, now);
    default:
      return undefined;
  }
}

/** Tells the asker a week before, unless leave was so short that its beginning told the end, or is not needed any more. */
async function announceEnd(
  tx: Database,
  ctx: Context,
  id: string,
  standing: AccountView['standing'] | undefined,
  now: Date,
): Promise<'announced' | undefined> {
  const leave = await lockExemption(tx, id);
  if (!leave || !endsSoon(leave, now) || leave.endAnnouncedAt !== null || standing !== 'exempt') return;
  if (leave.endsAt.getTime() - leave.decidedAt.getTime() <= END_IS_NEAR_DAYS * DAY_MS) return;

  const announced = endAnnounced(leave, now);
  await saveExemption(tx, announced);
  await postNews(tx, ctx, announced, 'ending', now);
  return 'announced';
}

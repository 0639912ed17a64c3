import type { Exemption } from '../../domain/exemption.ts';
import { type ExemptionNews, exemptionKey, exemptionNewsKey } from '../../domain/notification.ts';
import { exemptionNewsLetter, exemptionRequestLetter } from '../../domain/notification-content.ts';
import { knownAccount } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import { post, rewrite } from '../../store/outbox.ts';
import type { Context } from '../shared/context.ts';

type Speaking = Pick<Context, 'config' | 'channels'>;

/** Asks those who decide, in their channel. Whether there is one: else they find the question at the account. */
export async function postQuestion(
  tx: Database,
  ctx: Speaking,
  exemption: Exemption,
  at: Date,
): Promise<boolean> {
  const channel = ctx.channels.tokens ?? ctx.channels.digest;
  if (channel === null) return false;
  const payload = exemptionRequestLetter(exemption, await nameIn(tx, exemption), zoneOf(ctx));
  const to = { kind: 'channel', id: channel } as const;
  const about = [exemption.accountId];
  return post(tx, { key: exemptionKey(exemption.id), kind: payload.kind, to, about, payload }, at);
}

/** The question shows what became of it. */
export async function rewriteQuestion(
  tx: Database,
  ctx: Speaking,
  exemption: Exemption,
  at: Date,
): Promise<void> {
  const payload = exemptionRequestLetter(exemption, await nameIn(tx, exemption), zoneOf(ctx));
  await rewrite(tx, exemptionKey(exemption.id), payload, at);
}

/** Tells whoever asked. */
export async function postNews(
  tx: Database,
  ctx: Speaking,
  exemption: Exemption,
  news: ExemptionNews,
  at: Date,
): Promise<void> {
  const payload = exemptionNewsLetter(exemption, news, await nameIn(tx, exemption), zoneOf(ctx));
  await post(
    tx,
    {
      key: exemptionNewsKey(exemption.id, news),
      kind: payload.kind,
      to: { kind: 'person', id: exemption.askedBy },
      about: [exemption.accountId],
      payload,
    },
    at,
  );
}

function zoneOf({ config }: Speaking): string {
  return config.schedule.timezone;
}

async function nameIn(tx: Database, { accountId }: Exemption): Promise<() => string> {
  const account = await knownAccount(tx, accountId);
  return () => account?.name ?? accountId;
}

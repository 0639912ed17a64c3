import type { AccountId } from '../../domain/account.ts';
import { type TokenNewsLetter, tokenNewsKey, tokenRequestKey } from '../../domain/notification.ts';
import { type NameOf, tokenNewsLetter, tokenRequestLetter } from '../../domain/notification-content.ts';
import type { TokenRequest } from '../../domain/token-request.ts';
import { knownAccounts } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import { post, rewrite } from '../../store/outbox.ts';
import type { Context } from '../shared/context.ts';

/**
 * Brings what people are shown of a request up to date: its message, where requests are decided, and news for whoever
 * made it. `before` is the request as it was; undefined for a new one.
 */
export async function tellTokenRequest(
  tx: Database,
  ctx: Pick<Context, 'channels'>,
  { before, after }: { readonly before?: TokenRequest; readonly after: TokenRequest },
  at: Date,
): Promise<void> {
  const nameOf = await namesIn(tx, after);
  await showRequest(tx, ctx, after, nameOf, at);
  await tellRequester(tx, before, after, nameOf, at);
}

/** What the accounts of a request are called. */
export async function namesIn(tx: Database, request: Pick<TokenRequest, 'accounts'>): Promise<NameOf> {
  const known = await knownAccounts(tx, idsOf(request));
  return (id) => known.get(id)?.name ?? id;
}

/** Writes the request's message, or what it tells now. One that was made while no channel was set is caught up. */
async function showRequest(
  tx: Database,
  { channels }: Pick<Context, 'channels'>,
  request: TokenRequest,
  nameOf: NameOf,
  at: Date,
): Promise<void> {
  const key = tokenRequestKey(request.id);
  const payload = tokenRequestLetter(request, nameOf);
  if ((await rewrite(tx, key, payload, at)) || channels.tokens === null) return;
  const to = { kind: 'channel', id: channels.tokens } as const;
  await post(tx, { key, kind: payload.kind, to, about: idsOf(request), payload }, at);
}

async function tellRequester(
  tx: Database,
  before: TokenRequest | undefined,
  after: TokenRequest,
  nameOf: NameOf,
  at: Date,
): Promise<void> {
  if (before?.state === 'shipped' && after !== before) {
    const told = tokenNewsLetter(before, nameOf);
    const step = tokenRequestLetter(after, nameOf).history.at(-1);
    // The button in that letter has done its work: the letter says what came of it.
    if (told && step) await rewrite(tx, keyOf(told), { ...told, step } satisfies TokenNewsLetter, at);
  }
  const news =
    after.state === before?.state && after.state !== 'shipped' ? undefined : tokenNewsLetter(after, nameOf);
  if (!news) return;
  const to = { kind: 'person', id: after.requestedBy } as const;
  await post(tx, { key: keyOf(news), kind: news.kind, to, about: idsOf(after), payload: news }, at);
}

function keyOf({ requestId, news, step }: TokenNewsLetter): string {
  return tokenNewsKey(requestId, { state: news, at: step.at });
}

function idsOf({ accounts }: Pick<TokenRequest, 'accounts'>): AccountId[] {
  return accounts.map(({ id }) => id);
}

import type { AccountId } from '../../domain/account.ts';
import {
  type TokenRequestNotification,
  type TokenUpdateNotification,
  tokenRequestKey,
  tokenUpdateKey,
} from '../../domain/notification.ts';
import {
  type AccountNameLookup,
  tokenRequestNotification,
  tokenUpdateNotification,
} from '../../domain/notification-content.ts';
import type { TokenRequest } from '../../domain/token-request.ts';
import { findKnownAccounts } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import { enqueue, updateNotification } from '../../store/outbox.ts';
import { findPersonById } from '../../store/people.ts';
import { listOpenTokenRequests } from '../../store/token-requests.ts';
import { toReachablePerson } from '../owners/resolve-owners.ts';
import { readViewsInTransaction } from '../shared/read-views-in-transaction.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { enqueueTokenEvent } from '../webhooks/enqueue-token-event.ts';
import { withApproverDetails } from './approver-details.ts';
import { readRequestStock } from './request-stock.ts';
import { updateSecondKeyMessage } from './update-second-key-message.ts';

/** A request before and after a step; without `before` it is new. */
interface TokenRequestChange {
  readonly before?: TokenRequest;
  readonly after: TokenRequest;
}

/**
 * Brings what people are shown of a request up to date: its message, where requests are decided, and news for its
 * requester. `before` is the request as it was; undefined for a new one.
 */
export async function updateTokenRequestNotifications(
  work: UnitOfWork,
  change: TokenRequestChange,
): Promise<void> {
  const nameOf = await accountNamesFor(work.tx, change.after);
  await upsertRequestMessage(work, change.after, nameOf);
  await notifyRequester(work, change, nameOf);
  await updateSecondKeyMessage(work, change.after, nameOf);
  if (isStep(change)) await enqueueTokenEvent(work, change.after, nameOf);
}

/** Whether the request has come further; keys that are sent again after a loss count. */
function isStep({ before, after }: TokenRequestChange): boolean {
  if (before?.state !== after.state) return true;
  return (
    after.state === 'shipped' &&
    before?.state === 'shipped' &&
    after.shippedAt.getTime() !== before.shippedAt.getTime()
  );
}

/** What the accounts of a request are called. */
export async function accountNamesFor(
  tx: Database,
  request: Pick<TokenRequest, 'accounts'>,
): Promise<AccountNameLookup> {
  const known = await findKnownAccounts(tx, accountIdsOf(request));
  return (id) => known.get(id)?.name ?? id;
}

/** Enqueues the request's message or updates it; also one that was made before a channel was set. */
export async function upsertRequestMessage(
  work: UnitOfWork,
  request: TokenRequest,
  nameOf: AccountNameLookup,
): Promise<void> {
  const { tx, ctx, at } = work;
  const { channels } = ctx;
  const key = tokenRequestKey(request.id);
  const payload = await approverMessage(work, request, nameOf);
  if ((await updateNotification(tx, key, payload)) || channels.tokens === null) return;
  const to = { kind: 'channel', id: channels.tokens } as const;
  await enqueue(tx, { key, kind: payload.kind, to, about: accountIdsOf(request), payload }, at);
}

async function approverMessage(
  work: UnitOfWork,
  request: TokenRequest,
  nameOf: AccountNameLookup,
): Promise<TokenRequestNotification> {
  const { tx, ctx } = work;
  const requester = await findPersonById(tx, request.requestedBy);
  return withApproverDetails(tokenRequestNotification(request, nameOf, ctx.config.tokens.ticket), request, {
    views: await readViewsInTransaction(work, accountIdsOf(request)),
    open: await listOpenTokenRequests(tx),
    stock: await readRequestStock(work, request),
    requesterGone: requester !== undefined && !toReachablePerson(requester, ctx.config),
  });
}

async function notifyRequester(
  { tx, ctx, at }: UnitOfWork,
  { before, after }: TokenRequestChange,
  nameOf: AccountNameLookup,
): Promise<void> {
  const { ticket } = ctx.config.tokens;
  if (before?.state === 'shipped' && after !== before) {
    const previous = tokenUpdateNotification(before, nameOf, ticket);
    const step = tokenRequestNotification(after, nameOf).history.at(-1);
    // The button in that message has been used: show the outcome instead.
    if (previous && step)
      await updateNotification(tx, updateKeyOf(previous), {
        ...previous,
        step,
      } satisfies TokenUpdateNotification);
  }
  const update =
    after.state === before?.state && after.state !== 'shipped'
      ? undefined
      : tokenUpdateNotification(after, nameOf, ticket);
  if (!update) return;
  const to = { kind: 'person', id: after.requestedBy } as const;
  await enqueue(
    tx,
    { key: updateKeyOf(update), kind: update.kind, to, about: accountIdsOf(after), payload: update },
    at,
  );
}

function updateKeyOf({ requestId, news, step }: TokenUpdateNotification): string {
  return tokenUpdateKey(requestId, { state: news, at: step.at });
}

function accountIdsOf({ accounts }: Pick<TokenRequest, 'accounts'>): AccountId[] {
  return accounts.map(({ id }) => id);
}

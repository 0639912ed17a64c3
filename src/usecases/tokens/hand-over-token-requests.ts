import type { AccountId } from '../../domain/account.ts';
import { type TokenHandoverNotification, tokenHandoverKey } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { handOver, isOpen, type OpenTokenRequest } from '../../domain/token-request.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { enqueue } from '../../store/outbox.ts';
import { listOpenTokenRequests, lockTokenRequest, saveTokenRequest } from '../../store/token-requests.ts';
import { resolveOwners, toReachablePerson } from '../owners/resolve-owners.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { accountNamesFor, upsertRequestMessage } from './update-token-request-notifications.ts';

/**
 * Hands the open requests of people who have left over to the present owner of their accounts, and returns how many.
 * Without a single owner who can be reached, approvers are asked to find one.
 */
export async function handOverTokenRequests(ctx: Context): Promise<number> {
  const orphaned = await findOrphanedRequests(ctx);
  if (orphaned.length === 0) return 0;

  const ids = new Set(orphaned.flatMap(openAccountIds));
  const views = (await readAccounts(ctx)).filter(({ account }) => ids.has(account.id));
  const owners = await resolveOwners(ctx, views);
  const presentOwnerOf = (request: OpenTokenRequest): SlackUserId | undefined => {
    const found = new Set(
      openAccountIds(request).map((id) => {
        const resolution = owners.get(id);
        return resolution?.kind === 'person' && resolution.gap === null ? resolution.person.id : undefined;
      }),
    );
    return found.size === 1 ? [...found][0] : undefined;
  };

  let handedOver = 0;
  for (const { id, requestedBy } of orphaned) {
    const isDone = await ctx.db.transaction(async (tx) => {
      const request = await lockTokenRequest(tx, id);
      if (!request || !isOpen(request) || request.requestedBy !== requestedBy) return false;
      const to = presentOwnerOf(request);
      if (to === undefined || to === requestedBy) return false;
      await handOverRequest({ tx, ctx, at: ctx.now() }, request, to);
      return true;
    });
    if (isDone) handedOver += 1;
  }
  if (handedOver > 0) ctx.notificationsQueued();
  return handedOver;
}

/** Returns the open requests of people who can no longer be reached. Where Slack does not answer, it throws. */
async function findOrphanedRequests({ db, people, config }: Context): Promise<OpenTokenRequest[]> {
  const requests = await listOpenTokenRequests(db);
  const gone = new Set<SlackUserId>();
  for (const requester of new Set(requests.map(({ requestedBy }) => requestedBy))) {
    const person = await people.byName(requester);
    if (!person || !toReachablePerson(person, config)) gone.add(requester);
  }
  return requests.filter(({ requestedBy }) => gone.has(requestedBy));
}

function openAccountIds({ accounts }: OpenTokenRequest): AccountId[] {
  return accounts.filter(({ settled }) => settled === null).map(({ id }) => id);
}

async function handOverRequest(work: UnitOfWork, before: OpenTokenRequest, to: SlackUserId): Promise<void> {
  const { tx, at } = work;
  const request = handOver(before, to, at);
  const from = before.requestedBy;
  const ids = openAccountIds(request);
  const nameOf = await accountNamesFor(tx, request);
  await saveTokenRequest(tx, request);
  for (const accountId of ids) {
    const detail = { requestId: request.id, from, to };
    await recordAuditEvent(tx, at, 'bot', { kind: 'token-handed-over', accountId, detail });
  }
  await upsertRequestMessage(work, request, nameOf);
  const payload: TokenHandoverNotification = {
    kind: 'token-handover',
    requestId: request.id,
    state: request.state,
    from,
    tokenKind: request.kind,
    quantity: request.quantity,
    accounts: ids.map((id) => ({ id, name: nameOf(id) })),
  };
  await enqueue(
    tx,
    {
      key: tokenHandoverKey(request.id, to),
      kind: payload.kind,
      to: { kind: 'person', id: to },
      about: ids,
      payload,
    },
    at,
  );
}

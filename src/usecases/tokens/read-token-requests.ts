import type { TokenRequestNotification } from '../../domain/notification.ts';
import { type AccountNameLookup, tokenRequestNotification } from '../../domain/notification-content.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { isOpen, type TokenRequest } from '../../domain/token-request.ts';
import { readKnownPeople } from '../../store/people.ts';
import {
  findTokenRequest,
  listOpenTokenRequests,
  listTokenRequestsOfPerson,
} from '../../store/token-requests.ts';
import { toReachablePerson } from '../owners/resolve-owners.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { withApproverDetails } from './approver-details.ts';
import { readRequestStock } from './request-stock.ts';

/** A request as it is, and as people are shown it. */
export interface TokenRequestWithSummary {
  readonly request: TokenRequest;
  readonly summary: TokenRequestNotification;
}

/** Returns every request of a person: open ones first, then the newest. */
export async function readOwnTokenRequests(
  ctx: Context,
  person: SlackUserId,
): Promise<readonly TokenRequestWithSummary[]> {
  const requests = await listTokenRequestsOfPerson(ctx.db, person);
  return withSummaries(ctx, [...requests.filter(isOpen), ...requests.filter((request) => !isOpen(request))]);
}

/** Returns one request with what an approver decides by, or undefined. */
export async function readTokenRequestForApprover(
  ctx: Context,
  id: string,
): Promise<TokenRequestWithSummary | undefined> {
  const found = await readTokenRequest(ctx, id);
  return found && (await forApprovers(ctx, [found]))[0];
}

/** Returns every open request of the company, each with what an approver decides by. */
export async function readOpenTokenRequestsForApprovers(
  ctx: Context,
): Promise<readonly TokenRequestWithSummary[]> {
  return forApprovers(ctx, await readOpenTokenRequests(ctx));
}

/** Every open request of the company: those that wait for a decision, then those to be sent, each oldest first. */
export async function readOpenTokenRequests(ctx: Context): Promise<readonly TokenRequestWithSummary[]> {
  const open = await listOpenTokenRequests(ctx.db);
  return withSummaries(
    ctx,
    STATE_ORDER.flatMap((state) => open.filter((request) => request.state === state)),
  );
}

/** One request, or undefined. */
export async function readTokenRequest(
  ctx: Context,
  id: string,
): Promise<TokenRequestWithSummary | undefined> {
  const request = await findTokenRequest(ctx.db, id);
  return request && (await withSummaries(ctx, [request]))[0];
}

const STATE_ORDER = [
  'requested',
  'approved',
  'shipped',
  'received',
] as const satisfies TokenRequest['state'][];

async function withSummaries(
  ctx: Context,
  requests: readonly TokenRequest[],
): Promise<TokenRequestWithSummary[]> {
  const names = new Map((await ctx.accounts.accounts()).map(({ id, name }) => [id, name]));
  const nameOf: AccountNameLookup = (id) => names.get(id) ?? id;
  const { ticket } = ctx.config.tokens;
  return requests.map((request) => ({ request, summary: tokenRequestNotification(request, nameOf, ticket) }));
}

async function forApprovers(
  ctx: Context,
  requests: readonly TokenRequestWithSummary[],
): Promise<TokenRequestWithSummary[]> {
  const views = new Map((await readAccounts(ctx)).map((view) => [view.account.id, view]));
  const open = await listOpenTokenRequests(ctx.db);
  const knownPeople = await readKnownPeople(ctx.db);
  const detailed: TokenRequestWithSummary[] = [];
  for (const { request, summary } of requests) {
    const requester = knownPeople(request.requestedBy);
    const details = {
      views,
      open,
      stock: await readRequestStock({ tx: ctx.db, ctx }, request),
      requesterGone: requester.kind === 'person' && !toReachablePerson(requester.person, ctx.config),
    };
    detailed.push({ request, summary: withApproverDetails(summary, request, details) });
  }
  return detailed;
}

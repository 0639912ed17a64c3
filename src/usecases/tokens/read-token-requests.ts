import type { TokenRequestLetter } from '../../domain/notification.ts';
import { type NameOf, tokenRequestLetter } from '../../domain/notification-content.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { isOpen, type TokenRequest } from '../../domain/token-request.ts';
import { openTokenRequests, tokenRequest, tokenRequestsOf } from '../../store/token-requests.ts';
import type { Context } from '../shared/context.ts';

/** A request as it is, and as people are shown it. */
export interface ShownRequest {
  readonly request: TokenRequest;
  readonly shown: TokenRequestLetter;
}

/** Everything that a person ever asked for, newest first, open ones before the others. */
export async function readOwnRequests(ctx: Context, person: SlackUserId): Promise<readonly ShownRequest[]> {
  const requests = await tokenRequestsOf(ctx.db, person);
  return show(ctx, [...requests.filter(isOpen), ...requests.filter((request) => !isOpen(request))]);
}

/** Every open request of the company: those that wait for a decision, then those to be sent, each oldest first. */
export async function readOpenRequests(ctx: Context): Promise<readonly ShownRequest[]> {
  const open = await openTokenRequests(ctx.db);
  return show(
    ctx,
    TURNS.flatMap((state) => open.filter((request) => request.state === state)),
  );
}

/** One request, or undefined. */
export async function readTokenRequest(ctx: Context, id: string): Promise<ShownRequest | undefined> {
  const request = await tokenRequest(ctx.db, id);
  return request && (await show(ctx, [request]))[0];
}

const TURNS = ['requested', 'approved', 'shipped', 'received'] as const satisfies TokenRequest['state'][];

async function show(ctx: Context, requests: readonly TokenRequest[]): Promise<ShownRequest[]> {
  const names = new Map((await ctx.book.accounts()).map(({ id, name }) => [id, name]));
  const nameOf: NameOf = (id) => names.get(id) ?? id;
  return requests.map((request) => ({ request, shown: tokenRequestLetter(request, nameOf) }));
}

import type { AccountId } from '../../domain/account.ts';
import type { LetterAccount } from '../../domain/notification.ts';
import type { Actor, SlackUserId } from '../../domain/person.ts';
import type { KnownAccount } from '../../domain/scan.ts';
import {
  type AccountInQuestion,
  type OpenTokenRequest,
  type Requested,
  type RequestOutcome,
  requestToken as requestOf,
  type TokenForm,
} from '../../domain/token-request.ts';
import { knownAccount } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import { newTokenRequest, openRequestFor } from '../../store/token-requests.ts';
import { accountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { ownerId } from '../owners/resolve-owner-id.ts';
import { outlookOf } from '../shared/read-accounts.ts';
import { recordTokenStep } from './apply-token-step.ts';
import { tellTokenRequest } from './update-token-request-notifications.ts';

export interface TokenWish {
  /** Its id is made once for each form, so that a form that is sent twice is one request. */
  readonly form: TokenForm;
  readonly accountIds: readonly AccountId[];
  readonly by: Actor;
}

/** What came of a wish for keys. */
export type RequestTokenOutcome =
  | { readonly kind: 'requested'; readonly request: Requested; readonly shown: boolean }
  | { readonly kind: 'no-such-account' }
  | { readonly kind: 'already-open'; readonly account: LetterAccount; readonly request: OpenTokenRequest }
  | { readonly kind: 'not-yours' | 'nothing-to-protect'; readonly account: LetterAccount }
  | Exclude<RequestOutcome, { readonly kind: 'requested' } | { readonly accountId: AccountId }>;

/** Asks for keys, where approvers see it. An account has one open request at most. */
export async function requestToken(ctx: Context, wish: TokenWish): Promise<RequestTokenOutcome> {
  const owners = await ownersOf(ctx, wish.accountIds);
  const outcome = await ctx.db.transaction((tx) => request(tx, ctx, wish, owners));
  ctx.lettersWritten();
  return outcome;
}

async function request(
  tx: Database,
  ctx: Context,
  { form, accountIds, by }: TokenWish,
  owners: ReadonlyMap<AccountId, SlackUserId>,
): Promise<RequestTokenOutcome> {
  const at = ctx.now();
  const accounts: KnownAccount[] = [];
  const inQuestion: AccountInQuestion[] = [];
  for (const id of accountIds) {
    const account = await knownAccount(tx, id);
    if (!account || account.closedAt !== null) return { kind: 'no-such-account' };
    const open = await openRequestFor(tx, id);
    accounts.push(account);
    inQuestion.push({
      id,
      verdict: account.verdict,
      owner: owners.get(id) ?? null,
      openRequest: open?.id ?? null,
    });
  }
  const named = (id: AccountId): LetterAccount => ({
    id,
    name: accounts.find((account) => account.id === id)?.name ?? id,
  });
  const alreadyOpen = async (id: AccountId): Promise<RequestTokenOutcome> => {
    const open = await openRequestFor(tx, id);
    if (!open) throw new Error(`The open request for ${id} was closed in the same moment`);
    // The form was sent twice: once is enough, and the answer is the same.
    if (open.id === form.id && open.state === 'requested' && open.requestedBy === by.id) {
      return { kind: 'requested', request: open, shown: ctx.channels.tokens !== null };
    }
    return { kind: 'already-open', account: named(id), request: open };
  };

  const decided = requestOf(form, inQuestion, by, ctx.config.tokens, at);
  switch (decided.kind) {
    case 'already-open':
      return alreadyOpen(decided.accountId);
    case 'not-yours': {
      const { accountId: id } = decided;
      const isSecret = ctx.config.slack.visibility === 'owners';
      return { kind: 'not-yours', account: isSecret ? { id, name: id } : named(id) };
    }
    case 'nothing-to-protect':
      return { kind: 'nothing-to-protect', account: named(decided.accountId) };
    case 'requested': {
      const remembered = await newTokenRequest(tx, decided.request);
      if (remembered.kind === 'already-open') return alreadyOpen(remembered.accountId);
      await recordTokenStep(tx, decided.request, by.id, at);
      await tellTokenRequest(tx, ctx, { after: decided.request }, at);
      return { kind: 'requested', request: decided.request, shown: ctx.channels.tokens !== null };
    }
    default:
      return decided;
  }
}

/** Who answers for each of the accounts, asked before anything is locked: Slack may take its time. */
async function ownersOf(
  ctx: Context,
  accountIds: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, SlackUserId>> {
  const outlook = await outlookOf(ctx);
  const wanted = new Set(accountIds);
  const owners = new Map<AccountId, SlackUserId>();
  for (const account of await ctx.book.accounts()) {
    if (!wanted.has(account.id)) continue;
    const owner = await ownerId(ctx, accountView(account, outlook, ctx.now()));
    if (owner) owners.set(account.id, owner);
  }
  return owners;
}

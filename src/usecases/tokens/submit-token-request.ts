import type { AccountId } from '../../domain/account.ts';
import type { NotificationAccount } from '../../domain/notification.ts';
import type { Actor, SlackUserId } from '../../domain/person.ts';
import type { KnownAccount } from '../../domain/scan.ts';
import {
  createTokenRequest,
  type OpenTokenRequest,
  type RequestableAccount,
  type Requested,
  type TokenForm,
  type TokenRequestOutcome,
} from '../../domain/token-request.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import { findOpenTokenRequest, insertTokenRequest } from '../../store/token-requests.ts';
import { resolveOwnerId } from '../owners/resolve-owner-id.ts';
import { accountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readViewInputs } from '../shared/read-accounts.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { enqueueWorkflowStart } from '../webhooks/enqueue-workflow-start.ts';
import { recordTokenStep } from './apply-token-step.ts';
import { updateTokenRequestNotifications } from './update-token-request-notifications.ts';

export interface SubmitTokenRequestInput {
  /** Its id is made once for each form, so that a form that is sent twice is one request. */
  readonly form: TokenForm;
  readonly accountIds: readonly AccountId[];
  readonly by: Actor;
}

/** What came of a wish for keys. */
export type SubmitTokenRequestOutcome =
  | { readonly kind: 'requested'; readonly request: Requested; readonly postedToChannel: boolean }
  /** The company's workflow takes it from here, and the bot keeps no request. */
  | { readonly kind: 'handed-over'; readonly request: Requested }
  | { readonly kind: 'no-such-account' }
  | {
      readonly kind: 'already-open';
      readonly account: NotificationAccount;
      readonly request: OpenTokenRequest;
    }
  | { readonly kind: 'not-yours' | 'nothing-to-protect'; readonly account: NotificationAccount }
  | Exclude<TokenRequestOutcome, { readonly kind: 'requested' } | { readonly accountId: AccountId }>;

/** Asks for keys, where approvers see it. An account has one open request at most. */
export async function submitTokenRequest(
  ctx: Context,
  input: SubmitTokenRequestInput,
): Promise<SubmitTokenRequestOutcome> {
  const owners = await resolveOwnerIds(ctx, input.accountIds);
  const outcome = await ctx.db.transaction((tx) => submit({ tx, ctx, at: ctx.now() }, input, owners));
  ctx.notificationsQueued();
  return outcome;
}

async function submit(
  work: UnitOfWork,
  { form, accountIds, by }: SubmitTokenRequestInput,
  owners: ReadonlyMap<AccountId, SlackUserId>,
): Promise<SubmitTokenRequestOutcome> {
  const { tx, ctx, at } = work;
  const hidden = findHiddenAccount(ctx, { accountIds, by }, owners);
  if (hidden) return { kind: 'not-yours', account: { id: hidden, name: hidden } };
  const accounts: KnownAccount[] = [];
  const requestedAccounts: RequestableAccount[] = [];
  for (const id of accountIds) {
    const account = await findKnownAccount(tx, id);
    if (!account || account.closedAt !== null) return { kind: 'no-such-account' };
    const open = await findOpenTokenRequest(tx, id);
    accounts.push(account);
    requestedAccounts.push({
      id,
      verdict: account.verdict,
      owner: owners.get(id) ?? null,
      openRequest: open?.id ?? null,
    });
  }
  const accountRef = (id: AccountId): NotificationAccount => ({
    id,
    name: accounts.find((account) => account.id === id)?.name ?? id,
  });
  const alreadyOpen = async (id: AccountId): Promise<SubmitTokenRequestOutcome> => {
    const open = await findOpenTokenRequest(tx, id);
    if (!open) throw new Error(`The open request for ${id} was closed in the same moment`);
    // The form was sent twice: once is enough, and the answer is the same.
    if (open.id === form.id && open.state === 'requested' && open.requestedBy === by.id) {
      return { kind: 'requested', request: open, postedToChannel: ctx.channels.tokens !== null };
    }
    return { kind: 'already-open', account: accountRef(id), request: open };
  };

  const decision = createTokenRequest(form, requestedAccounts, by, ctx.config.tokens, at);
  switch (decision.kind) {
    case 'already-open':
      return alreadyOpen(decision.accountId);
    case 'not-yours': {
      return { kind: 'not-yours', account: accountRef(decision.accountId) };
    }
    case 'nothing-to-protect':
      return { kind: 'nothing-to-protect', account: accountRef(decision.accountId) };
    case 'requested': {
      const { mode, keepRequests } = ctx.config.tokens;
      const startWorkflow = () => enqueueWorkflowStart(work, decision.request, (id) => accountRef(id).name);
      if (mode === 'workflow' && !keepRequests) {
        // The form was sent twice: once is enough.
        if (await startWorkflow()) await recordTokenStep(work, decision.request, by.id);
        return { kind: 'handed-over', request: decision.request };
      }
      const created = await insertTokenRequest(tx, decision.request);
      if (created.kind === 'already-open') return alreadyOpen(created.accountId);
      if (mode === 'workflow') await startWorkflow();
      await recordTokenStep(work, decision.request, by.id);
      await updateTokenRequestNotifications(work, { after: decision.request });
      return { kind: 'requested', request: decision.request, postedToChannel: ctx.channels.tokens !== null };
    }
    default:
      return decision;
  }
}

/** Returns an account that the person must not learn anything about: not its name, its requests, or whether it exists. */
function findHiddenAccount(
  { config }: Context,
  { accountIds, by }: Pick<SubmitTokenRequestInput, 'accountIds' | 'by'>,
  owners: ReadonlyMap<AccountId, SlackUserId>,
): AccountId | undefined {
  if (by.admin || config.slack.visibility !== 'owners') return undefined;
  return accountIds.find((id) => owners.get(id) !== by.id);
}

/** Who answers for each of the accounts, asked before anything is locked: Slack may take its time. */
async function resolveOwnerIds(
  ctx: Context,
  accountIds: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, SlackUserId>> {
  const viewInputs = await readViewInputs(ctx);
  const requestedIds = new Set(accountIds);
  const owners = new Map<AccountId, SlackUserId>();
  for (const account of await ctx.accounts.accounts()) {
    if (!requestedIds.has(account.id)) continue;
    const owner = await resolveOwnerId(ctx, accountView(account, viewInputs, ctx.now()));
    if (owner) owners.set(account.id, owner);
  }
  return owners;
}

import { randomUUID } from 'node:crypto';
import type { AccountView } from '../../usecases/shared/account-view.ts';
import { findAccount, suggestAccounts } from '../../usecases/shared/find-account.ts';
import { readAccounts } from '../../usecases/shared/read-accounts.ts';
import { cancelTokenRequest } from '../../usecases/tokens/cancel-token-request.ts';
import { approveTokenRequest, declineTokenRequest } from '../../usecases/tokens/decide-token-request.ts';
import { finishTokenRequest, type SecondKeyAnswer } from '../../usecases/tokens/finish-token-request.ts';
import {
  readOpenTokenRequestsForApprovers,
  readOwnTokenRequests,
  readTokenRequest,
  readTokenRequestForApprover,
  type TokenRequestWithSummary,
} from '../../usecases/tokens/read-token-requests.ts';
import { receiveTokens } from '../../usecases/tokens/receive-tokens.ts';
import { canSetTicket, setTokenTicket } from '../../usecases/tokens/set-token-ticket.ts';
import { canShip, shippingVersion, shipTokens } from '../../usecases/tokens/ship-tokens.ts';
import { submitTokenRequest } from '../../usecases/tokens/submit-token-request.ts';
import type { Caller } from '../authorizer.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { ActionContext, FormContext, Interaction } from '../interaction.ts';
import type { Router } from '../router.ts';
import {
  actions,
  joinMarkup,
  type Markup,
  type Modal,
  md,
  type RenderedMessage,
  section,
  truncate,
} from '../views/shared/blocks.ts';
import { message } from '../views/shared/message.ts';
import { toAccountChoice } from '../views/status/account.ts';
import { finishOutcomeText, SECOND_KEY_LATER, SECOND_KEY_REGISTERED } from '../views/tokens/second-key.ts';
import {
  openRequestText,
  REQUEST_TOKEN,
  requestAnyTokenButton,
  requestTokenButton,
} from '../views/tokens/token-button.ts';
import {
  CANCEL_TOKEN_FORM,
  DECLINE_TOKEN_FORM,
  EDIT_TICKET_FORM,
  isFormId,
  PICK_TOKEN_ACCOUNTS,
  parseShipMetadata,
  parseTokenRequestForm,
  REQUEST_TOKEN_FORM,
  renderCancelTokenForm,
  renderDeclineTokenForm,
  renderShipTokenForm,
  renderTicketForm,
  renderTokenRequestForm,
  SHIP_TOKEN_FORM,
  validateTicketForm,
  validateTokenRequestForm,
} from '../views/tokens/token-forms.ts';
import { renderTokenRequestResult, stepOutcomeText, tooLateText } from '../views/tokens/token-outcomes.ts';
import {
  APPROVE_TOKEN,
  CANCEL_TOKEN,
  DECLINE_TOKEN,
  EDIT_TICKET,
  parseRequestPage,
  RECEIVE_TOKEN,
  renderTokenRequest,
  renderTokenRequestList,
  SHIP_TOKEN,
  SHOW_REQUEST,
  SHOW_REQUESTS,
  showRequestButton,
} from '../views/tokens/token-request.ts';
import { owns, seesAll } from '../visibility.ts';

/** The token request, from the button that asks for it to the one that says that it has come. */
export function registerTokens(router: Router, deps: SlackDependencies): void {
  registerRequesting(router, deps);
  registerSteps(router, deps);
  registerStepForms(router, deps);
}

/** Registers the request form and the lists of requests. */
function registerRequesting(router: Router, deps: SlackDependencies): void {
  router.action(REQUEST_TOKEN, (interaction) => openTokenRequestForm(deps, interaction, interaction.value));
  router.options(PICK_TOKEN_ACCOUNTS, async (typed, caller) =>
    suggestAccounts(byUrgency(await accountsFor(deps, caller)), typed, MAX_OPTIONS).map(toAccountChoice),
  );
  router.form(
    REQUEST_TOKEN_FORM,
    (form) => validateTokenRequestForm(form, deps.config.tokens),
    (interaction) => submitRequest(deps, interaction),
  );

  router.action(SHOW_REQUEST, async ({ caller, value, reply }) =>
    reply(await requestPage(deps, caller, value)),
  );
  router.action(SHOW_REQUESTS, (interaction) =>
    showRequestsPage(
      deps,
      { ...interaction, reply: interaction.replace },
      parseRequestPage(interaction.value),
    ),
  );
}

/** Registers the buttons that decide at once. */
function registerSteps(router: Router, deps: SlackDependencies): void {
  const { ctx } = deps;
  router.decision(APPROVE_TOKEN, async (interaction) => {
    const outcome = await approveTokenRequest(ctx, { requestId: interaction.value, by: interaction.caller });
    await replyWithOutcome(
      deps,
      interaction,
      outcome.kind === 'approved',
      stepOutcomeText(outcome, interaction.caller.id),
    );
  });
  router.decision(RECEIVE_TOKEN, async (interaction) => {
    const outcome = await receiveTokens(ctx, { requestId: interaction.value, by: interaction.caller });
    await replyWithOutcome(
      deps,
      interaction,
      outcome.kind === 'received',
      stepOutcomeText(outcome, interaction.caller.id),
    );
  });

  const answerSecondKey =
    (answer: SecondKeyAnswer) =>
    async ({ caller, value, reply, log }: ActionContext) => {
      const outcome = await finishTokenRequest(ctx, { requestId: value, by: caller.id, answer });
      log.info({ user: caller.id, request: value, outcome: outcome.kind }, 'Second key answered');
      // A direct message says that the request is complete.
      if (outcome.kind !== 'enrolled') await reply(markupReply(finishOutcomeText(outcome, caller.id)));
    };
  router.decision(SECOND_KEY_REGISTERED, answerSecondKey('registered'));
  router.decision(SECOND_KEY_LATER, answerSecondKey('later'));
}

/** Registers the buttons that open a form, and these forms. */
function registerStepForms(router: Router, deps: SlackDependencies): void {
  const { ctx } = deps;
  router.action(DECLINE_TOKEN, (interaction) =>
    openRequestForm(deps, interaction, ({ request, summary }) => {
      if (request.state !== 'requested') return tooLateText(request, interaction.caller.id);
      if (request.requestedBy === interaction.caller.id)
        return stepOutcomeText({ kind: 'own-request' }, interaction.caller.id);
      if (!interaction.caller.admin) return stepOutcomeText({ kind: 'not-an-admin' }, interaction.caller.id);
      return renderDeclineTokenForm(summary);
    }),
  );
  router.action(SHIP_TOKEN, (interaction) =>
    openRequestForm(deps, interaction, ({ request, summary }) => {
      if (!canShip(request)) return tooLateText(request, interaction.caller.id);
      if (!interaction.caller.admin) return stepOutcomeText({ kind: 'not-an-admin' }, interaction.caller.id);
      return renderShipTokenForm(summary, shippingVersion(request));
    }),
  );
  router.action(CANCEL_TOKEN, (interaction) =>
    openRequestForm(deps, interaction, ({ request, summary }) => {
      if ('closedAt' in request) return tooLateText(request, interaction.caller.id);
      const own = request.requestedBy === interaction.caller.id;
      if (!own && !interaction.caller.admin) return md`Only the requester or an admin can withdraw it.`;
      return renderCancelTokenForm(summary, own);
    }),
  );

  router.action(EDIT_TICKET, (interaction) =>
    openRequestForm(deps, interaction, ({ request, summary }) => {
      if (!canSetTicket(request)) return tooLateText(request, interaction.caller.id);
      if (request.requestedBy !== interaction.caller.id && !interaction.caller.admin)
        return stepOutcomeText({ kind: 'not-yours' }, interaction.caller.id);
      return renderTicketForm(summary, deps.config.tokens.ticket);
    }),
  );
  router.form(
    EDIT_TICKET_FORM,
    (form) => validateTicketForm(form, deps.config.tokens),
    async ({ form, metadata: requestId, caller, reply }) => {
      const outcome = await setTokenTicket(ctx, {
        requestId,
        by: caller,
        ticket: form.text('ticket') ?? null,
      });
      await reply(markupReply(stepOutcomeText(outcome, caller.id)));
    },
  );

  router.form(
    DECLINE_TOKEN_FORM,
    requireField('reason', 'Please add a reason: the requester reads it.'),
    async (interaction) => {
      const { form, metadata: requestId, caller } = interaction;
      const outcome = await declineTokenRequest(ctx, {
        requestId,
        by: caller,
        reason: form.text('reason') ?? '',
      });
      await interaction.reply(markupReply(stepOutcomeText(outcome, caller.id)));
    },
  );
  router.form(
    SHIP_TOKEN_FORM,
    requireField('note', 'Please enter a tracking number, or a place to pick up the keys.'),
    async (interaction) => {
      const { form, metadata, caller } = interaction;
      const parcel = {
        note: form.text('note') ?? '',
        serial: form.text('serial'),
        expectedOn: form.date('expected'),
      };
      const outcome = await shipTokens(ctx, { ...parseShipMetadata(metadata), ...parcel, by: caller });
      await interaction.reply(markupReply(stepOutcomeText(outcome, caller.id)));
    },
  );
  router.form(
    CANCEL_TOKEN_FORM,
    () => ({}),
    async (interaction) => {
      const { form, metadata: requestId, caller } = interaction;
      const outcome = await cancelTokenRequest(ctx, {
        requestId,
        by: caller,
        reason: form.text('reason') ?? null,
      });
      await interaction.reply(markupReply(stepOutcomeText(outcome, caller.id)));
    },
  );
}

const MAX_OPTIONS = 100;

/** Opens the form for the named account, by ID or as typed; for no account in particular if none was named. */
export async function openTokenRequestForm(
  deps: SlackDependencies,
  interaction: Interaction,
  accountText: string,
): Promise<void> {
  const { caller, reply, openModal } = interaction;
  const { config, ctx } = deps;
  const requestableAccounts = await accountsFor(deps, caller);
  const found = accountText === '' ? undefined : findAccount(requestableAccounts, accountText);
  const view = found?.kind === 'one' ? found.view : undefined;

  if (config.tokens.mode === 'link') return reply(renderLinkAnswer(deps, view));
  if (view?.tokenRequest) {
    const { tokenRequest, account } = view;
    const text = joinMarkup(
      [md`*${truncate(account.name, 60)}* already has a request.\n`, openRequestText(tokenRequest)],
      '',
    );
    return reply(markupReply(text, actions(showRequestButton(tokenRequest.id))));
  }
  if (requestableAccounts.length === 0) {
    return reply(
      message(
        'You own no account, so there is none to request a key for. To see all accounts, type /mfa-status.',
      ),
    );
  }
  const notes = [
    ...(accountText !== '' && !view
      ? [md`No account of yours is named “${truncate(accountText, 60)}”. Please choose one.`]
      : []),
    ...(ctx.channels.tokens === null
      ? [
          md`:information_source: No channel for requests is set up, so no one will be notified. Your request will be saved, and admins can find it with \`/mfa-status requests\`.`,
        ]
      : []),
  ];
  const accounts = view && view.compliance !== 'not_applicable' ? [view] : [];
  const ownWithoutHardware = withoutHardware(requestableAccounts, caller).length;
  await openModal(
    renderTokenRequestForm({
      formId: randomUUID(),
      accounts,
      tokens: config.tokens,
      ownWithoutHardware,
      notes,
    }),
  );
}

/** The caller's own requests; for admins every one that is open. */
export function showRequests(deps: SlackDependencies, interaction: Interaction): Promise<void> {
  return showRequestsPage(deps, interaction, 0);
}

async function showRequestsPage(
  { ctx, config }: SlackDependencies,
  { caller, reply }: Interaction,
  page: number,
): Promise<void> {
  const requests = caller.admin
    ? await readOpenTokenRequestsForApprovers(ctx)
    : await readOwnTokenRequests(ctx, caller.id);
  const listText = caller.admin
    ? { title: 'Open key requests', whenEmpty: 'No open key requests.' }
    : { title: 'Your key requests', whenEmpty: 'You have no key requests.' };
  await reply(
    renderTokenRequestList({
      ...listText,
      requests: requests.map(({ summary }) => summary),
      page,
      viewer: caller,
      requestButton: requestAnyTokenButton(config),
    }),
  );
}

async function submitRequest(
  deps: SlackDependencies,
  { form, metadata, caller, reply, log }: FormContext,
): Promise<void> {
  const { ctx, config } = deps;
  const parsed = parseTokenRequestForm(form);
  const { kind = 'security-key', quantity, office, note, ticket } = parsed;
  const own = parsed.allOwn ? withoutHardware(await accountsFor(deps, caller), caller) : [];
  const accountIds = [...new Set([...parsed.accountIds, ...own.map(({ account }) => account.id)])];
  const outcome = await submitTokenRequest(ctx, {
    form: { id: isFormId(metadata) ? metadata : randomUUID(), kind, quantity, office, note, ticket },
    accountIds,
    by: caller,
  });
  log.info({ user: caller.id, accounts: accountIds, outcome: outcome.kind }, 'Key requested');
  const names = new Map((await ctx.accounts.accounts()).map(({ id, name }) => [String(id), name]));
  // The request is made, even if Slack does not say now who decides about it.
  const admins = await ctx.people.admins().catch(() => undefined);
  const approvers = admins?.filter((id) => id !== caller.id).length;
  await reply(
    renderTokenRequestResult({
      outcome,
      approvers,
      admin: caller.admin,
      decideWithinDays: config.tokens.decideWithinDays,
      accountName: (id) => names.get(id) ?? id,
    }),
  );
}

/** Shows one request to the people it concerns. */
async function requestPage(
  deps: SlackDependencies,
  caller: Caller,
  requestId: string,
  notice?: Markup,
): Promise<RenderedMessage> {
  const read = caller.admin ? readTokenRequestForApprover : readTokenRequest;
  const found = await read(deps.ctx, requestId);
  const shown = found && (await visibleRequest(deps, caller, found));
  if (!shown) return message('This request no longer exists, or you cannot see it.');
  return renderTokenRequest(shown, caller, notice);
}

/** The request as the caller may see it: whole, without the names of accounts that are not theirs, or not at all. */
async function visibleRequest(
  { ctx, config }: SlackDependencies,
  caller: Caller,
  { request, summary }: TokenRequestWithSummary,
): Promise<TokenRequestWithSummary['summary'] | undefined> {
  if (caller.admin || request.requestedBy === caller.id) return summary;
  const own = new Set(
    (await readAccounts(ctx)).filter((view) => owns(caller, view)).map(({ account }) => account.id),
  );
  if (!summary.accounts.some(({ id }) => own.has(id))) return undefined;
  if (seesAll(caller, config)) return summary;
  const accounts = summary.accounts.map((account) =>
    own.has(account.id) ? account : { ...account, name: 'someone else’s account' },
  );
  return { ...summary, accounts };
}

/** The outbox edits the channel message: only a refusal needs a reply. Elsewhere, show the request again. */
async function replyWithOutcome(
  deps: SlackDependencies,
  interaction: ActionContext,
  succeeded: boolean,
  text: Markup,
): Promise<void> {
  if (interaction.surface !== 'message')
    await interaction.replace(await requestPage(deps, interaction.caller, interaction.value, text));
  else if (!succeeded) await interaction.reply(markupReply(text));
}

/** Opens a form about a request, or says why there is none to fill in. */
async function openRequestForm(
  { ctx }: SlackDependencies,
  { value, openModal, reply, caller }: ActionContext,
  formFor: (found: TokenRequestWithSummary) => Modal | Markup,
): Promise<void> {
  const found = await readTokenRequest(ctx, value);
  const form = found ? formFor(found) : stepOutcomeText({ kind: 'no-such-request' }, caller.id);
  await ('markup' in form ? reply(markupReply(form)) : openModal(form));
}

/** The accounts that the caller may ask keys for. */
async function accountsFor({ ctx }: SlackDependencies, caller: Caller): Promise<readonly AccountView[]> {
  const views = await readAccounts(ctx);
  return caller.admin ? views : views.filter((view) => owns(caller, view));
}

/** The caller's own accounts that a key would help and that have no request. */
function withoutHardware(views: readonly AccountView[], caller: Caller): readonly AccountView[] {
  return byUrgency(views).filter(
    (view) => view.level2 === 'fail' && view.required.rootCredentials === 'allowed' && owns(caller, view),
  );
}

/** Those that can be asked for, the ones without hardware first. */
function byUrgency(views: readonly AccountView[]): readonly AccountView[] {
  const requestable = views.filter(
    ({ tokenRequest, compliance }) => !tokenRequest && compliance !== 'not_applicable',
  );
  return [
    ...requestable.filter(({ level2 }) => level2 === 'fail'),
    ...requestable.filter(({ level2 }) => level2 !== 'fail'),
  ];
}

function renderLinkAnswer({ config }: SlackDependencies, view: AccountView | undefined): RenderedMessage {
  const text = view
    ? md`Keys for *${truncate(view.account.name, 60)}* are requested on your company’s own page.`
    : md`Keys are requested on your company’s own page. Open an account, or name one: \`/mfa-status request payments-prod\`.`;
  return view ? markupReply(text, actions(requestTokenButton(config, view.account))) : markupReply(text);
}

function requireField(blockId: string, errorText: string): Parameters<Router['form']>[1] {
  return (form) => (form.text(blockId) === undefined ? { [blockId]: errorText } : {});
}

function markupReply(text: Markup, ...more: RenderedMessage['blocks']): RenderedMessage {
  return { text: text.markup, blocks: [section(text), ...more] };
}

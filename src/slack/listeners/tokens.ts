import { randomUUID } from 'node:crypto';
import type { AccountView } from '../../usecases/shared/account-view.ts';
import { cancelToken } from '../../usecases/tokens/cancel-token-request.ts';
import { approveToken, declineToken } from '../../usecases/tokens/decide-token-request.ts';
import { findAccount, suggestAccounts } from '../../usecases/shared/find-account.ts';
import { readAccounts } from '../../usecases/shared/read-accounts.ts';
import {
  readOpenRequests,
  readOwnRequests,
  readTokenRequest,
  type ShownRequest,
} from '../../usecases/tokens/read-token-requests.ts';
import { receiveToken } from '../../usecases/tokens/receive-tokens.ts';
import { requestToken } from '../../usecases/tokens/submit-token-request.ts';
import { canShip, shippingMark, shipToken } from '../../usecases/tokens/ship-tokens.ts';
import type { Caller } from '../authorizer.ts';
import type { Bot } from '../dependencies.ts';
import type { Door } from '../router.ts';
import { choiceOf } from '../views/status/account.ts';
import { actions, type Drawn, joined, type Markup, type Modal, md, section, short } from '../views/shared/blocks.ts';
import { message } from '../views/shared/message.ts';
import {
  openRequestWords,
  REQUEST_TOKEN,
  requestAnyTokenButton,
  requestTokenButton,
} from '../views/tokens/token-button.ts';
import {
  CANCEL_FORM,
  checkRequestForm,
  DECLINE_FORM,
  drawCancelForm,
  drawDeclineForm,
  drawRequestForm,
  drawShipForm,
  isFormId,
  PICK_TOKEN_ACCOUNTS,
  REQUEST_FORM,
  readRequestForm,
  readShipMetadata,
  SHIP_FORM,
} from '../views/tokens/token-forms.ts';
import { drawRequestResult, stepOutcomeWords, tooLateWords } from '../views/tokens/token-outcomes.ts';
import {
  APPROVE_TOKEN,
  CANCEL_TOKEN,
  DECLINE_TOKEN,
  drawRequests,
  drawTokenRequest,
  RECEIVE_TOKEN,
  SHIP_TOKEN,
  SHOW_REQUEST,
  SHOW_REQUESTS,
  showRequestButton,
} from '../views/tokens/token-request.ts';
import { owns, seesAll } from '../visibility.ts';
import type { ActionVisit, FormVisit, Visit } from '../interaction.ts';

/** The token request, from the button that asks for it to the one that says that it has come. */
export function registerTokenRequest(door: Door, bot: Bot): void {
  const { ctx } = bot;

  door.action(REQUEST_TOKEN, (visit) => askForToken(bot, visit, visit.value));
  door.options(PICK_TOKEN_ACCOUNTS, async (typed, caller) =>
    suggestAccounts(neediestFirst(await accountsFor(bot, caller)), typed, CHOICES).map(choiceOf),
  );
  door.form(REQUEST_FORM, checkRequestForm, (visit) => sendRequest(bot, visit));

  door.action(SHOW_REQUEST, async ({ caller, value, say }) => say(await requestPage(bot, caller, value)));
  door.action(SHOW_REQUESTS, (visit) => showRequests(bot, { ...visit, say: visit.replace }));

  door.action(APPROVE_TOKEN, async (visit) => {
    const outcome = await approveToken(ctx, { requestId: visit.value, by: visit.caller });
    await answer(bot, visit, outcome.kind === 'approved', stepOutcomeWords(outcome, visit.caller.id));
  });
  door.action(RECEIVE_TOKEN, async (visit) => {
    const outcome = await receiveToken(ctx, { requestId: visit.value, by: visit.caller });
    await answer(bot, visit, outcome.kind === 'received', stepOutcomeWords(outcome, visit.caller.id));
  });

  door.action(DECLINE_TOKEN, (visit) =>
    openForm(bot, visit, ({ request, shown }) => {
      if (request.state !== 'requested') return tooLateWords(request, visit.caller.id);
      if (request.requestedBy === visit.caller.id)
        return stepOutcomeWords({ kind: 'own-request' }, visit.caller.id);
      if (!visit.caller.admin) return stepOutcomeWords({ kind: 'not-an-admin' }, visit.caller.id);
      return drawDeclineForm(shown);
    }),
  );
  door.action(SHIP_TOKEN, (visit) =>
    openForm(bot, visit, ({ request, shown }) => {
      if (!canShip(request)) return tooLateWords(request, visit.caller.id);
      if (!visit.caller.admin) return stepOutcomeWords({ kind: 'not-an-admin' }, visit.caller.id);
      return drawShipForm(shown, shippingMark(request));
    }),
  );
  door.action(CANCEL_TOKEN, (visit) =>
    openForm(bot, visit, ({ request, shown }) => {
      if ('closedAt' in request) return tooLateWords(request, visit.caller.id);
      const own = request.requestedBy === visit.caller.id;
      if (!own && !visit.caller.admin) return md`Only the person who asked, or an admin, can cancel it.`;
      return drawCancelForm(shown, own);
    }),
  );

  door.form(DECLINE_FORM, needs('reason', 'Say why: they will read it.'), async (visit) => {
    const { form, metadata: requestId, caller } = visit;
    const outcome = await declineToken(ctx, { requestId, by: caller, reason: form.text('reason') ?? '' });
    await visit.say(said(stepOutcomeWords(outcome, caller.id)));
  });
  door.form(SHIP_FORM, needs('note', 'Say how it gets there.'), async (visit) => {
    const { form, metadata, caller } = visit;
    const parcel = { note: form.text('note') ?? '', serial: form.text('serial') };
    const outcome = await shipToken(ctx, { ...readShipMetadata(metadata), ...parcel, by: caller });
    await visit.say(said(stepOutcomeWords(outcome, caller.id)));
  });
  door.form(
    CANCEL_FORM,
    () => ({}),
    async (visit) => {
      const { form, metadata: requestId, caller } = visit;
      const outcome = await cancelToken(ctx, { requestId, by: caller, reason: form.text('reason') ?? null });
      await visit.say(said(stepOutcomeWords(outcome, caller.id)));
    },
  );
}

const CHOICES = 100;

/** Opens the form for the account that was named, by its id or as somebody typed it; for none in particular if none was. */
export async function askForToken(bot: Bot, visit: Visit, named: string): Promise<void> {
  const { caller, say, open } = visit;
  const { config, ctx } = bot;
  const askable = await accountsFor(bot, caller);
  const found = named === '' ? undefined : findAccount(askable, named);
  const view = found?.kind === 'one' ? found.view : undefined;

  if (config.tokens.mode === 'link') return say(linkAnswer(bot, view));
  if (view?.tokenRequest) {
    const { tokenRequest, account } = view;
    const words = joined(
      [md`*${short(account.name, 60)}* has a request already.\n`, openRequestWords(tokenRequest)],
      '',
    );
    return say(said(words, actions(showRequestButton(tokenRequest.id))));
  }
  if (askable.length === 0) {
    return say(
      message(
        'No account names you as its owner, so there is none to ask a key for. `/mfa-status` shows them all.',
      ),
    );
  }
  const notes = [
    ...(named !== '' && !view
      ? [md`No account of yours is surely “${short(named, 60)}”: please choose.`]
      : []),
    ...(ctx.channels.tokens === null
      ? [
          md`:information_source: There is no channel for requests, so nobody is told at once. Your request is kept, and admins find it with \`/mfa-status requests\`.`,
        ]
      : []),
  ];
  const accounts = view && view.standing !== 'not_applicable' ? [view] : [];
  await open(drawRequestForm({ formId: randomUUID(), accounts, tokens: config.tokens, notes }));
}

/** The caller's own requests; for admins every one that is open. */
export async function showRequests(bot: Bot, { caller, say }: Visit): Promise<void> {
  const { ctx, config } = bot;
  const requests = caller.admin ? await readOpenRequests(ctx) : await readOwnRequests(ctx, caller.id);
  const words = caller.admin
    ? { title: 'Open key requests', whenEmpty: 'Nobody waits for a key.' }
    : { title: 'Your key requests', whenEmpty: 'You are waiting for no key.' };
  await say(
    drawRequests({
      ...words,
      requests: requests.map(({ shown }) => shown),
      viewer: caller,
      ask: requestAnyTokenButton(config),
    }),
  );
}

async function sendRequest(
  { ctx, config, gate }: Bot,
  { form, metadata, caller, say, log }: FormVisit,
): Promise<void> {
  const { accountIds, kind = 'security-key', quantity, office, note } = readRequestForm(form);
  const outcome = await requestToken(ctx, {
    form: { id: isFormId(metadata) ? metadata : randomUUID(), kind, quantity, office, note },
    accountIds,
    by: caller,
  });
  log.info({ user: caller.id, accounts: accountIds, outcome: outcome.kind }, 'A key was asked for');
  const names = new Map((await ctx.book.accounts()).map(({ id, name }) => [String(id), name]));
  // The request is made, even if Slack does not say now who decides about it.
  const admins = await gate.admins().catch(() => undefined);
  const approvers = admins?.filter((id) => id !== caller.id).length;
  await say(
    drawRequestResult({
      outcome,
      approvers,
      admin: caller.admin,
      decideWithinDays: config.tokens.decideWithinDays,
      accountName: (id) => names.get(id) ?? id,
    }),
  );
}

/** One request, for those whom it concerns. */
async function requestPage(bot: Bot, caller: Caller, requestId: string, news?: Markup): Promise<Drawn> {
  const found = await readTokenRequest(bot.ctx, requestId);
  const shown = found && (await asSeenBy(bot, caller, found));
  if (!shown) return message('This request is not there any more, or it is not yours to see.');
  return drawTokenRequest(shown, caller, news);
}

/** The request as the caller may see it: whole, without the names of accounts that are not theirs, or not at all. */
async function asSeenBy(
  { ctx, config }: Bot,
  caller: Caller,
  { request, shown }: ShownRequest,
): Promise<ShownRequest['shown'] | undefined> {
  if (caller.admin || request.requestedBy === caller.id) return shown;
  const own = new Set(
    (await readAccounts(ctx)).filter((view) => owns(caller, view)).map(({ account }) => account.id),
  );
  if (!shown.accounts.some(({ id }) => own.has(id))) return undefined;
  if (seesAll(caller, config)) return shown;
  const accounts = shown.accounts.map((account) =>
    own.has(account.id) ? account : { ...account, name: 'somebody else’s account' },
  );
  return { ...shown, accounts };
}

/** A message that everybody sees is edited by itself: only a refusal needs words. Elsewhere the request is shown anew. */
async function answer(bot: Bot, visit: ActionVisit, done: boolean, words: Markup): Promise<void> {
  if (visit.surface !== 'message')
    await visit.replace(await requestPage(bot, visit.caller, visit.value, words));
  else if (!done) await visit.say(said(words));
}

/** Opens a form about a request, or says why there is none to fill in. */
async function openForm(
  { ctx }: Bot,
  { value, open, say, caller }: ActionVisit,
  formFor: (found: ShownRequest) => Modal | Markup,
): Promise<void> {
  const found = await readTokenRequest(ctx, value);
  const form = found ? formFor(found) : stepOutcomeWords({ kind: 'no-such-request' }, caller.id);
  await ('markup' in form ? say(said(form)) : open(form));
}

/** The accounts that the caller may ask keys for. */
async function accountsFor({ ctx }: Bot, caller: Caller): Promise<readonly AccountView[]> {
  const views = await readAccounts(ctx);
  return caller.admin ? views : views.filter((view) => owns(caller, view));
}

/** Those that can be asked for, the ones without hardware first. */
function neediestFirst(views: readonly AccountView[]): readonly AccountView[] {
  const askable = views.filter(
    ({ tokenRequest, standing }) => !tokenRequest && standing !== 'not_applicable',
  );
  return [
    ...askable.filter(({ level2 }) => level2 === 'fail'),
    ...askable.filter(({ level2 }) => level2 !== 'fail'),
  ];
}

function linkAnswer({ config }: Bot, view: AccountView | undefined): Drawn {
  const words = view
    ? md`Keys for *${short(view.account.name, 60)}* are requested on your company’s own page.`
    : md`Keys are requested on your company’s own page. Open an account, or name one: \`/mfa-status request payments-prod\`.`;
  return view ? said(words, actions(requestTokenButton(config, view.account))) : said(words);
}

function needs(blockId: string, sentence: string): Parameters<Door['form']>[1] {
  return (form) => (form.text(blockId) === undefined ? { [blockId]: sentence } : {});
}

function said(words: Markup, ...more: Drawn['blocks']): Drawn {
  return { text: words.markup, blocks: [section(words), ...more] };
}

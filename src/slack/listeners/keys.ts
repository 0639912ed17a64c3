import { isAccountId } from '../../domain/account.ts';
import { confirmKeys } from '../../usecases/keys/confirm-keys.ts';
import { readKeyForm, removeKey, saveKey } from '../../usecases/keys/edit-key.ts';
import { readKeyPage, readKeysOfAccount } from '../../usecases/keys/read-key-register.ts';
import { findAccount } from '../../usecases/shared/find-account.ts';
import { readAccount, readAccounts } from '../../usecases/shared/read-accounts.ts';
import type { Caller } from '../authorizer.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { CommandContext } from '../interaction.ts';
import type { Router } from '../router.ts';
import { CONFIRM_KEYS, confirmKeysText } from '../views/keys/key-confirmation.ts';
import {
  KEY_FORM,
  keyOutcomeText,
  parseKeyForm,
  parseKeyMetadata,
  renderKeyForm,
  validateKeyForm,
} from '../views/keys/key-form.ts';
import {
  EDIT_KEY,
  parseKeysValue,
  REMOVE_KEY,
  renderAccountKeys,
  renderKeyPage,
  renderNoKeys,
  SHOW_KEYS,
} from '../views/keys/key-list.ts';
import type { Markup, RenderedMessage } from '../views/shared/blocks.ts';
import { markupMessage } from '../views/shared/message.ts';
import { renderAccountChoice, renderAccountNotFound } from '../views/status/account.ts';
import { owns } from '../visibility.ts';

const MAX_CHOICES = 10;

/** The key register: who holds which key, for admins and for the owner of each account. */
export function registerKeys(router: Router, deps: SlackDependencies): void {
  const { ctx } = deps;

  router.action(SHOW_KEYS, async ({ caller, value, surface, reply, replace }) => {
    const target = parseKeysValue(value);
    const shown =
      'page' in target
        ? await registerPage(deps, caller, target.page)
        : await accountKeysPage(deps, caller, target.accountId);
    await (surface === 'home' || surface === 'message' ? reply(shown) : replace(shown));
  });

  router.action(EDIT_KEY, async ({ caller, value, openModal, reply }) => {
    const values = new URLSearchParams(value);
    const accountId = values.get('account') ?? '';
    const subject = isAccountId(accountId)
      ? await readKeyForm(ctx, { accountId, keyId: values.get('key'), by: caller })
      : ({ kind: 'no-such-account' } as const);
    if (subject.kind !== 'can-edit') return reply(markupMessage(keyOutcomeText(subject)));
    await openModal(renderKeyForm(subject.view, subject.key));
  });

  router.form(KEY_FORM, validateKeyForm, async ({ caller, form, metadata, reply, log }) => {
    const { accountId, keyId, isNew } = parseKeyMetadata(metadata);
    if (!isAccountId(accountId)) return reply(markupMessage(keyOutcomeText({ kind: 'no-such-account' })));
    const outcome = await saveKey(ctx, { accountId, keyId, isNew, facts: parseKeyForm(form), by: caller });
    log.info({ user: caller.id, account: accountId, outcome: outcome.kind }, 'Key register edited');
    const isRefused = outcome.kind === 'not-yours' || outcome.kind === 'no-such-account';
    await reply(
      isRefused
        ? markupMessage(keyOutcomeText(outcome))
        : await accountKeysPage(deps, caller, accountId, keyOutcomeText(outcome)),
    );
  });

  router.decision(CONFIRM_KEYS, async ({ caller, value, reply, log }) => {
    const outcome = await confirmKeys(ctx, { day: value, by: caller });
    log.info({ user: caller.id, outcome: outcome.kind }, 'Keys confirmed');
    await reply(markupMessage(confirmKeysText(outcome)));
  });

  router.decision(REMOVE_KEY, async ({ caller, value, replace, log }) => {
    const outcome = await removeKey(ctx, { keyId: value, by: caller });
    log.info({ user: caller.id, key: value, outcome: outcome.kind }, 'Key removed from the register');
    await replace(
      outcome.kind === 'removed'
        ? await accountKeysPage(deps, caller, outcome.key.accountId, keyOutcomeText(outcome))
        : markupMessage(keyOutcomeText(outcome)),
    );
  });
}

/** Shows the register: every account that the caller answers for, or one of them. */
export async function showKeys(
  deps: SlackDependencies,
  { caller, reply }: CommandContext,
  typed: string,
): Promise<void> {
  if (typed === '') return reply(await registerPage(deps, caller, 0));
  const views = await readOwnAccounts(deps, caller);
  if (views.length === 0) return reply(renderNoKeys());
  const found = findAccount(views, typed);
  switch (found.kind) {
    case 'one':
      return reply(await accountKeysPage(deps, caller, found.view.account.id));
    case 'several':
      return reply(renderAccountChoice(typed, found.views.slice(0, MAX_CHOICES), found.views.length));
    case 'none':
      return reply(renderAccountNotFound(typed, found.nearest, null));
  }
}

async function registerPage(
  deps: Pick<SlackDependencies, 'ctx'>,
  caller: Caller,
  page: number,
): Promise<RenderedMessage> {
  const views = await readOwnAccounts(deps, caller);
  if (views.length === 0 && !caller.admin) return renderNoKeys();
  return renderKeyPage(
    await readKeyPage(deps.ctx, { accounts: views.map(({ account }) => account), page, by: caller }),
  );
}

async function accountKeysPage(
  { ctx }: Pick<SlackDependencies, 'ctx'>,
  caller: Caller,
  id: string,
  notice?: Markup,
): Promise<RenderedMessage> {
  const view = isAccountId(id) ? await readAccount(ctx, id) : undefined;
  if (!view || !(caller.admin || owns(caller, view))) {
    return markupMessage(keyOutcomeText({ kind: caller.admin ? 'no-such-account' : 'not-yours' }));
  }
  return renderAccountKeys(await readKeysOfAccount(ctx, { account: view.account, by: caller }), notice);
}

async function readOwnAccounts({ ctx }: Pick<SlackDependencies, 'ctx'>, caller: Caller) {
  const views = await readAccounts(ctx);
  return caller.admin ? views : views.filter((view) => owns(caller, view));
}

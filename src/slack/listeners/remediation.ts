import { isAccountId } from '../../domain/account.ts';
import { attestKey } from '../../usecases/attestations/attest-key.ts';
import { type RemediationGuide, readRemediation } from '../../usecases/remediation/read-remediation.ts';
import { requestRemoval } from '../../usecases/removal-requests/request-removal.ts';
import { withdrawRemoval } from '../../usecases/removal-requests/withdraw-removal.ts';
import { checkAccount } from '../../usecases/scan/check-account.ts';
import { findAccount } from '../../usecases/shared/find-account.ts';
import { readAccounts, readAccountsOfOwner } from '../../usecases/shared/read-accounts.ts';
import type { Caller } from '../authorizer.ts';
import type { SlackDependencies } from '../dependencies.ts';
import { asModal, type CommandContext, type Interaction } from '../interaction.ts';
import type { Router } from '../router.ts';
import {
  ATTEST_KEY,
  ATTEST_KEY_FORM,
  attestKeyOutcomeText,
  KEY_KIND_INPUT,
  MAKE_MODEL_INPUT,
  parseKeyKind,
  renderAttestKeyForm,
} from '../views/attestations/attest-key.ts';
import {
  CHECK_FIX,
  HOW_TO_FIX,
  parseOptionValue,
  renderFixAccountChoice,
  renderFixCheckOutcome,
  renderRemediationGuide,
  SHOW_REMEDIATION_OPTION,
} from '../views/remediation/remediation-guide.ts';
import {
  REQUEST_REMOVAL,
  removalRequestOutcomeText,
  WITHDRAW_REMOVAL,
  withdrawRemovalOutcomeText,
} from '../views/removal-requests/removal-request.ts';
import { checkOutcomeText } from '../views/scan/check-outcome.ts';
import { section, truncate } from '../views/shared/blocks.ts';
import { renderLimitReached } from '../views/shared/limit-reached.ts';
import { markupMessage, message } from '../views/shared/message.ts';
import { renderAccountNotFound } from '../views/status/account.ts';
import { tokenSection } from '../views/tokens/token-button.ts';
import { actsAsOwner, owns, seesAll, viewerOf, visibleTo } from '../visibility.ts';

const ACCOUNT_NOT_FOUND_TEXT = 'This account no longer exists, or you cannot see it.';
const MAX_CHOICES = 10;

/** *How to fix*: the guide, a look whether it worked, and what only the owner knows of the key. */
export function registerRemediation(router: Router, deps: SlackDependencies): void {
  const { ctx, instance, limits } = deps;

  router.action(HOW_TO_FIX, (interaction) => {
    const { accountId, option } = parseOptionValue(interaction.value);
    return openGuide(deps, interaction, accountId, option);
  });

  router.action(SHOW_REMEDIATION_OPTION, async ({ caller, value, replace }) => {
    const { accountId, option } = parseOptionValue(value);
    const guide = await readVisibleGuide(deps, caller, accountId);
    await replace(guide ? renderGuide(deps, guide, caller, option) : message(ACCOUNT_NOT_FOUND_TEXT));
  });

  router.action(CHECK_FIX, async ({ caller, value, showProgress, replace, log }) => {
    const guide = await readVisibleGuide(deps, caller, value);
    if (!guide) return replace(message(ACCOUNT_NOT_FOUND_TEXT));
    const nextAt = limits.checks.tryStart(caller.id);
    if (nextAt) return replace(renderLimitReached('checks', nextAt));
    const { account } = guide.view;
    const meanwhile = message(`:hourglass_flowing_sand: Checking ${account.name} in AWS…`);
    const finish = await showProgress({ ...meanwhile, title: 'How to fix' });
    const outcome = await checkAccount(ctx, { accountId: account.id, instance });
    log.info({ user: caller.id, account: account.id, outcome: outcome.kind }, 'Account checked after a fix');
    const text = checkOutcomeText(outcome, account.verdict, { triedToFix: true });
    await finish(renderFixCheckOutcome(outcome, text, viewerOf(caller, guide.view)));
  });

  router.action(REQUEST_REMOVAL, async ({ caller, value, replace, log }) => {
    const guide = await readVisibleGuide(deps, caller, value);
    if (!guide) return replace(message(ACCOUNT_NOT_FOUND_TEXT));
    const outcome = await requestRemoval(ctx, { accountId: guide.view.account.id }, caller);
    log.info(
      { user: caller.id, account: value, outcome: outcome.kind },
      'Removal of root credentials requested',
    );
    const current = (await readVisibleGuide(deps, caller, value)) ?? guide;
    const page = renderGuide(deps, current, caller);
    await replace({ ...page, blocks: [section(removalRequestOutcomeText(outcome)), ...page.blocks] });
  });

  router.action(WITHDRAW_REMOVAL, async ({ caller, value, replace, reply, log }) => {
    const outcome = await withdrawRemoval(ctx, { id: value }, caller);
    log.info({ user: caller.id, request: value, outcome: outcome.kind }, 'Removal request withdrawn');
    const text = withdrawRemovalOutcomeText(outcome);
    const guide = 'accountId' in outcome && (await readVisibleGuide(deps, caller, outcome.accountId));
    if (!guide) return reply(markupMessage(text));
    const page = renderGuide(deps, guide, caller);
    await replace({ ...page, blocks: [section(text), ...page.blocks] });
  });

  router.action(ATTEST_KEY, async ({ caller, value, openModal, reply }) => {
    const guide = await readVisibleGuide(deps, caller, value);
    if (!guide || !owns(caller, guide.view)) {
      return reply(message('Only the owner of the account can confirm the key type.'));
    }
    await openModal(renderAttestKeyForm(guide.view));
  });

  router.form(
    ATTEST_KEY_FORM,
    (form): Readonly<Record<string, string>> =>
      parseKeyKind(form.selected(KEY_KIND_INPUT)) === 'hardware' && !form.text(MAKE_MODEL_INPUT)
        ? { [MAKE_MODEL_INPUT]: 'Please enter the make and model of the key.' }
        : {},
    async ({ caller, form, metadata, showModal, reply, log }) => {
      if (!isAccountId(metadata)) return reply(message(ACCOUNT_NOT_FOUND_TEXT));
      const answer = {
        accountId: metadata,
        kind: parseKeyKind(form.selected(KEY_KIND_INPUT)),
        makeModel: form.text(MAKE_MODEL_INPUT),
      };
      const outcome = await attestKey(ctx, answer, caller);
      log.info({ user: caller.id, account: metadata, outcome: outcome.kind }, 'Key attested');
      const text = attestKeyOutcomeText(outcome);
      const guide = await readVisibleGuide(deps, caller, metadata);
      if (!guide || outcome.kind !== 'attested') return reply(markupMessage(text));

      const page = renderGuide(deps, guide, caller);
      await showModal(asModal({ ...page, blocks: [section(text), ...page.blocks] }));
    },
  );
}

/** `/mfa-status fix [account]`: without an account, the caller's own non-compliant one, or a choice of several. */
export async function openRemediation(
  deps: SlackDependencies,
  interaction: CommandContext,
  typed: string,
): Promise<void> {
  const { caller, reply } = interaction;
  if (typed !== '') return openMatchingAccount(deps, interaction, typed);

  const owned = await readAccountsOfOwner(deps.ctx, (owner) => actsAsOwner(caller, owner));
  const failing = owned.filter(({ compliance }) => compliance === 'noncompliant');
  const [first] = failing;
  if (!first)
    return reply(message('None of your accounts is non-compliant. For another account, add its name or ID.'));
  if (failing.length === 1) return openGuide(deps, interaction, first.account.id);
  await reply(
    renderFixAccountChoice(
      accountChoiceText(failing.length, 'of yours are non-compliant'),
      failing.slice(0, MAX_CHOICES),
    ),
  );
}

async function openMatchingAccount(
  deps: SlackDependencies,
  interaction: CommandContext,
  typed: string,
): Promise<void> {
  const { caller, reply } = interaction;
  const found = findAccount(visibleTo(caller, await readAccounts(deps.ctx), deps.config), typed);
  switch (found.kind) {
    case 'one':
      return openGuide(deps, interaction, found.view.account.id);
    case 'several':
      return reply(
        renderFixAccountChoice(
          accountChoiceText(found.views.length, `match “${truncate(typed, 80)}”`),
          found.views.slice(0, MAX_CHOICES),
        ),
      );
    case 'none':
      return reply(renderAccountNotFound(typed, found.nearest, null));
  }
}

function accountChoiceText(total: number, description: string): string {
  return total > MAX_CHOICES
    ? `${total} accounts ${description}. Here are the first ${MAX_CHOICES}; for another one add its name or id.`
    : `${total} accounts ${description}. Which one?`;
}

async function openGuide(
  deps: SlackDependencies,
  { caller, openModal, reply }: Interaction,
  id: string,
  option?: string,
): Promise<void> {
  const guide = await readVisibleGuide(deps, caller, id);
  if (!guide) return reply(message(ACCOUNT_NOT_FOUND_TEXT));
  await openModal(asModal(renderGuide(deps, guide, caller, option)));
}

function renderGuide(
  { config }: SlackDependencies,
  guide: RemediationGuide,
  caller: Caller,
  shownOption?: string,
) {
  const viewer = viewerOf(caller, guide.view);
  const token = tokenSection(guide.view, viewer.admin || viewer.owner, config);
  return renderRemediationGuide({ ...guide, viewer, token, shownOption });
}

/** The guide to an account that the caller may see. */
async function readVisibleGuide(
  { ctx, config }: SlackDependencies,
  caller: Caller,
  id: string,
): Promise<RemediationGuide | undefined> {
  const guide = isAccountId(id) ? await readRemediation(ctx, id) : undefined;
  return guide && (seesAll(caller, config) || owns(caller, guide.view)) ? guide : undefined;
}

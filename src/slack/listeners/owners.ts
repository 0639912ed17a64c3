import { isAccountId } from '../../domain/account.ts';
import { isSlackUserId } from '../../domain/person.ts';
import { answerOwnerProposal } from '../../usecases/owners/answer-owner-proposal.ts';
import { proposeOwner } from '../../usecases/owners/propose-owner.ts';
import type { Context } from '../../usecases/shared/context.ts';
import { readAccount } from '../../usecases/shared/read-accounts.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { ActionContext } from '../interaction.ts';
import type { Router } from '../router.ts';
import {
  answerOwnerProposalText,
  CHANGE_OWNER,
  CHANGE_OWNER_FORM,
  CONFIRM_OWNER,
  DECLINE_OWNER,
  NEW_OWNER_INPUT,
  NEW_OWNER_NOTE_INPUT,
  proposeOwnerOutcomeText,
  renderChangeOwnerForm,
} from '../views/owners/assign-owner.ts';
import { markupMessage } from '../views/shared/message.ts';
import { owns } from '../visibility.ts';

/** Registers how an account gets another owner: an admin or the owner picks the person, who confirms. */
export function registerOwners(router: Router, { ctx }: SlackDependencies): void {
  router.action(CHANGE_OWNER, async ({ caller, value, openModal, reply }) => {
    const view = isAccountId(value) ? await readAccount(ctx, value) : undefined;
    if (!view || !(caller.admin || owns(caller, view))) {
      return reply(markupMessage(proposeOwnerOutcomeText({ kind: 'not-yours' })));
    }
    await openModal(renderChangeOwnerForm(view));
  });

  router.form(
    CHANGE_OWNER_FORM,
    (form): Readonly<Record<string, string>> =>
      form.person(NEW_OWNER_INPUT) ? {} : { [NEW_OWNER_INPUT]: 'Choose a person.' },
    async ({ caller, form, metadata, reply, log }) => {
      const to = form.person(NEW_OWNER_INPUT) ?? '';
      if (!isAccountId(metadata) || !isSlackUserId(to)) {
        return reply(markupMessage(proposeOwnerOutcomeText({ kind: 'not-yours' })));
      }
      const note = form.text(NEW_OWNER_NOTE_INPUT);
      const outcome = await proposeOwner(ctx, { accountId: metadata, to, by: caller, note });
      log.info({ user: caller.id, account: metadata, outcome: outcome.kind }, 'Owner proposed');
      await reply(markupMessage(proposeOwnerOutcomeText(outcome)));
    },
  );

  router.decision(CONFIRM_OWNER, (interaction) => answerProposal(ctx, interaction, true));
  router.decision(DECLINE_OWNER, (interaction) => answerProposal(ctx, interaction, false));
}

async function answerProposal(
  ctx: Context,
  { caller, value, reply, log }: ActionContext,
  accept: boolean,
): Promise<void> {
  if (!isAccountId(value)) return reply(markupMessage(answerOwnerProposalText({ kind: 'not-open' })));
  const outcome = await answerOwnerProposal(ctx, { accountId: value, by: caller.id, accept });
  log.info({ user: caller.id, account: value, outcome: outcome.kind }, 'Owner proposal answered');
  await reply(markupMessage(answerOwnerProposalText(outcome)));
}

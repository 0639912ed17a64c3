import { isAccountId } from '../../domain/account.ts';
import { findRecoveryFormProblem } from '../../domain/recovery-window.ts';
import {
  type DecideRecoveryOutcome,
  decideRecoveryWindow,
} from '../../usecases/recovery-windows/decide-recovery-window.ts';
import {
  readDeclinableRecovery,
  readRecoveryWindow,
} from '../../usecases/recovery-windows/read-recovery-window.ts';
import {
  canHaveRecoveryWindow,
  requestRecoveryWindow,
} from '../../usecases/recovery-windows/request-recovery-window.ts';
import { readAccount } from '../../usecases/shared/read-accounts.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Form } from '../form.ts';
import type { ActionContext } from '../interaction.ts';
import { accountPage } from '../pages.ts';
import type { Router } from '../router.ts';
import {
  DECLINE_RECOVERY,
  DECLINE_RECOVERY_FORM,
  END_RECOVERY,
  GRANT_RECOVERY,
  RECOVERY_END_INPUT,
  RECOVERY_FORM,
  RECOVERY_REASON_INPUT,
  RECOVERY_TICKET_INPUT,
  REQUEST_RECOVERY,
  renderDeclineRecoveryForm,
  renderRecoveryForm,
} from '../views/recovery-windows/recovery-window.ts';
import {
  recoveryDecisionOutcomeText,
  recoveryFormErrors,
  recoveryRequestOutcomeText,
} from '../views/recovery-windows/recovery-window-outcomes.ts';
import { markupMessage } from '../views/shared/message.ts';
import { owns } from '../visibility.ts';

/** Registers what people do with recovery windows: request, decide, withdraw, end. */
export function registerRecoveryWindows(router: Router, deps: SlackDependencies): void {
  registerRequests(router, deps);
  registerDecisions(router, deps);
}

function registerRequests(router: Router, { ctx }: SlackDependencies): void {
  router.action(REQUEST_RECOVERY, async ({ caller, value, openModal, reply }) => {
    const view = isAccountId(value) ? await readAccount(ctx, value) : undefined;
    if (!view || !(caller.admin || owns(caller, view)))
      return reply(markupMessage(recoveryRequestOutcomeText({ kind: 'not-yours' })));
    if (!canHaveRecoveryWindow(view))
      return reply(markupMessage(recoveryRequestOutcomeText({ kind: 'not-needed' })));
    if (view.recoveryWindow)
      return reply(markupMessage(recoveryRequestOutcomeText({ kind: 'already-open' })));
    await openModal(renderRecoveryForm(view, ctx.now()));
  });

  router.form(
    RECOVERY_FORM,
    (form): Readonly<Record<string, string>> => {
      const problem = findRecoveryFormProblem(readForm(form), ctx.now());
      return problem ? recoveryFormErrors(problem) : {};
    },
    async ({ caller, form, metadata, reply, log }) => {
      if (!isAccountId(metadata))
        return reply(markupMessage(recoveryRequestOutcomeText({ kind: 'no-such-account' })));
      const outcome = await requestRecoveryWindow(ctx, { ...readForm(form), accountId: metadata }, caller);
      log.info({ user: caller.id, account: metadata, outcome: outcome.kind }, 'Recovery window requested');
      await reply(markupMessage(recoveryRequestOutcomeText(outcome)));
    },
  );
}

function registerDecisions(router: Router, deps: SlackDependencies): void {
  const { ctx } = deps;
  const decide =
    (decision: { readonly kind: 'grant' | 'end' }) =>
    async (interaction: ActionContext): Promise<void> => {
      const { caller, value, log } = interaction;
      const outcome = await decideRecoveryWindow(ctx, { id: value, decision }, caller);
      log.info({ user: caller.id, window: value, outcome: outcome.kind }, 'Recovery window decided');
      await replyWithOutcome(deps, interaction, outcome);
    };
  router.decision(GRANT_RECOVERY, decide({ kind: 'grant' }));
  router.decision(END_RECOVERY, decide({ kind: 'end' }));

  router.action(DECLINE_RECOVERY, async (interaction) => {
    const { caller, value, openModal } = interaction;
    const found = await readDeclinableRecovery(ctx, value, caller);
    if (found.kind !== 'declinable') return replyWithOutcome(deps, interaction, found);
    await openModal(renderDeclineRecoveryForm(found.window.id, found.accountName));
  });

  router.form(
    DECLINE_RECOVERY_FORM,
    (form): Readonly<Record<string, string>> =>
      form.text(RECOVERY_REASON_INPUT) ? {} : { [RECOVERY_REASON_INPUT]: 'Please add a reason.' },
    async ({ caller, form, metadata, reply, log }) => {
      const decision = { kind: 'decline', reason: form.text(RECOVERY_REASON_INPUT) ?? '' } as const;
      const outcome = await decideRecoveryWindow(ctx, { id: metadata, decision }, caller);
      log.info({ user: caller.id, window: metadata, outcome: outcome.kind }, 'Recovery window decided');
      await reply(markupMessage(recoveryDecisionOutcomeText(outcome)));
    },
  );
}

/** On the account's own page, shows the page as it is now; beside a message for everyone, only the outcome. */
async function replyWithOutcome(
  deps: SlackDependencies,
  { caller, value, surface, reply, replace }: ActionContext,
  outcome: DecideRecoveryOutcome,
): Promise<void> {
  const text = recoveryDecisionOutcomeText(outcome);
  const window = surface === 'ephemeral' ? await readRecoveryWindow(deps.ctx, value) : undefined;
  if (!window) return reply(markupMessage(text));
  await replace(await accountPage(deps, caller, window.accountId, text));
}

function readForm(form: Form) {
  return {
    reason: form.text(RECOVERY_REASON_INPUT) ?? '',
    ticket: form.text(RECOVERY_TICKET_INPUT) ?? null,
    endsAt: form.dateTime(RECOVERY_END_INPUT) ?? null,
  };
}

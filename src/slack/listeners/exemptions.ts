import { isAccountId } from '../../domain/account.ts';
import { daysAfter, localDate } from '../../domain/calendar.ts';
import { findExemptionFormProblem, latestDayOf } from '../../domain/exemption.ts';
import { decideExemption } from '../../usecases/exemptions/decide-exemption.ts';
import { readDeclinableExemption, readExemption } from '../../usecases/exemptions/read-exemption.ts';
import { requestExemption } from '../../usecases/exemptions/request-exemption.ts';
import { revokeExemption } from '../../usecases/exemptions/revoke-exemption.ts';
import { withdrawExemption } from '../../usecases/exemptions/withdraw-exemption.ts';
import { readAccount } from '../../usecases/shared/read-accounts.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Form } from '../form.ts';
import type { ActionContext } from '../interaction.ts';
import { accountPage } from '../pages.ts';
import type { Router } from '../router.ts';
import {
  COMPENSATING_CONTROL_INPUT,
  DECLINE_EXEMPTION,
  DECLINE_EXEMPTION_FORM,
  EXEMPTION_REASON_INPUT,
  GRANT_EXEMPTION,
  LAST_DAY_INPUT,
  REQUEST_EXEMPTION,
  REQUEST_EXEMPTION_FORM,
  REVOKE_EXEMPTION,
  renderDeclineExemptionForm,
  renderExemptionRequestForm,
  WITHDRAW_EXEMPTION,
} from '../views/exemptions/exemption.ts';
import {
  exemptionDecisionOutcomeText,
  exemptionFormErrors,
  exemptionRequestOutcomeText,
  exemptionRevocationOutcomeText,
  exemptionWithdrawalOutcomeText,
} from '../views/exemptions/exemption-outcomes.ts';
import type { Markup } from '../views/shared/blocks.ts';
import { markupMessage } from '../views/shared/message.ts';
import { owns } from '../visibility.ts';

/** The length that the form proposes, if the company allows it. */
const DEFAULT_DAYS = 30;

/** Registers what people do with exemptions: request, decide, withdraw, revoke. */
export function registerExemptions(router: Router, deps: SlackDependencies): void {
  const { ctx, config } = deps;
  const zone = config.schedule.timezone;
  const policy = { maxDays: config.exemptions.maxDays };

  router.action(REQUEST_EXEMPTION, async ({ caller, value, openModal, reply }) => {
    const view = isAccountId(value) ? await readAccount(ctx, value) : undefined;
    if (!view || !(caller.admin || owns(caller, view)))
      return reply(markupMessage(exemptionRequestOutcomeText({ kind: 'not-yours' }, zone)));
    if (view.exemption) {
      return reply(
        markupMessage(exemptionRequestOutcomeText({ kind: 'already-open', exemption: view.exemption }, zone)),
      );
    }
    if (view.compliance !== 'noncompliant')
      return reply(markupMessage(exemptionRequestOutcomeText({ kind: 'nothing-to-exempt' }, zone)));

    const now = ctx.now();
    const latestDay = latestDayOf(policy, zone, now);
    const initialDay = localDate(daysAfter(now, Math.min(DEFAULT_DAYS, policy.maxDays), zone), zone);
    await openModal(renderExemptionRequestForm(view, { latestDay, initialDay }));
  });

  router.form(
    REQUEST_EXEMPTION_FORM,
    (form): Readonly<Record<string, string>> => {
      const problem = findExemptionFormProblem(readExemptionForm(form), { policy, zone }, ctx.now());
      return problem ? exemptionFormErrors(problem) : {};
    },
    async ({ caller, form, metadata, reply, log }) => {
      if (!isAccountId(metadata))
        return reply(markupMessage(exemptionRequestOutcomeText({ kind: 'no-such-account' }, zone)));
      const outcome = await requestExemption(
        ctx,
        { ...readExemptionForm(form), accountId: metadata },
        caller,
      );
      log.info({ user: caller.id, account: metadata, outcome: outcome.kind }, 'Exemption requested');
      await reply(markupMessage(exemptionRequestOutcomeText(outcome, zone)));
    },
  );

  router.decision(GRANT_EXEMPTION, async (interaction) => {
    const { caller, value, log } = interaction;
    const decision = { kind: 'grant', note: null } as const;
    const outcome = await decideExemption(ctx, { id: value, decision }, caller);
    log.info({ user: caller.id, exemption: value, outcome: outcome.kind }, 'Exemption decided');
    await replyWithOutcome(deps, interaction, exemptionDecisionOutcomeText(outcome, zone));
  });

  router.action(DECLINE_EXEMPTION, async (interaction) => {
    const { caller, value, openModal } = interaction;
    const found = await readDeclinableExemption(ctx, value, caller);
    if (found.kind !== 'declinable')
      return replyWithOutcome(deps, interaction, exemptionDecisionOutcomeText(found, zone));
    await openModal(renderDeclineExemptionForm(found.exemption.id, found.accountName));
  });

  router.form(
    DECLINE_EXEMPTION_FORM,
    (form): Readonly<Record<string, string>> =>
      form.text(EXEMPTION_REASON_INPUT) ? {} : { [EXEMPTION_REASON_INPUT]: 'Please add a reason.' },
    async ({ caller, form, metadata, reply, log }) => {
      const decision = { kind: 'decline', reason: form.text(EXEMPTION_REASON_INPUT) ?? '' } as const;
      const outcome = await decideExemption(ctx, { id: metadata, decision }, caller);
      log.info({ user: caller.id, exemption: metadata, outcome: outcome.kind }, 'Exemption decided');
      await reply(markupMessage(exemptionDecisionOutcomeText(outcome, zone)));
    },
  );

  router.decision(WITHDRAW_EXEMPTION, async (interaction) => {
    const { caller, value, log } = interaction;
    const outcome = await withdrawExemption(ctx, value, caller.id);
    log.info({ user: caller.id, exemption: value, outcome: outcome.kind }, 'Exemption request withdrawn');
    await replyWithOutcome(deps, interaction, exemptionWithdrawalOutcomeText(outcome, zone));
  });

  router.decision(REVOKE_EXEMPTION, async (interaction) => {
    const { caller, value, log } = interaction;
    const outcome = await revokeExemption(ctx, value, caller);
    log.info({ user: caller.id, exemption: value, outcome: outcome.kind }, 'Exemption revoked');
    await replyWithOutcome(deps, interaction, exemptionRevocationOutcomeText(outcome, zone));
  });
}

/** On the account's own page, shows the page as it is now; beside a message for everyone, only the outcome. */
async function replyWithOutcome(
  deps: SlackDependencies,
  interaction: ActionContext,
  content: Markup,
): Promise<void> {
  const { caller, value, surface, reply, replace } = interaction;
  const exemption = surface === 'ephemeral' ? await readExemption(deps.ctx, value) : undefined;
  if (!exemption) return reply(markupMessage(content));
  await replace(await accountPage(deps, caller, exemption.accountId, content));
}

function readExemptionForm(form: Form) {
  return {
    reason: form.text(EXEMPTION_REASON_INPUT) ?? '',
    compensatingControl: form.text(COMPENSATING_CONTROL_INPUT),
    lastDay: form.date(LAST_DAY_INPUT) ?? '',
  };
}

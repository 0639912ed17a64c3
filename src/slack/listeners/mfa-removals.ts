import { daysAfter, localDate } from '../../domain/calendar.ts';
import { isReplacementDay, lastReplacementDay, MAX_REPLACEMENT_DAYS } from '../../domain/mfa-removal.ts';
import { isSlackUserId } from '../../domain/person.ts';
import { answerRemoval, readMfaRemovalForm } from '../../usecases/mfa-removals/answer-mfa-removal.ts';
import { handleRemoval } from '../../usecases/mfa-removals/handle-mfa-removal.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Router } from '../router.ts';
import {
  ACKNOWLEDGE_MFA_REMOVAL,
  ASSIGN_MFA_REMOVAL,
  ASSIGN_MFA_REMOVAL_FORM,
  ASSIGNEE_INPUT,
  CONFIRM_MFA_REMOVAL,
  DENY_MFA_REMOVAL,
  MFA_REMOVAL_FORM,
  REPLACEMENT_DAY_INPUT,
  REPLACEMENT_REASON_INPUT,
  renderAssignMfaRemovalForm,
  renderMfaRemovalForm,
} from '../views/mfa-removals/mfa-removal.ts';
import { mfaRemovalAnswerText, mfaRemovalHandlingText } from '../views/mfa-removals/mfa-removal-outcomes.ts';
import { markupMessage } from '../views/shared/message.ts';

/** What is answered when MFA was removed: by the owner, and by those who look into it. */
export function registerMfaRemovals(router: Router, { ctx, config }: SlackDependencies): void {
  const zone = config.schedule.timezone;

  router.action(CONFIRM_MFA_REMOVAL, async ({ caller, value, openModal, reply }) => {
    const outcome = await readMfaRemovalForm(ctx, value, caller);
    if (outcome.kind !== 'can-answer') return reply(markupMessage(mfaRemovalAnswerText(outcome)));
    const now = ctx.now();
    await openModal(
      renderMfaRemovalForm(value, {
        accountName: outcome.accountName,
        initialDay: localDate(daysAfter(now, 1, zone), zone),
        latestDay: lastReplacementDay(zone, now),
      }),
    );
  });

  router.form(
    MFA_REMOVAL_FORM,
    (form): Readonly<Record<string, string>> =>
      isReplacementDay(form.date(REPLACEMENT_DAY_INPUT) ?? '', zone, ctx.now())
        ? {}
        : { [REPLACEMENT_DAY_INPUT]: `Choose a day within the next ${MAX_REPLACEMENT_DAYS} days.` },
    async ({ caller, form, metadata, reply, log }) => {
      const answer = {
        kind: 'mine',
        untilDay: form.date(REPLACEMENT_DAY_INPUT) ?? '',
        reason: form.text(REPLACEMENT_REASON_INPUT) ?? null,
      } as const;
      const outcome = await answerRemoval(ctx, { removalId: metadata, answer, by: caller });
      log.info({ user: caller.id, removal: metadata, outcome: outcome.kind }, 'Removal of MFA answered');
      await reply(markupMessage(mfaRemovalAnswerText(outcome)));
    },
  );

  router.decision(DENY_MFA_REMOVAL, async ({ caller, value, reply, log }) => {
    const outcome = await answerRemoval(ctx, { removalId: value, answer: { kind: 'not-mine' }, by: caller });
    log.info({ user: caller.id, removal: value, outcome: outcome.kind }, 'Removal of MFA answered');
    await reply(markupMessage(mfaRemovalAnswerText(outcome)));
  });

  router.decision(ACKNOWLEDGE_MFA_REMOVAL, async ({ caller, value, reply, log }) => {
    const outcome = await handleRemoval(ctx, { removalId: value, by: caller });
    log.info({ user: caller.id, removal: value, outcome: outcome.kind }, 'Removal of MFA acknowledged');
    await reply(markupMessage(mfaRemovalHandlingText(outcome)));
  });

  router.action(ASSIGN_MFA_REMOVAL, async ({ caller, value, openModal, reply }) => {
    if (!caller.admin) return reply(markupMessage(mfaRemovalHandlingText({ kind: 'not-yours' })));
    await openModal(renderAssignMfaRemovalForm(value));
  });

  router.form(
    ASSIGN_MFA_REMOVAL_FORM,
    (form): Readonly<Record<string, string>> =>
      form.person(ASSIGNEE_INPUT) ? {} : { [ASSIGNEE_INPUT]: 'Choose a person.' },
    async ({ caller, form, metadata, reply, log }) => {
      const assignTo = form.person(ASSIGNEE_INPUT) ?? '';
      const outcome = isSlackUserId(assignTo)
        ? await handleRemoval(ctx, { removalId: metadata, assignTo, by: caller })
        : ({ kind: 'no-such-person' } as const);
      log.info({ user: caller.id, removal: metadata, outcome: outcome.kind }, 'Removal of MFA assigned');
      await reply(markupMessage(mfaRemovalHandlingText(outcome)));
    },
  );
}

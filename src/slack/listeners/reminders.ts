import { isAccountId } from '../../domain/account.ts';
import { timeZoneOrDefault } from '../../domain/calendar.ts';
import { disownAccount } from '../../usecases/owners/disown-account.ts';
import { handBackAccount } from '../../usecases/owners/hand-back-account.ts';
import { readRemindedAccounts } from '../../usecases/reminders/read-reminded-accounts.ts';
import { readReminderPreview } from '../../usecases/reminders/read-reminder-preview.ts';
import { snoozeReminders } from '../../usecases/reminders/snooze-reminders.ts';
import { plannedFollowUps } from '../../usecases/tokens/follow-up-token-requests.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Interaction } from '../interaction.ts';
import type { Router } from '../router.ts';
import { HAND_BACK } from '../views/alerts/admin-alert.ts';
import {
  DISOWN_ACCOUNT_INPUT,
  DISOWN_FORM,
  DISOWN_REASON_INPUT,
  renderDisownForm,
} from '../views/owners/disown-form.ts';
import { DISOWN_ACCOUNT, SNOOZE } from '../views/reminders/reminder.ts';
import {
  disownOutcomeText,
  handBackOutcomeText,
  snoozeOutcomeText,
} from '../views/reminders/reminder-outcomes.ts';
import { renderReminderPreview } from '../views/reminders/reminder-preview.ts';
import { markupMessage } from '../views/shared/message.ts';

/** What owners answer to a reminder, and admins to an account that was handed back. */
export function registerReminders(router: Router, { ctx }: SlackDependencies): void {
  router.decision(SNOOZE, async ({ caller, reply, log }) => {
    const zone = timeZoneOrDefault(caller.timeZone, ctx.config.schedule.timezone);
    const outcome = await snoozeReminders(ctx, { by: caller.id, zone });
    log.info({ user: caller.id, outcome: outcome.kind }, 'Reminder snoozed');
    await reply(markupMessage(snoozeOutcomeText(outcome)));
  });

  router.action(DISOWN_ACCOUNT, async ({ caller, reply, openModal }) => {
    const accounts = await readRemindedAccounts(ctx, caller.id);
    if (accounts.length === 0) await reply(markupMessage(disownOutcomeText({ kind: 'not-yours' })));
    else await openModal(renderDisownForm(accounts));
  });

  router.form(
    DISOWN_FORM,
    (form) => (form.text(DISOWN_REASON_INPUT) ? {} : { [DISOWN_REASON_INPUT]: 'Please add a reason.' }),
    async ({ caller, form, reply, log }) => {
      const accountId = form.selected(DISOWN_ACCOUNT_INPUT) ?? '';
      if (!isAccountId(accountId)) return reply(markupMessage(disownOutcomeText({ kind: 'not-yours' })));
      const outcome = await disownAccount(ctx, {
        accountId,
        by: caller.id,
        reason: form.text(DISOWN_REASON_INPUT) ?? '',
      });
      log.info({ user: caller.id, account: accountId, outcome: outcome.kind }, 'Account disowned');
      return reply(markupMessage(disownOutcomeText(outcome)));
    },
  );

  router.decision(HAND_BACK, async ({ caller, value, reply, log }) => {
    if (!isAccountId(value)) return reply(markupMessage(handBackOutcomeText({ kind: 'not-disowned' })));
    const outcome = await handBackAccount(ctx, { accountId: value, by: caller });
    log.info({ user: caller.id, account: value, outcome: outcome.kind }, 'Account handed back');
    return reply(markupMessage(handBackOutcomeText(outcome)));
  });
}

/** Shows who gets which reminder, and when. For admins. */
export async function showReminders({ ctx }: SlackDependencies, { reply }: Interaction): Promise<void> {
  return reply(renderReminderPreview(await readReminderPreview(ctx, await plannedFollowUps(ctx))));
}

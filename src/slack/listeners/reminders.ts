import { isAccountId } from '../../domain/account.ts';
import { usableZone } from '../../domain/calendar.ts';
import { plannedChases } from '../../usecases/tokens/follow-up-token-requests.ts';
import { disownAccount } from '../../usecases/owners/disown-account.ts';
import { handBackAccount } from '../../usecases/owners/hand-back-account.ts';
import { readReminded } from '../../usecases/reminders/read-reminded-accounts.ts';
import { readReminderPreview } from '../../usecases/reminders/read-reminder-preview.ts';
import { refuseAccess } from '../../usecases/audit/record-access-denied.ts';
import { snoozeReminders } from '../../usecases/reminders/snooze-reminders.ts';
import type { Bot } from '../dependencies.ts';
import type { Door } from '../router.ts';
import { HAND_BACK } from '../views/alerts/admin-alert.ts';
import { message, said } from '../views/shared/message.ts';
import { drawNotMineForm, NOT_MINE_FORM, WHICH, WHY } from '../views/owners/disown-form.ts';
import { NOT_MINE, SNOOZE } from '../views/reminders/reminder.ts';
import { disownWords, handBackWords, snoozeWords } from '../views/reminders/reminder-outcomes.ts';
import { drawReminderPreview } from '../views/reminders/reminder-preview.ts';
import type { Visit } from '../interaction.ts';

/** What owners answer to a reminder, and admins to an account that was handed back. */
export function registerReminders(door: Door, { ctx }: Bot): void {
  door.action(SNOOZE, async ({ caller, say, log }) => {
    const zone = usableZone(caller.timeZone, ctx.config.schedule.timezone);
    const outcome = await snoozeReminders(ctx, { by: caller.id, zone });
    log.info({ user: caller.id, outcome: outcome.kind }, 'A reminder is to come later');
    await say(said(snoozeWords(outcome)));
  });

  door.action(NOT_MINE, async ({ caller, say, open }) => {
    const accounts = await readReminded(ctx, caller.id);
    if (accounts.length === 0) await say(said(disownWords({ kind: 'not-yours' })));
    else await open(drawNotMineForm(accounts));
  });

  door.form(
    NOT_MINE_FORM,
    (form) => (form.text(WHY) ? {} : { [WHY]: 'Please say in a few words why.' }),
    async ({ caller, form, say, log }) => {
      const accountId = form.chosen(WHICH) ?? '';
      if (!isAccountId(accountId)) return say(said(disownWords({ kind: 'not-yours' })));
      const outcome = await disownAccount(ctx, { accountId, by: caller.id, reason: form.text(WHY) ?? '' });
      log.info({ user: caller.id, account: accountId, outcome: outcome.kind }, 'An account is not theirs');
      return say(said(disownWords(outcome)));
    },
  );

  door.action(HAND_BACK, async ({ caller, value, say, log }) => {
    if (!isAccountId(value)) return say(said(handBackWords({ kind: 'not-disowned' })));
    const outcome = await handBackAccount(ctx, { accountId: value, by: caller });
    log.info({ user: caller.id, account: value, outcome: outcome.kind }, 'An account is theirs after all');
    return say(said(handBackWords(outcome)));
  });
}

/** Shows admins who would get what, and when. */
export async function showReminders({ ctx }: Bot, { caller, say }: Visit): Promise<void> {
  if (!caller.admin) {
    await refuseAccess(ctx, caller.id, 'the list of reminders');
    return say(message('Only admins see who is reminded of what.'));
  }
  return say(drawReminderPreview(await readReminderPreview(ctx, await plannedChases(ctx))));
}

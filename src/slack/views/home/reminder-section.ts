import type { NextReminder, OwnReminders } from '../../../usecases/reminders/read-own-reminders.ts';
import { DISOWN_ACCOUNT, SNOOZE } from '../reminders/reminder.ts';
import {
  actions,
  type Block,
  button,
  divider,
  formatSlackDateTime,
  joinMarkup,
  type Markup,
  md,
  section,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

/** Renders the viewer's next reminder and their options; nothing if none is planned. */
export function renderReminderSection({
  next,
  waitingForKey,
  inRecovery,
  disowned,
  snoozedUntil,
  snoozesLeft,
}: OwnReminders): Block[] {
  const lines = [
    ...(next ? [nextReminderText(next, snoozedUntil !== null)] : []),
    ...(waitingForKey > 0
      ? [md`Reminders for ${pluralize(waitingForKey, 'account')} are paused while a key is on its way.`]
      : []),
    ...(inRecovery > 0
      ? [md`Reminders for ${pluralize(inRecovery, 'account')} are paused during a recovery window.`]
      : []),
    ...(disowned > 0
      ? [
          md`You told me that ${disowned === 1 ? 'one account is' : `${disowned} accounts are`} not yours. Your security team is looking for the right owner.`,
        ]
      : []),
  ];
  if (lines.length === 0) return [];
  const canSnooze = snoozesLeft !== null && snoozesLeft > 0 && snoozedUntil === null;
  const buttons = [
    ...(canSnooze ? [button(SNOOZE, 'Remind me later')] : []),
    ...(snoozesLeft !== null ? [button(DISOWN_ACCOUNT, 'One is not mine…')] : []),
  ];
  return [divider, section(joinMarkup(lines, '\n')), ...(buttons.length > 0 ? [actions(...buttons)] : [])];
}

function nextReminderText({ kind, at, accounts }: NextReminder, snoozed: boolean): Markup {
  const when = at ? formatSlackDateTime(at, '{date_long_pretty}') : md`within the next hour`;
  const about = pluralize(accounts, 'account');
  if (kind === 'escalate') {
    return joinMarkup(
      [md`:bell: I have no answer from you about ${about}. I will ask others to help you: `, when, md`.`],
      '',
    );
  }
  const mark = snoozed ? md`:zzz: Snoozed. Next reminder: ` : md`:bell: Next reminder: `;
  return joinMarkup([mark, when, md`, about ${about}, unless fixed by then.`], '');
}

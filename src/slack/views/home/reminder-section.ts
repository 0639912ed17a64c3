import type { NextNudge, OwnReminders } from '../../../usecases/reminders/read-own-reminders.ts';
import { actions, type Block, button, divider, joined, type Markup, md, moment, section } from '../shared/blocks.ts';
import { NOT_MINE, SNOOZE } from '../reminders/reminder.ts';
import { counted } from '../shared/wording.ts';

/** When somebody is reminded next, and what they can do about it; nothing where they will not be. */
export function reminderBlocks({
  next,
  waitingForKey,
  disowned,
  snoozedUntil,
  snoozesLeft,
}: OwnReminders): Block[] {
  const lines = [
    ...(next ? [nextWords(next, snoozedUntil !== null)] : []),
    ...(waitingForKey > 0
      ? [md`While a key is on its way I stay quiet about ${counted(waitingForKey, 'account')}.`]
      : []),
    ...(disowned > 0
      ? [
          md`You told me that ${disowned === 1 ? 'one account is' : `${disowned} accounts are`} not yours. Your security team looks for the right person.`,
        ]
      : []),
  ];
  if (lines.length === 0) return [];
  const mayPutOff = snoozesLeft !== null && snoozesLeft > 0 && snoozedUntil === null;
  const buttons = [
    ...(mayPutOff ? [button(SNOOZE, 'Remind me later')] : []),
    ...(snoozesLeft !== null ? [button(NOT_MINE, 'One is not mine…')] : []),
  ];
  return [divider, section(joined(lines, '\n')), ...(buttons.length > 0 ? [actions(...buttons)] : [])];
}

function nextWords({ kind, at, accounts }: NextNudge, snoozed: boolean): Markup {
  const when = at ? moment(at, '{date_long_pretty}') : md`within the next hour`;
  const about = counted(accounts, 'account');
  if (kind === 'escalate') {
    return joined(
      [
        md`:bell: You have heard from me several times about ${about}. The next one to hear, `,
        when,
        md`, is somebody who may be able to help.`,
      ],
      '',
    );
  }
  const mark = snoozed ? md`:zzz: Put off. Next reminder: ` : md`:bell: Next reminder: `;
  return joined([mark, when, md`, about ${about}. What is fixed by then is left out.`], '');
}

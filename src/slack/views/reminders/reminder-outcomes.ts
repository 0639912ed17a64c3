import type { DisownAccountOutcome } from '../../../usecases/owners/disown-account.ts';
import type { HandBackOutcome } from '../../../usecases/owners/hand-back-account.ts';
import type { SnoozeRemindersOutcome } from '../../../usecases/reminders/snooze-reminders.ts';
import { joined, type Markup, md, mention, moment } from '../shared/blocks.ts';
import { counted } from '../shared/wording.ts';

/** What became of the wish to be reminded later. */
export function snoozeWords(outcome: SnoozeRemindersOutcome): Markup {
  switch (outcome.kind) {
    case 'snoozed': {
      const { until, snoozesLeft, notSnoozed } = outcome;
      const left =
        snoozesLeft === 0
          ? 'This was the last time that it can be put off.'
          : `You can put it off ${snoozesLeft === 1 ? 'once' : `${snoozesLeft} times`} more.`;
      const others =
        notSnoozed > 0 ? ` ${counted(notSnoozed, 'account')} had been put off as often as they can be.` : '';
      return joined([md`:zzz: All right. I come back `, dayOf(until), md`. ${left}${others}`], '');
    }
    case 'already-snoozed':
      return joined([md`:zzz: It is put off already: I come back `, dayOf(outcome.until), md`.`], '');
    case 'no-snoozes-left':
      return md`It was put off ${counted(outcome.maxSnoozes, 'time')}, which is as often as it can be. If it cannot be fixed now, ask for an exemption: open the account with *How to fix*.`;
    case 'nothing-to-snooze':
      return md`There is nothing to put off: nothing that I reminded you of falls short any more.`;
  }
}

/** What became of the word that an account is not theirs. */
export function disownWords(outcome: DisownAccountOutcome): Markup {
  switch (outcome.kind) {
    case 'disowned': {
      const hears = {
        admins: 'Your security team has your reason and looks for the right person.',
        channel: 'Your reason is in the security channel, so that the right person can be found.',
        nobody: 'Nobody is set up to hear of it, so please tell your security team as well.',
      }[outcome.tells];
      return md`:+1: Thank you. I do not remind you of *${outcome.name}* any more. ${hears}`;
    }
    case 'already-disowned':
      return md`You told me already that *${outcome.name}* is not yours. I have not reminded you of it since.`;
    case 'no-reason':
      return md`Please say in a few words why, so that the right person can be found.`;
    case 'not-yours':
      return md`I do not remind you of this account, or not any more: nothing was changed.`;
  }
}

/** What became of the word that an account is its owner's after all. */
export function handBackWords(outcome: HandBackOutcome): Markup {
  switch (outcome.kind) {
    case 'handed-back':
      return joined(
        [
          md`:leftwards_arrow_with_hook: *${outcome.name}* is with `,
          mention(outcome.to),
          md` again, and reminders go on. A word from you why will help.`,
        ],
        '',
      );
    case 'not-disowned':
      return md`Nothing was changed: it has another owner by now, is in order, or somebody was quicker.`;
    case 'not-an-admin':
      return md`Only admins can say whose an account is.`;
  }
}

function dayOf(at: Date): Markup {
  return moment(at, '{date_long_pretty}');
}

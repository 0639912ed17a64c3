import type { DisownAccountOutcome } from '../../../usecases/owners/disown-account.ts';
import type { HandBackOutcome } from '../../../usecases/owners/hand-back-account.ts';
import type { SnoozeRemindersOutcome } from '../../../usecases/reminders/snooze-reminders.ts';
import { formatSlackDateTime, joinMarkup, type Markup, md, mention } from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

/** What became of the wish to be reminded later. */
export function snoozeOutcomeText(outcome: SnoozeRemindersOutcome): Markup {
  switch (outcome.kind) {
    case 'snoozed': {
      const { until, snoozesLeft, notSnoozed } = outcome;
      const left =
        snoozesLeft === 0
          ? 'This was the last time that it can be put off.'
          : `You can put it off ${snoozesLeft === 1 ? 'once' : `${snoozesLeft} times`} more.`;
      const others =
        notSnoozed > 0
          ? ` ${pluralize(notSnoozed, 'account')} had been put off as often as they can be.`
          : '';
      return joinMarkup([md`:zzz: All right. I come back `, longDate(until), md`. ${left}${others}`], '');
    }
    case 'already-snoozed':
      return joinMarkup([md`:zzz: It is put off already: I come back `, longDate(outcome.until), md`.`], '');
    case 'no-snoozes-left':
      return md`It was put off ${pluralize(outcome.maxSnoozes, 'time')}, which is as often as it can be. If it cannot be fixed now, ask for an exemption: open the account with *How to fix*.`;
    case 'nothing-to-snooze':
      return md`There is nothing to put off: nothing that I reminded you of falls short any more.`;
  }
}

/** What became of the word that an account is not theirs. */
export function disownOutcomeText(outcome: DisownAccountOutcome): Markup {
  switch (outcome.kind) {
    case 'disowned': {
      const notified = {
        admins: 'Your security team has your reason and looks for the right person.',
        channel: 'Your reason is in the security channel, so that the right person can be found.',
        nobody: 'Nobody is set up to hear of it, so please tell your security team as well.',
      }[outcome.notified];
      return md`:+1: Thank you. I do not remind you of *${outcome.name}* any more. ${notified}`;
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
export function handBackOutcomeText(outcome: HandBackOutcome): Markup {
  switch (outcome.kind) {
    case 'handed-back':
      return joinMarkup(
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

function longDate(at: Date): Markup {
  return formatSlackDateTime(at, '{date_long_pretty}');
}

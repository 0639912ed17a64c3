import type { DisownAccountOutcome } from '../../../usecases/owners/disown-account.ts';
import type { HandBackOutcome } from '../../../usecases/owners/hand-back-account.ts';
import type { SnoozeRemindersOutcome } from '../../../usecases/reminders/snooze-reminders.ts';
import { formatSlackDateTime, joinMarkup, type Markup, md, mention } from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

/** Returns the answer to a snooze. */
export function snoozeOutcomeText(outcome: SnoozeRemindersOutcome): Markup {
  switch (outcome.kind) {
    case 'snoozed': {
      const { until, snoozesLeft, notSnoozed } = outcome;
      const left =
        snoozesLeft === 0
          ? 'You have no snoozes left after this one.'
          : `You can snooze ${snoozesLeft === 1 ? 'once' : `${snoozesLeft} times`} more.`;
      const others = notSnoozed > 0 ? ` ${pluralize(notSnoozed, 'account')} could not be snoozed.` : '';
      return joinMarkup(
        [md`:zzz: Snoozed. I’ll remind you on `, longDate(until), md`. ${left}${others}`],
        '',
      );
    }
    case 'already-snoozed':
      return joinMarkup([md`:zzz: Already snoozed. I’ll remind you on `, longDate(outcome.until), md`.`], '');
    case 'no-snoozes-left':
      return md`You have no snoozes left: you can snooze ${pluralize(outcome.maxSnoozes, 'time')}. If you cannot fix it now, request an exemption under *How to fix*.`;
    case 'mfa-removed':
      return md`Root MFA was removed, and that cannot be snoozed. If you are replacing a device, answer *Was this you?* and say until when.`;
    case 'nothing-to-snooze':
      return md`There is nothing to snooze: the accounts in this reminder are compliant now.`;
  }
}

/** Returns the answer to *Not mine*. */
export function disownOutcomeText(outcome: DisownAccountOutcome): Markup {
  switch (outcome.kind) {
    case 'disowned': {
      const notified = {
        admins: 'Your security team has your answer and is looking for the right person.',
        channel: 'I posted your answer in the security channel, to find the right person.',
        none: 'I have no one to notify, so please also tell your security team.',
      }[outcome.notified];
      return md`:+1: Thank you. I’ve stopped reminding you about *${outcome.name}*. ${notified}`;
    }
    case 'already-disowned':
      return md`You already told me that *${outcome.name}* is not yours. I stopped reminding you then.`;
    case 'no-reason':
      return md`Please add a reason: it helps to find the right person.`;
    case 'not-yours':
      return md`Nothing changed: I do not send you reminders about this account.`;
  }
}

/** Returns the answer to *It’s theirs*. */
export function handBackOutcomeText(outcome: HandBackOutcome): Markup {
  switch (outcome.kind) {
    case 'handed-back':
      return joinMarkup(
        [
          md`:leftwards_arrow_with_hook: I returned *${outcome.name}* to `,
          mention(outcome.to),
          md` and will remind them again. Please tell them why.`,
        ],
        '',
      );
    case 'not-disowned':
      return md`Nothing changed: the account has another owner, is compliant, or was already returned.`;
    case 'not-an-admin':
      return md`Only admins can decide who owns an account.`;
  }
}

function longDate(at: Date): Markup {
  return formatSlackDateTime(at, '{date_long_pretty}');
}

import { formatCalendarDay } from '../../../domain/calendar.ts';
import { MAX_REPLACEMENT_DAYS } from '../../../domain/mfa-removal.ts';
import type {
  AnswerMfaRemovalOutcome,
  MfaRemovalFormOutcome,
} from '../../../usecases/mfa-removals/answer-mfa-removal.ts';
import type { HandleRemovalOutcome } from '../../../usecases/mfa-removals/handle-mfa-removal.ts';
import { joinMarkup, type Markup, md, mention } from '../shared/blocks.ts';

type Refusal = Exclude<MfaRemovalFormOutcome, { kind: 'can-answer' }>;

/** Returns the answer to *Was this you?*. */
export function mfaRemovalAnswerText(outcome: AnswerMfaRemovalOutcome | Refusal): Markup {
  switch (outcome.kind) {
    case 'explained':
      return md`:white_check_mark: Thank you. I send no reminders about this account until ${formatCalendarDay(outcome.removal.untilDay ?? '')}.`;
    case 'denied':
      return md`:rotating_light: Thank you. I have alerted the security channel and the admins. Do not sign in as root until they have looked into it.`;
    case 'already-answered': {
      const { answeredBy, state } = outcome.removal;
      const who = answeredBy ? mention(answeredBy) : md`Someone`;
      return joinMarkup(
        state === 'denied'
          ? [who, md` said it was not them. Only an admin can change that.`]
          : [who, md` already answered this.`],
        '',
      );
    }
    case 'bad-day':
      return md`Choose a day within the next ${MAX_REPLACEMENT_DAYS} days.`;
    case 'not-yours':
      return md`Only the owner of the account, the person it is assigned to and admins can answer this.`;
    case 'over':
      return OVER;
    case 'no-such-removal':
      return UNKNOWN;
  }
}

/** Returns the answer to *Acknowledge* and *Assign*. */
export function mfaRemovalHandlingText(outcome: HandleRemovalOutcome): Markup {
  switch (outcome.kind) {
    case 'acknowledged':
      return md`:eyes: Acknowledged. The alert shows it.`;
    case 'assigned': {
      const { assigned } = outcome.removal;
      return joinMarkup(
        [md`:bust_in_silhouette: Assigned to `, assigned ? mention(assigned.to) : md`them`, md`.`],
        '',
      );
    }
    case 'already-assigned': {
      const { assigned } = outcome.removal;
      return joinMarkup(
        [
          md`Nothing changed: this is already assigned to `,
          assigned ? mention(assigned.to) : md`someone`,
          md`.`,
        ],
        '',
      );
    }
    case 'already-acknowledged': {
      const { acknowledged } = outcome.removal;
      return joinMarkup(
        [acknowledged ? mention(acknowledged.by) : md`Someone`, md` already acknowledged this.`],
        '',
      );
    }
    case 'not-yours':
      return md`Only admins and the person it is assigned to can do this.`;
    case 'no-such-person':
      return md`Choose an active member of the company.`;
    case 'over':
      return OVER;
    case 'no-such-removal':
      return UNKNOWN;
  }
}

const OVER = md`MFA is registered again, or no one can sign in as root anymore. Nothing is left to do.`;
const UNKNOWN = md`I no longer have this alert.`;

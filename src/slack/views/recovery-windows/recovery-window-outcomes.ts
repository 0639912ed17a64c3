import {
  MAX_RECOVERY_HOURS,
  type RecoveryFormProblem,
  type RecoveryWindow,
} from '../../../domain/recovery-window.ts';
import type { DecideRecoveryOutcome } from '../../../usecases/recovery-windows/decide-recovery-window.ts';
import type { RequestRecoveryOutcome } from '../../../usecases/recovery-windows/request-recovery-window.ts';
import { formatSlackDateTime, joinMarkup, type Markup, md, mention } from '../shared/blocks.ts';
import { RECOVERY_END_INPUT, RECOVERY_REASON_INPUT } from './recovery-window.ts';

/** Returns the error of the form, by the input it belongs to. */
export function recoveryFormErrors(problem: RecoveryFormProblem): Readonly<Record<string, string>> {
  const input = problem.kind === 'no-reason' ? RECOVERY_REASON_INPUT : RECOVERY_END_INPUT;
  return { [input]: PROBLEM_TEXT[problem.kind] };
}

const PROBLEM_TEXT = {
  'no-reason': 'Say what root is needed for.',
  'no-end': 'Choose a date and a time.',
  'in-the-past': 'That time has passed. Choose a later one.',
  'too-long': `The limit is ${MAX_RECOVERY_HOURS} hours from now: choose an earlier time.`,
} as const satisfies Record<RecoveryFormProblem['kind'], string>;

/** Returns the answer to a request. */
export function recoveryRequestOutcomeText(outcome: RequestRecoveryOutcome): Markup {
  switch (outcome.kind) {
    case 'requested':
      return joinMarkup(
        [
          md`:white_check_mark: Recovery window until `,
          formatSlackDateTime(outcome.window.endsAt),
          md` requested. I’ll message you when an admin decides. Until then, new root credentials raise an alert.`,
        ],
        '',
      );
    case 'already-open':
      return md`The account already has a recovery window that is requested or open.`;
    case 'no-such-account':
      return md`This account is no longer in the organization.`;
    case 'not-yours':
      return md`Only the owner of the account and admins can request a recovery window.`;
    case 'not-needed':
      return md`Policy allows root credentials in this account, so it needs no recovery window.`;
    default:
      return md`${PROBLEM_TEXT[outcome.kind]}`;
  }
}

/** Returns the answer to a decision, a withdrawal or an early end. */
export function recoveryDecisionOutcomeText(outcome: DecideRecoveryOutcome): Markup {
  switch (outcome.kind) {
    case 'granted':
      return joinMarkup(
        [
          md`:white_check_mark: Granted until `,
          formatSlackDateTime(outcome.window.endsAt),
          md`. I’ll notify ${mention(outcome.window.askedBy)}.`,
        ],
        '',
      );
    case 'declined':
      return md`:no_entry_sign: Declined. I’ll notify ${mention(outcome.window.askedBy)}.`;
    case 'withdrawn':
      return md`:leftwards_arrow_with_hook: Request withdrawn.`;
    case 'revoked':
      return md`:no_entry_sign: Recovery window ended.`;
    case 'own-request':
      return md`This is your own request, so another admin must decide.`;
    case 'not-an-admin':
      return md`Only admins can decide on recovery windows.`;
    case 'not-yours':
      return md`Only the requester can withdraw a request. An admin can also end an open window.`;
    case 'already-over':
      return md`The requested time has passed, so there is nothing left to grant.`;
    case 'no-reason':
      return md`Please add a reason.`;
    case 'no-such-window':
      return md`This recovery window no longer exists.`;
    case 'too-late':
      return stateText(outcome.window);
  }
}

function stateText(window: RecoveryWindow): Markup {
  switch (window.state) {
    case 'asked':
      return md`This request is still waiting for approval.`;
    case 'granted':
      return joinMarkup(
        [
          md`${mention(window.decidedBy)} already granted it until `,
          formatSlackDateTime(window.endsAt),
          md`.`,
        ],
        '',
      );
    case 'declined':
      return md`${mention(window.decidedBy)} already declined it.`;
    case 'withdrawn':
      return md`This request was withdrawn, or closed without a decision.`;
    case 'revoked':
      return md`${mention(window.closedBy)} already ended it.`;
    case 'ended':
    case 'completed':
      return joinMarkup([md`It was closed `, formatSlackDateTime(window.closedAt), md`.`], '');
  }
}

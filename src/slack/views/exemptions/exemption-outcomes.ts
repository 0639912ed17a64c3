import { formatCalendarDay } from '../../../domain/calendar.ts';
import { type Exemption, type ExemptionFormProblem, lastDayOf } from '../../../domain/exemption.ts';
import type { DecideExemptionOutcome } from '../../../usecases/exemptions/decide-exemption.ts';
import type { RequestExemptionOutcome } from '../../../usecases/exemptions/request-exemption.ts';
import type { RevokeExemptionOutcome } from '../../../usecases/exemptions/revoke-exemption.ts';
import type { WithdrawExemptionOutcome } from '../../../usecases/exemptions/withdraw-exemption.ts';
import { type Markup, md, mention } from '../shared/blocks.ts';
import { EXEMPTION_REASON_INPUT, LAST_DAY_INPUT } from './exemption.ts';

/** Returns the error of the form, by the input it belongs to. */
export function exemptionFormErrors(problem: ExemptionFormProblem): Readonly<Record<string, string>> {
  return {
    [problem.kind === 'no-reason' ? EXEMPTION_REASON_INPUT : LAST_DAY_INPUT]: formProblemText(problem),
  };
}

/** Returns the answer to a request for an exemption. */
export function exemptionRequestOutcomeText(outcome: RequestExemptionOutcome, zone: string): Markup {
  switch (outcome.kind) {
    case 'asked':
      return md`:white_check_mark: Exemption until ${lastDayText(outcome.exemption, zone)} requested. I’ll message you when an admin decides. Until then, the account stays non-compliant.`;
    case 'already-open':
      return outcome.exemption.state === 'asked'
        ? md`An exemption until ${lastDayText(outcome.exemption, zone)} is already requested and waiting for approval.`
        : md`The account is already exempt until ${lastDayText(outcome.exemption, zone)}.`;
    case 'nothing-to-exempt':
      return md`Only a non-compliant account needs an exemption.`;
    case 'not-yours':
      return md`Only the owner of the account and admins can request an exemption.`;
    case 'no-such-account':
      return md`This account is no longer in the organization.`;
    default:
      return md`${formProblemText(outcome)}`;
  }
}

/** Returns the answer to a decision. */
export function exemptionDecisionOutcomeText(outcome: DecideExemptionOutcome, zone: string): Markup {
  switch (outcome.kind) {
    case 'granted':
      return md`:white_check_mark: Granted until ${lastDayText(outcome.exemption, zone)}. I’ll notify ${mention(outcome.exemption.askedBy)}.`;
    case 'declined':
      return md`:no_entry_sign: Declined. I’ll notify ${mention(outcome.exemption.askedBy)}.`;
    case 'own-request':
      return md`This is your own request, so another admin must decide.`;
    case 'not-an-admin':
      return md`Only admins can decide on exemptions.`;
    case 'already-over':
      return md`The requested last day has passed, so there is nothing left to grant.`;
    case 'no-reason':
      return md`Please add a reason.`;
    case 'too-late':
      return exemptionStateText(outcome.exemption, zone);
    case 'no-such-exemption':
      return NOT_FOUND;
  }
}

/** Returns the answer to a withdrawal. */
export function exemptionWithdrawalOutcomeText(outcome: WithdrawExemptionOutcome, zone: string): Markup {
  switch (outcome.kind) {
    case 'withdrawn':
      return md`:leftwards_arrow_with_hook: Request withdrawn.`;
    case 'not-yours':
      return md`Only the requester can withdraw this.`;
    case 'too-late':
      return exemptionStateText(outcome.exemption, zone);
    case 'no-such-exemption':
      return NOT_FOUND;
  }
}

/** Returns the answer to ending an exemption early. */
export function exemptionRevocationOutcomeText(outcome: RevokeExemptionOutcome, zone: string): Markup {
  switch (outcome.kind) {
    case 'revoked':
      return md`:no_entry_sign: Exemption ended.`;
    case 'not-an-admin':
      return md`Only admins and the requester can end an exemption.`;
    case 'too-late':
      return exemptionStateText(outcome.exemption, zone);
    case 'no-such-exemption':
      return NOT_FOUND;
  }
}

const NOT_FOUND = md`This exemption no longer exists.`;

/** Returns the state of an exemption to a person who came too late. */
function exemptionStateText(exemption: Exemption, zone: string): Markup {
  switch (exemption.state) {
    case 'asked':
      return md`This request is still waiting for approval.`;
    case 'granted':
      return md`${mention(exemption.decidedBy)} already granted it until ${lastDayText(exemption, zone)}.`;
    case 'declined':
      return md`${mention(exemption.decidedBy)} already declined it.`;
    case 'withdrawn':
      return md`This request was withdrawn, or closed without a decision.`;
    case 'revoked':
      return md`${mention(exemption.closedBy)} already ended it.`;
    case 'ended':
      return md`It ended on ${lastDayText(exemption, zone)}.`;
  }
}

function formProblemText(problem: ExemptionFormProblem): string {
  switch (problem.kind) {
    case 'no-reason':
      return 'Please add a reason.';
    case 'not-a-date':
      return 'Please choose a date.';
    case 'in-the-past':
      return 'That date has passed. Please choose a later one.';
    case 'too-long':
      return `The limit is ${problem.maxDays} days: choose ${formatCalendarDay(problem.latestDay)} or earlier.`;
  }
}

function lastDayText(exemption: Pick<Exemption, 'endsAt'>, zone: string): string {
  return formatCalendarDay(lastDayOf(exemption, zone));
}

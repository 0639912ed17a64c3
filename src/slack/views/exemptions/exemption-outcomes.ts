import { type Exemption, type ExemptionFormProblem, lastDayOf } from '../../../domain/exemption.ts';
import type { DecideExemptionOutcome } from '../../../usecases/exemptions/decide-exemption.ts';
import type { RequestExemptionOutcome } from '../../../usecases/exemptions/request-exemption.ts';
import type { RevokeExemptionOutcome } from '../../../usecases/exemptions/revoke-exemption.ts';
import type { WithdrawExemptionOutcome } from '../../../usecases/exemptions/withdraw-exemption.ts';
import { type Markup, md, mention } from '../shared/blocks.ts';
import { formatCalendarDay } from '../shared/wording.ts';
import { EXEMPTION_REASON_INPUT, LAST_DAY_INPUT } from './exemption.ts';

/** What is wrong in the form, under the input that it is about. */
export function exemptionFormErrors(problem: ExemptionFormProblem): Readonly<Record<string, string>> {
  return {
    [problem.kind === 'no-reason' ? EXEMPTION_REASON_INPUT : LAST_DAY_INPUT]: formProblemText(problem),
  };
}

/** What became of a question for leave. */
export function exemptionRequestOutcomeText(outcome: RequestExemptionOutcome, zone: string): Markup {
  switch (outcome.kind) {
    case 'asked':
      return md`:white_check_mark: Asked, until ${lastDayText(outcome.exemption, zone)}. An admin decides and I tell you; until somebody does, the account falls short.`;
    case 'already-open':
      return outcome.exemption.state === 'asked'
        ? md`An exemption until ${lastDayText(outcome.exemption, zone)} is asked for already, and nobody has decided yet.`
        : md`The account is exempt already, until ${lastDayText(outcome.exemption, zone)}.`;
    case 'nothing-to-exempt':
      return md`Nothing to ask for: the account does not fall short.`;
    case 'not-yours':
      return md`Only the owner of the account and admins may ask for an exemption.`;
    case 'no-such-account':
      return md`The organization does not list this account any more.`;
    default:
      return md`${formProblemText(outcome)}`;
  }
}

/** What became of a decision. */
export function exemptionDecisionOutcomeText(outcome: DecideExemptionOutcome, zone: string): Markup {
  switch (outcome.kind) {
    case 'granted':
      return md`:white_check_mark: Granted until ${lastDayText(outcome.exemption, zone)}. ${mention(outcome.exemption.askedBy)} hears of it from me.`;
    case 'declined':
      return md`:no_entry_sign: Declined. ${mention(outcome.exemption.askedBy)} hears of it from me.`;
    case 'own-request':
      return md`You asked for it yourself, so somebody else has to decide.`;
    case 'not-an-admin':
      return md`Only admins decide about exemptions.`;
    case 'already-over':
      return md`Its last day is over, so there is nothing to grant any more.`;
    case 'no-reason':
      return md`Please say why.`;
    case 'too-late':
      return exemptionStateText(outcome.exemption, zone);
    case 'no-such-exemption':
      return NOT_FOUND;
  }
}

/** What became of taking a question back. */
export function exemptionWithdrawalOutcomeText(outcome: WithdrawExemptionOutcome, zone: string): Markup {
  switch (outcome.kind) {
    case 'withdrawn':
      return md`:leftwards_arrow_with_hook: The question is taken back.`;
    case 'not-yours':
      return md`Only whoever asked may take the question back.`;
    case 'too-late':
      return exemptionStateText(outcome.exemption, zone);
    case 'no-such-exemption':
      return NOT_FOUND;
  }
}

/** What became of ending an exemption early. */
export function exemptionRevocationOutcomeText(outcome: RevokeExemptionOutcome, zone: string): Markup {
  switch (outcome.kind) {
    case 'revoked':
      return md`:no_entry_sign: The exemption is ended.`;
    case 'not-an-admin':
      return md`Only admins and whoever asked may end an exemption.`;
    case 'too-late':
      return exemptionStateText(outcome.exemption, zone);
    case 'no-such-exemption':
      return NOT_FOUND;
  }
}

const NOT_FOUND = md`This exemption is not there any more.`;

/** What is so already, for somebody who came too late. */
function exemptionStateText(exemption: Exemption, zone: string): Markup {
  switch (exemption.state) {
    case 'asked':
      return md`Nobody has decided about it yet.`;
    case 'granted':
      return md`It was granted by ${mention(exemption.decidedBy)} already, until ${lastDayText(exemption, zone)}.`;
    case 'declined':
      return md`It was declined by ${mention(exemption.decidedBy)} already.`;
    case 'withdrawn':
      return md`The question is closed already, without an answer.`;
    case 'revoked':
      return md`It was ended by ${mention(exemption.closedBy)} already.`;
    case 'ended':
      return md`It ended on ${lastDayText(exemption, zone)}.`;
  }
}

function formProblemText(problem: ExemptionFormProblem): string {
  switch (problem.kind) {
    case 'no-reason':
      return 'Please say why.';
    case 'not-a-date':
      return 'Please choose a day.';
    case 'in-the-past':
      return 'That day is over. Please choose a later one.';
    case 'too-long':
      return `At most ${problem.maxDays} days: ${formatCalendarDay(problem.latestDay)} is the latest day.`;
  }
}

function lastDayText(exemption: Pick<Exemption, 'endsAt'>, zone: string): string {
  return formatCalendarDay(lastDayOf(exemption, zone));
}

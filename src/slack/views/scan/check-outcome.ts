import { remainingRootCredential } from '../../../domain/remediation.ts';
import { explainStillFailing } from '../../../domain/still-failing.ts';
import type { Verdict } from '../../../domain/verdict.ts';
import type { CheckOutcome } from '../../../usecases/scan/check-account.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import { joinMarkup, type Markup, md } from '../shared/blocks.ts';
import { formatCalendarDay } from '../shared/wording.ts';

/** What a look at one account came to; `before` is what was known when it was taken. */
export function checkOutcomeText(outcome: CheckOutcome, before: Pick<Verdict, 'mfa'> | null): Markup {
  switch (outcome.kind) {
    case 'no-such-account':
      return md`:grey_question: The organization does not list this account any more.`;
    case 'too-soon':
      return isSignInCompliant(outcome.view)
        ? md`:white_check_mark: It was looked at less than a minute ago, and the sign-in is in order.`
        : md`:hourglass: It was looked at less than a minute ago, so AWS was not asked again. Please try once more in a minute.`;
    case 'fixed':
      return joinMarkup(
        [md`:tada: *Fixed, thank you.* AWS shows it now.`, ...remainingKeyWarning(outcome.view)],
        '\n',
      );
    case 'could-not-read':
      return md`:warning: AWS could not be read just now: ${outcome.reason}`;
    case 'read':
      return isSignInCompliant(outcome.view)
        ? joinMarkup(
            [
              md`:white_check_mark: Looked just now: the sign-in is in order.`,
              ...remainingKeyWarning(outcome.view),
            ],
            '\n',
          )
        : stillFailingText(outcome.view, before);
  }
}

function stillFailingText(
  { account, required, level2, compliance, exemptionLastDay }: AccountView,
  before: Pick<Verdict, 'mfa'> | null,
): Markup {
  const explanation =
    account.verdict && explainStillFailing(before, account.verdict, required, level2 === 'pass');
  if (!explanation) return md`:mag: Looked just now.`;
  const exemptionNote =
    compliance === 'exempt' && exemptionLastDay
      ? md` It is exempt until ${formatCalendarDay(exemptionLastDay)}.`
      : md``;
  return joinMarkup(
    [
      md`:mag: *Not fixed yet.* ${explanation.observed}${exemptionNote}`,
      md`What usually explains it:`,
      ...explanation.likelyCauses.map((reason) => md`•  ${reason}`),
    ],
    '\n',
  );
}

/** Whether nothing is left to be done about root. */
export function isFullyResolved(view: AccountView): boolean {
  return isSignInCompliant(view) && remainingKeyWarning(view).length === 0;
}

function remainingKeyWarning({ account: { verdict } }: AccountView): Markup[] {
  const key = verdict && remainingRootCredential(verdict);
  return key ? [md`:warning: Root still has ${key}, which works without MFA. Please delete it, too.`] : [];
}

function isSignInCompliant({ compliance }: AccountView): boolean {
  return compliance === 'compliant' || compliance === 'not_applicable';
}

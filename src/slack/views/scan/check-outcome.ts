import { formatCalendarDay } from '../../../domain/calendar.ts';
import { remainingRootCredential } from '../../../domain/remediation.ts';
import { explainStillFailing } from '../../../domain/still-failing.ts';
import type { Verdict } from '../../../domain/verdict.ts';
import type { CheckOutcome } from '../../../usecases/scan/check-account.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import { formatSlackDateTime, joinMarkup, type Markup, md } from '../shared/blocks.ts';
import { COMPLIANCE_TEXT } from '../shared/wording.ts';

/**
 * Returns the outcome of checking one account: its state. A reader who `triedToFix` it also gets what may have gone
 * wrong. `before` is what was known before the check.
 */
export function checkOutcomeText(
  outcome: CheckOutcome,
  before: Pick<Verdict, 'mfa'> | null,
  { triedToFix }: { readonly triedToFix: boolean } = { triedToFix: false },
): Markup {
  switch (outcome.kind) {
    case 'no-such-account':
      return md`:grey_question: This account is no longer in the organization.`;
    case 'too-soon':
      return isSignInCompliant(outcome.view)
        ? md`:white_check_mark: Checked less than a minute ago: root sign-in is protected.`
        : joinMarkup(
            [
              md`:hourglass: Checked less than a minute ago: ${seenText(outcome.view)}`,
              triedToFix
                ? md`If you changed something since, check again in a minute.`
                : md`You can check again in a minute.`,
            ],
            ' ',
          );
    case 'fixed':
      return joinMarkup(
        [md`:tada: *Fixed, thank you.* AWS confirms it.`, ...remainingKeyWarning(outcome.view)],
        '\n',
      );
    case 'could-not-read':
      return joinMarkup(
        [
          md`:warning: I could not check AWS just now: ${outcome.reason}`,
          ...lastSeen(outcome.view),
          ...(triedToFix
            ? [
                md`I cannot say yet whether your change worked. Check again in a few minutes; I also check with every scan.`,
              ]
            : []),
        ],
        '\n',
      );
    case 'read':
      return isSignInCompliant(outcome.view)
        ? joinMarkup(
            [
              md`:white_check_mark: Just checked: root sign-in is protected.`,
              ...remainingKeyWarning(outcome.view),
            ],
            '\n',
          )
        : triedToFix
          ? stillFailingText(outcome.view, before)
          : stateText(outcome.view);
  }
}

/** Returns what the check saw, without advice: the reader has not said that they changed anything. */
function stateText(view: AccountView): Markup {
  const { exemptionLastDay, compliance } = view;
  const exemptionNote =
    compliance === 'exempt' && exemptionLastDay
      ? md` It is exempt until ${formatCalendarDay(exemptionLastDay)}.`
      : md``;
  return md`:mag: Just checked: ${seenText(view)}${exemptionNote}`;
}

/** Returns `non-compliant. Root can sign in with a password and no MFA device is registered.` */
function seenText({ account, compliance }: AccountView): Markup {
  return md`${COMPLIANCE_TEXT[compliance].name.toLowerCase()}. ${account.verdict?.why ?? ''}`;
}

/** Returns what was last seen of an account that could not be read just now; nothing if it never was. */
function lastSeen({ account: { verdict, checkedAt } }: AccountView): Markup[] {
  if (!verdict || !checkedAt) return [];
  return [joinMarkup([md`Last seen `, formatSlackDateTime(checkedAt), md`: ${verdict.why}`], '')];
}

function stillFailingText(
  { account, required, level2, compliance, exemptionLastDay }: AccountView,
  before: Pick<Verdict, 'mfa'> | null,
): Markup {
  const explanation =
    account.verdict && explainStillFailing(before, account.verdict, required, level2 === 'pass');
  if (!explanation) return md`:mag: Just checked.`;
  const exemptionNote =
    compliance === 'exempt' && exemptionLastDay
      ? md` It is exempt until ${formatCalendarDay(exemptionLastDay)}.`
      : md``;
  return joinMarkup(
    [
      md`:mag: *Not fixed yet.* ${explanation.observed}${exemptionNote}`,
      md`Common causes:`,
      ...explanation.likelyCauses.map((reason) => md`•  ${reason}`),
    ],
    '\n',
  );
}

/** Whether nothing is left to do for this root user. */
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

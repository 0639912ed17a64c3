import { explainNotYet } from '../../../domain/still-failing.ts';
import { rootKeyIn } from '../../../domain/remediation.ts';
import type { Verdict } from '../../../domain/verdict.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { CheckOutcome } from '../../../usecases/scan/check-account.ts';
import { joined, type Markup, md } from '../shared/blocks.ts';
import { calendarDay } from '../shared/wording.ts';

/** What a look at one account came to; `before` is what was known when it was taken. */
export function checkWords(outcome: CheckOutcome, before: Pick<Verdict, 'mfa'> | null): Markup {
  switch (outcome.kind) {
    case 'no-such-account':
      return md`:grey_question: The organization does not list this account any more.`;
    case 'too-soon':
      return isInOrder(outcome.view)
        ? md`:white_check_mark: It was looked at less than a minute ago, and the sign-in is in order.`
        : md`:hourglass: It was looked at less than a minute ago, so AWS was not asked again. Please try once more in a minute.`;
    case 'fixed':
      return joined([md`:tada: *Fixed, thank you.* AWS shows it now.`, ...keyLeft(outcome.view)], '\n');
    case 'could-not-read':
      return md`:warning: AWS could not be read just now: ${outcome.reason}`;
    case 'read':
      return isInOrder(outcome.view)
        ? joined(
            [md`:white_check_mark: Looked just now: the sign-in is in order.`, ...keyLeft(outcome.view)],
            '\n',
          )
        : notYet(outcome.view, before);
  }
}

function notYet(
  { account, asked, level2, standing, leaveUntil }: AccountView,
  before: Pick<Verdict, 'mfa'> | null,
): Markup {
  const why = account.verdict && explainNotYet(before, account.verdict, asked, level2 === 'pass');
  if (!why) return md`:mag: Looked just now.`;
  const leave =
    standing === 'exempt' && leaveUntil ? md` It is exempt until ${calendarDay(leaveUntil)}.` : md``;
  return joined(
    [
      md`:mag: *Not fixed yet.* ${why.shows}${leave}`,
      md`What usually explains it:`,
      ...why.usually.map((reason) => md`•  ${reason}`),
    ],
    '\n',
  );
}

/** Whether nothing is left to be done about root. */
export function isDone(view: AccountView): boolean {
  return isInOrder(view) && keyLeft(view).length === 0;
}

function keyLeft({ account: { verdict } }: AccountView): Markup[] {
  const key = verdict && rootKeyIn(verdict);
  return key ? [md`:warning: Root still has ${key}, which works without MFA. Please delete it, too.`] : [];
}

function isInOrder({ standing }: AccountView): boolean {
  return standing === 'met' || standing === 'not_applicable';
}

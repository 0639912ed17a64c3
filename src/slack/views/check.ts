import type { CheckOutcome } from '../../usecases/check-account.ts';
import { type Markup, md } from './blocks.ts';

/** What a look at one account came to, in a sentence. */
export function checkWords(outcome: CheckOutcome): Markup {
  switch (outcome.kind) {
    case 'no-such-account':
      return md`:grey_question: The organization does not list this account any more.`;
    case 'too-soon':
      return md`:hourglass: It was looked at less than a minute ago, so AWS was not asked again.`;
    case 'fixed':
      return md`:tada: *Fixed, thank you!* AWS shows it now.`;
    case 'could-not-read':
      return md`:warning: AWS could not be read just now: ${outcome.reason}`;
    case 'read':
      return outcome.view.standing === 'unmet'
        ? md`:mag: Looked just now: *it still falls short.*`
        : md`:mag: Looked just now.`;
  }
}

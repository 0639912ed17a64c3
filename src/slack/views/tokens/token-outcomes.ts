import { tokenRequestLetter } from '../../../domain/notification-content.ts';
import type {
  ApproveOutcome,
  CancelOutcome,
  DeclineOutcome,
  ReceiveOutcome,
  ShipOutcome,
  TokenRequest,
} from '../../../domain/token-request.ts';
import type { RequestTokenOutcome } from '../../../usecases/tokens/submit-token-request.ts';
import type { NoSuchStep } from '../../../usecases/tokens/apply-token-step.ts';
import { actions, type Drawn, joined, type Markup, md, mention, section, short } from '../shared/blocks.ts';
import { openRequestWords } from './token-button.ts';
import { quantityWords } from './token-forms.ts';
import { showRequestButton } from './token-request.ts';
import { accountNames, howMany, stepWords } from './token-text.ts';
import { counted } from '../shared/wording.ts';

type StepOutcome =
  | ApproveOutcome
  | DeclineOutcome
  | ShipOutcome
  | ReceiveOutcome
  | CancelOutcome
  | NoSuchStep;

/** What came of a step, for whoever took it. */
export function stepOutcomeWords(outcome: StepOutcome, by: string): Markup {
  switch (outcome.kind) {
    case 'approved':
      return about(
        outcome.request,
        by,
        md`:white_check_mark: Approved. `,
        md` knows. Press *Ship…* when the keys go out.`,
      );
    case 'declined':
      return about(outcome.request, by, md`Declined. `, md` was told why.`);
    case 'shipped':
      return about(
        outcome.request,
        by,
        md`:package: On the way. `,
        md` was told, and confirms when it has come.`,
      );
    case 'received':
      return md`:inbox_tray: Good. Now register it on root and press *Check now*: I close the request when I see it there.`;
    case 'cancelled':
      return outcome.request.requestedBy === by
        ? md`Cancelled. You can ask again at any time.`
        : about(outcome.request, by, md`Cancelled. `, md` was told why.`);
    case 'not-an-admin':
      return md`Only admins decide about requests and send keys.`;
    case 'own-request':
      return md`Somebody else has to decide this one: nobody approves their own keys.`;
    case 'not-yours':
      return md`Only the person who asked for it can do that.`;
    case 'no-reason':
      return md`Please say why: somebody is waiting for it.`;
    case 'no-shipping-note':
      return md`Please say how it gets there: a tracking number, or where it can be fetched.`;
    case 'no-such-request':
      return md`This request is not there any more.`;
    case 'too-late':
      return tooLateWords(outcome.request, by);
  }
}

/** Somebody was first: who, what, when. */
export function tooLateWords(request: TokenRequest, by: string): Markup {
  const last = tokenRequestLetter(request, (id) => id).history.at(-1);
  if (!last || last.state === 'requested') return md`That is not possible yet: nobody has approved it.`;
  return last.by === by
    ? joined([md`You did that already: `, stepWords(last), md`.`], '')
    : joined([md`Somebody was first: `, stepWords(last), md`.`], '');
}

export interface RequestResult {
  readonly outcome: RequestTokenOutcome;
  /** How many others can approve it; undefined: nobody could say. */
  readonly approvers: number | undefined;
  /** Whether whoever asks is an admin too. */
  readonly admin: boolean;
  readonly decideWithinDays: number;
  readonly accountName: (id: string) => string;
}

/** What came of a request, and what happens next. */
export function drawRequestResult({ outcome, accountName, ...circumstances }: RequestResult): Drawn {
  switch (outcome.kind) {
    case 'requested': {
      const { kind, quantity, accounts, office } = outcome.request;
      const named = accounts.map(({ id }) => ({ id, name: accountName(id) }));
      const asked = joined(
        [md`:white_check_mark: You asked for *${howMany(kind, quantity)}* for `, accountNames(named), md`.`],
        '',
      );
      const where = office === null ? md`` : md` to ${short(office, 75)}`;
      const next = [
        decisionWords(circumstances, outcome.shown),
        joined([md`I write to you when it is on the way`, where, md`.`], ''),
        md`Register it on root. I see it there by myself and close the request.`,
      ];
      const steps = joined(
        next.map((step, at) => joined([md`${at + 1}. `, step], '')),
        '\n',
      );
      return {
        text: [asked, ...next].map(({ markup }) => markup).join('\n'),
        blocks: [section(asked), section(joined([md`*What happens next*`, steps], '\n'))],
      };
    }
    case 'already-open': {
      const words = joined(
        [
          md`There is a request for *${short(outcome.account.name, 60)}* already, so no second one was made.\n`,
          openRequestWords(outcome.request),
        ],
        '',
      );
      return { text: words.markup, blocks: [section(words), actions(showRequestButton(outcome.request.id))] };
    }
    default: {
      const words = refusalOf(outcome);
      return { text: words.markup, blocks: [section(words)] };
    }
  }
}

function decisionWords(
  { approvers, admin, decideWithinDays }: Pick<RequestResult, 'approvers' | 'admin' | 'decideWithinDays'>,
  shown: boolean,
): Markup {
  if (approvers === 0) {
    return md`:warning: Somebody has to approve it, and nobody else may: ask whoever runs this bot to name more people under \`slack.admins\`. Your request is kept.`;
  }
  const who = admin ? 'Another admin' : 'An admin';
  const within = counted(decideWithinDays, 'business day');
  return shown
    ? md`${who} approves it. If nobody has within ${within}, I remind them all.`
    : md`${who} approves it. There is no channel for requests, so nobody was told yet: point one to \`/mfa-status requests\`. I write to them all if nobody has decided within ${within}.`;
}

function refusalOf(
  outcome: Exclude<RequestTokenOutcome, { readonly kind: 'requested' | 'already-open' }>,
): Markup {
  switch (outcome.kind) {
    case 'no-accounts':
      return md`Choose at least one account. Nothing was asked for.`;
    case 'no-such-account':
      return md`One of these accounts is not there any more. Nothing was asked for.`;
    case 'not-yours':
      return md`*${short(outcome.account.name, 60)}* is not yours, so only its owner or an admin can ask. Nothing was asked for.`;
    case 'nothing-to-protect':
      return md`Nobody can sign in as root of *${short(outcome.account.name, 60)}*, so it needs no key. Nothing was asked for.`;
    case 'not-offered':
      return md`This kind of key is not offered any more. Please ask again.`;
    case 'no-such-office':
      return md`Keys are sent to: ${outcome.offices.join(', ')}. Please choose one of them.`;
    case 'wrong-quantity':
      return md`${quantityWords('security-key', 1, outcome.least, outcome.most)} Nothing was asked for.`;
  }
}

function about({ requestedBy }: TokenRequest, by: string, before: Markup, after: Markup): Markup {
  // Whoever sends their own keys need not be told that they were told.
  return requestedBy === by ? before : joined([before, mention(requestedBy), after], '');
}

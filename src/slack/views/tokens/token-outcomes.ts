import { tokenRequestNotification } from '../../../domain/notification-content.ts';
import type {
  ApproveOutcome,
  CancelOutcome,
  DeclineOutcome,
  ReceiveOutcome,
  ShipOutcome,
  TokenRequest,
} from '../../../domain/token-request.ts';
import type { TokenStepRejection } from '../../../usecases/tokens/apply-token-step.ts';
import type { SubmitTokenRequestOutcome } from '../../../usecases/tokens/submit-token-request.ts';
import {
  actions,
  joinMarkup,
  type Markup,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';
import { openRequestText } from './token-button.ts';
import { quantityText } from './token-forms.ts';
import { showRequestButton } from './token-request.ts';
import { accountNames, stepText, tokenCountText } from './token-text.ts';

type StepOutcome =
  | ApproveOutcome
  | DeclineOutcome
  | ShipOutcome
  | ReceiveOutcome
  | CancelOutcome
  | TokenStepRejection;

/** What came of a step, for whoever took it. */
export function stepOutcomeText(outcome: StepOutcome, by: string): Markup {
  switch (outcome.kind) {
    case 'approved':
      return withRequester(
        outcome.request,
        by,
        md`:white_check_mark: Approved. `,
        md` knows. Press *Ship…* when the keys go out.`,
      );
    case 'declined':
      return withRequester(outcome.request, by, md`Declined. `, md` was told why.`);
    case 'shipped':
      return withRequester(
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
        : withRequester(outcome.request, by, md`Cancelled. `, md` was told why.`);
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
      return tooLateText(outcome.request, by);
  }
}

/** Somebody was first: who, what, when. */
export function tooLateText(request: TokenRequest, by: string): Markup {
  const last = tokenRequestNotification(request, (id) => id).history.at(-1);
  if (!last || last.state === 'requested') return md`That is not possible yet: nobody has approved it.`;
  return last.by === by
    ? joinMarkup([md`You did that already: `, stepText(last), md`.`], '')
    : joinMarkup([md`Somebody was first: `, stepText(last), md`.`], '');
}

export interface TokenRequestResultProps {
  readonly outcome: SubmitTokenRequestOutcome;
  /** How many others can approve it; undefined: nobody could say. */
  readonly approvers: number | undefined;
  /** Whether whoever asks is an admin too. */
  readonly admin: boolean;
  readonly decideWithinDays: number;
  readonly accountName: (id: string) => string;
}

/** What came of a request, and what happens next. */
export function renderTokenRequestResult({
  outcome,
  accountName,
  ...approval
}: TokenRequestResultProps): RenderedMessage {
  switch (outcome.kind) {
    case 'requested': {
      const { kind, quantity, accounts, office } = outcome.request;
      const named = accounts.map(({ id }) => ({ id, name: accountName(id) }));
      const confirmation = joinMarkup(
        [
          md`:white_check_mark: You asked for *${tokenCountText(kind, quantity)}* for `,
          accountNames(named),
          md`.`,
        ],
        '',
      );
      const destination = office === null ? md`` : md` to ${truncate(office, 75)}`;
      const next = [
        approvalText(approval, outcome.postedToChannel),
        joinMarkup([md`I write to you when it is on the way`, destination, md`.`], ''),
        md`Register it on root. I see it there by myself and close the request.`,
      ];
      const steps = joinMarkup(
        next.map((step, at) => joinMarkup([md`${at + 1}. `, step], '')),
        '\n',
      );
      return {
        text: [confirmation, ...next].map(({ markup }) => markup).join('\n'),
        blocks: [section(confirmation), section(joinMarkup([md`*What happens next*`, steps], '\n'))],
      };
    }
    case 'already-open': {
      const words = joinMarkup(
        [
          md`There is a request for *${truncate(outcome.account.name, 60)}* already, so no second one was made.\n`,
          openRequestText(outcome.request),
        ],
        '',
      );
      return { text: words.markup, blocks: [section(words), actions(showRequestButton(outcome.request.id))] };
    }
    default: {
      const words = refusalText(outcome);
      return { text: words.markup, blocks: [section(words)] };
    }
  }
}

function approvalText(
  {
    approvers,
    admin,
    decideWithinDays,
  }: Pick<TokenRequestResultProps, 'approvers' | 'admin' | 'decideWithinDays'>,
  shown: boolean,
): Markup {
  if (approvers === 0) {
    return md`:warning: Somebody has to approve it, and nobody else may: ask whoever runs this bot to name more people under \`slack.admins\`. Your request is kept.`;
  }
  const approver = admin ? 'Another admin' : 'An admin';
  const within = pluralize(decideWithinDays, 'business day');
  return shown
    ? md`${approver} approves it. If nobody has within ${within}, I remind them all.`
    : md`${approver} approves it. There is no channel for requests, so nobody was told yet: point one to \`/mfa-status requests\`. I write to them all if nobody has decided within ${within}.`;
}

function refusalText(
  outcome: Exclude<SubmitTokenRequestOutcome, { readonly kind: 'requested' | 'already-open' }>,
): Markup {
  switch (outcome.kind) {
    case 'no-accounts':
      return md`Choose at least one account. Nothing was asked for.`;
    case 'no-such-account':
      return md`One of these accounts is not there any more. Nothing was asked for.`;
    case 'not-yours':
      return md`*${truncate(outcome.account.name, 60)}* is not yours, so only its owner or an admin can ask. Nothing was asked for.`;
    case 'nothing-to-protect':
      return md`Nobody can sign in as root of *${truncate(outcome.account.name, 60)}*, so it needs no key. Nothing was asked for.`;
    case 'not-offered':
      return md`This kind of key is not offered any more. Please ask again.`;
    case 'no-such-office':
      return md`Keys are sent to: ${outcome.offices.join(', ')}. Please choose one of them.`;
    case 'wrong-quantity':
      return md`${quantityText('security-key', 1, outcome.min, outcome.max)} Nothing was asked for.`;
  }
}

function withRequester({ requestedBy }: TokenRequest, by: string, before: Markup, after: Markup): Markup {
  // Whoever sends their own keys need not be told that they were told.
  return requestedBy === by ? before : joinMarkup([before, mention(requestedBy), after], '');
}

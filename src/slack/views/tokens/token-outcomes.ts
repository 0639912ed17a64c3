import { tokenRequestNotification } from '../../../domain/notification-content.ts';
import type {
  ApproveOutcome,
  CancelOutcome,
  DeclineOutcome,
  ReceiveOutcome,
  SetTicketOutcome,
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
import { showRequestButton } from './token-request.ts';
import { accountNames, stepText, tokenCountText } from './token-text.ts';

type StepOutcome =
  | ApproveOutcome
  | DeclineOutcome
  | ShipOutcome
  | ReceiveOutcome
  | CancelOutcome
  | SetTicketOutcome
  | TokenStepRejection;

/** Returns the outcome of a step, for the person who took it. */
export function stepOutcomeText(outcome: StepOutcome, by: string): Markup {
  switch (outcome.kind) {
    case 'approved':
      return withRequester(
        outcome.request,
        by,
        md`:white_check_mark: Approved. I notified `,
        md`. Press *Ship…* when you send the keys.`,
      );
    case 'declined':
      return withRequester(outcome.request, by, md`Declined. I sent your reason to `, md`.`);
    case 'shipped':
      return withRequester(
        outcome.request,
        by,
        md`:package: On the way. I notified `,
        md`, who confirms when ${outcome.request.quantity === 1 ? 'it arrives' : 'they arrive'}.`,
      );
    case 'received':
      return md`:inbox_tray: Great. Now register ${outcome.request.quantity === 1 ? 'it' : 'the keys'} on root: my direct message to you has the steps. I’ll close the request when AWS shows ${outcome.request.quantity === 1 ? 'it' : 'them'}.`;
    case 'cancelled':
      return outcome.request.requestedBy === by
        ? md`Withdrawn. You can request again at any time.`
        : withRequester(outcome.request, by, md`Withdrawn. I sent your reason to `, md`.`);
    case 'ticket-set':
      return outcome.request.ticket === null ? md`Saved: no ticket.` : md`Saved: ${outcome.request.ticket}`;
    case 'wrong-ticket':
      return md`${outcome.problem}`;
    case 'not-an-admin':
      return md`Only admins can decide on requests and ship keys.`;
    case 'own-request':
      return md`Another admin must decide this: you cannot approve your own request.`;
    case 'not-yours':
      return md`Only the requester can do that.`;
    case 'no-reason':
      return md`Please add a reason for the requester.`;
    case 'no-shipping-note':
      return md`Please enter a tracking number, or where to pick it up.`;
    case 'no-such-request':
      return md`This request no longer exists.`;
    case 'too-late':
      return tooLateText(outcome.request, by);
  }
}

/** Returns what happened to the request before: who, what, when. */
export function tooLateText(request: TokenRequest, by: string): Markup {
  const last = tokenRequestNotification(request, (id) => id).history.at(-1);
  if (!last || last.state === 'requested')
    return md`That is not possible yet: the request is waiting for approval.`;
  return last.by === by
    ? joinMarkup([md`You already did that: `, stepText(last), md`.`], '')
    : joinMarkup([md`Already done: `, stepText(last), md`.`], '');
}

export interface TokenRequestResultProps {
  readonly outcome: SubmitTokenRequestOutcome;
  /** How many others can approve it; undefined: unknown. */
  readonly approvers: number | undefined;
  /** Whether the requester is an admin, too. */
  readonly admin: boolean;
  readonly decideWithinDays: number;
  readonly accountName: (id: string) => string;
}

/** Renders the outcome of a new request, and what happens next. */
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
          md`:white_check_mark: You requested *${tokenCountText(kind, quantity)}* for `,
          accountNames(named),
          md`.`,
        ],
        '',
      );
      const destination = office === null ? md`` : md` to ${truncate(office, 75)}`;
      const next = [
        approvalText(approval, outcome.postedToChannel),
        joinMarkup(
          [md`I’ll message you when ${quantity === 1 ? 'it is' : 'they are'} on the way`, destination, md`.`],
          '',
        ),
        md`You register ${quantity === 1 ? 'it' : 'them'} on root. I’ll notice and close the request.`,
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
    case 'handed-over': {
      const { kind, quantity, accounts } = outcome.request;
      const named = accounts.map(({ id }) => ({ id, name: accountName(id) }));
      const text = joinMarkup(
        [
          md`:white_check_mark: You requested *${tokenCountText(kind, quantity)}* for `,
          accountNames(named),
          md`. Your company’s own workflow takes it from here. I’ll notice when AWS shows ${quantity === 1 ? 'the key' : 'the keys'} on root.`,
        ],
        '',
      );
      return { text: text.markup, blocks: [section(text)] };
    }
    case 'already-open': {
      const words = joinMarkup(
        [
          md`*${truncate(outcome.account.name, 60)}* already has an open request, so I did not create another.\n`,
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
    return md`:warning: Another admin must approve it, but there is none. Ask the operator of this bot to add people to \`slack.admins\`. I keep your request.`;
  }
  const approver = admin ? 'Another admin' : 'An admin';
  const within = pluralize(decideWithinDays, 'business day');
  return shown
    ? md`${approver} approves it. If that takes more than ${within}, I’ll remind all admins.`
    : md`${approver} approves it. There is no channel for requests, so I have not notified anyone yet: ask an admin to open \`/mfa-status requests\`. After ${within}, I’ll message all admins.`;
}

function refusalText(
  outcome: Exclude<
    SubmitTokenRequestOutcome,
    { readonly kind: 'requested' | 'handed-over' | 'already-open' }
  >,
): Markup {
  switch (outcome.kind) {
    case 'no-accounts':
      return md`Choose at least one account. I did not create a request.`;
    case 'no-such-account':
      return md`One of these accounts no longer exists. I did not create a request.`;
    case 'not-yours':
      return md`*${truncate(outcome.account.name, 60)}* is not yours: only its owner or an admin can request a key. I did not create a request.`;
    case 'nothing-to-protect':
      return md`No one can sign in as root of *${truncate(outcome.account.name, 60)}*, so it needs no key. I did not create a request.`;
    case 'not-offered':
      return md`This kind of key is no longer offered. Please choose another.`;
    case 'no-such-office':
      return md`Keys can be delivered to: ${outcome.offices.join(', ')}. Please choose one of these.`;
    case 'wrong-ticket':
      return md`${outcome.problem} I did not create a request.`;
    case 'wrong-quantity':
      return md`Enter ${outcome.min} to ${outcome.max} for these accounts. I did not create a request.`;
  }
}

function withRequester({ requestedBy }: TokenRequest, by: string, before: Markup, after: Markup): Markup {
  // Requesters who ship their own keys are not notified.
  return requestedBy === by ? before : joinMarkup([before, mention(requestedBy), after], '');
}

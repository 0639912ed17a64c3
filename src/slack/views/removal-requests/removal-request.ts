import type { AccountId } from '../../../domain/account.ts';
import type { RemovalRequestNotification } from '../../../domain/notification.ts';
import type { RemovalRequest } from '../../../domain/removal-request.ts';
import type { AssignRemovalOutcome } from '../../../usecases/removal-requests/assign-removal.ts';
import type { RequestRemovalOutcome } from '../../../usecases/removal-requests/request-removal.ts';
import {
  actions,
  type Block,
  button,
  formatSlackDateTime,
  joinMarkup,
  type Markup,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';

export const REQUEST_REMOVAL = 'request-removal';
export const ASSIGN_REMOVAL = 'assign-removal';

/** Returns the button that asks an admin to remove the root credentials of an account. */
export function requestRemovalButton(accountId: AccountId) {
  return button(REQUEST_REMOVAL, 'Ask an admin to remove root credentials', { value: accountId });
}

/** Renders a request for admins, or its state for the requester. */
export function renderRemovalRequest(notification: RemovalRequestNotification): RenderedMessage {
  const { requestId, state, account, toRequester } = notification;
  const text = toRequester ? requesterText(notification) : requestText(notification);
  const buttons =
    toRequester || state === 'done'
      ? []
      : [
          actions(
            ...(state === 'requested'
              ? [button(ASSIGN_REMOVAL, 'I’ll do it', { value: requestId, style: 'primary' })]
              : []),
            // The action of the guide; importing its view would be a circle.
            button('how-to-fix', 'How to fix', {
              value: account.id,
              accessibilityLabel: `How to fix ${account.name}`,
            }),
          ),
        ];
  return { text: text.markup, blocks: [section(text), ...buttons] };
}

function requestText({ account, requestedBy, assignedTo, doneAt }: RemovalRequestNotification): Markup {
  const what = md`${mention(requestedBy)} asks an admin to remove the root credentials of ${accountName(account)}.`;
  const state = doneAt
    ? joinMarkup([md`:white_check_mark: Done: confirmed `, formatSlackDateTime(new Date(doneAt)), md`.`], '')
    : assignedTo
      ? md`${mention(assignedTo)} is on it.`
      : md`Only an admin can do this. Who takes it?`;
  return joinMarkup([md`:wastebasket: ${what}`, state], '\n');
}

function requesterText({ account, assignedTo, state }: RemovalRequestNotification): Markup {
  return state === 'done'
    ? md`:white_check_mark: Root of ${accountName(account)} has no credentials any more. No one can sign in as root, so there is nothing left for you to do.`
    : md`${mention(assignedTo ?? '')} removes the root credentials of ${accountName(account)}. You do not need a hardware key for it; I tell you when it is done.`;
}

function accountName({ id, name }: RemovalRequestNotification['account']): Markup {
  return md`*${truncate(name, 60)}* (${id})`;
}

/** Renders the open request of an account. */
export function openRemovalRequestBlocks(request: RemovalRequest | undefined): Block[] {
  if (!request) return [];
  const asked = joinMarkup(
    [
      mention(request.requestedBy),
      md` asked an admin to remove the root credentials, `,
      formatSlackDateTime(request.requestedAt),
    ],
    '',
  );
  const state = request.assignedTo
    ? md` ${mention(request.assignedTo)} is on it.`
    : md` Waiting for an admin.`;
  return [section(joinMarkup([md`:wastebasket: `, asked, md`.`, state], ''))];
}

/** Returns the outcome of a request for the requester. */
export function removalRequestOutcomeText(outcome: RequestRemovalOutcome): Markup {
  return md`${{ markup: REQUEST_TEXT[outcome.kind] }}`;
}

const REQUEST_TEXT = {
  requested:
    ':white_check_mark: Asked the admins. I tell you when one of them takes it, and when it is done.',
  'already-open': 'An admin has been asked already.',
  'no-such-account': 'This account is not there any more.',
  'not-yours': 'Only the owner of the account and admins can ask for this.',
  'nothing-to-remove': 'There are no root credentials here that an admin can remove.',
  'no-channel': 'I have no channel to ask in. Ask your security team directly.',
} as const satisfies Record<RequestRemovalOutcome['kind'], string>;

/** Returns the outcome of an assignment for the admin. */
export function assignRemovalOutcomeText(outcome: AssignRemovalOutcome): Markup {
  switch (outcome.kind) {
    case 'assigned':
      return md`It is yours. *How to fix* shows the steps; I close the request when I see no root credentials.`;
    case 'admins-only':
      return md`Only admins can remove root credentials.`;
    case 'no-such-request':
      return md`This request is not there any more.`;
    case 'already-assigned':
      return md`${mention(outcome.to)} is on it already.`;
    case 'already-done':
      return md`The root credentials are gone already.`;
  }
}

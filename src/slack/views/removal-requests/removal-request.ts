import type { Button } from '@slack/types';
import type { AccountId } from '../../../domain/account.ts';
import type { RemovalRequestNotification } from '../../../domain/notification.ts';
import type { RemovalRequest } from '../../../domain/removal-request.ts';
import type { AssignRemovalOutcome } from '../../../usecases/removal-requests/assign-removal.ts';
import type { RequestRemovalOutcome } from '../../../usecases/removal-requests/request-removal.ts';
import type { WithdrawRemovalOutcome } from '../../../usecases/removal-requests/withdraw-removal.ts';
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
export const WITHDRAW_REMOVAL = 'withdraw-removal';

/** Returns the button that asks an admin to remove the root credentials of an account. */
export function requestRemovalButton(accountId: AccountId) {
  return button(REQUEST_REMOVAL, 'Ask an admin to remove root credentials', { value: accountId });
}

/** Renders a request for admins, or its state for the requester. */
export function renderRemovalRequest(notification: RemovalRequestNotification): RenderedMessage {
  const { requestId, state, account, toRequester } = notification;
  const text = toRequester ? requesterText(notification) : requestText(notification);
  const buttons =
    toRequester || state === 'done' || state === 'withdrawn'
      ? []
      : [actions(...removalButtons({ requestId, account, isAssigned: state === 'assigned' }))];
  return { text: text.markup, blocks: [section(text), ...buttons] };
}

function removalButtons({
  requestId,
  account,
  isAssigned,
}: Pick<RemovalRequestNotification, 'requestId' | 'account'> & { readonly isAssigned: boolean }): Button[] {
  return [
    ...(isAssigned ? [] : [button(ASSIGN_REMOVAL, 'I’ll do it', { value: requestId, style: 'primary' })]),
    // The action of the guide; importing its view would be a circle.
    button('how-to-fix', 'How to fix', {
      value: account.id,
      accessibilityLabel: `How to fix ${account.name}`,
    }),
  ];
}

/** Renders an open request as a row for admins. */
export function removalRequestRow(request: RemovalRequest, accountName: string): Block[] {
  const { id, accountId, requestedBy, requestedAt, assignedTo } = request;
  const account = { id: accountId, name: accountName };
  const text = joinMarkup(
    [
      md`:wastebasket: ${mention(requestedBy)} asks an admin to remove the root credentials of ${accountNameText(account)}, `,
      formatSlackDateTime(requestedAt),
      assignedTo ? md`. ${mention(assignedTo)} is on it.` : md`.`,
    ],
    '',
  );
  return [
    section(text),
    actions(...removalButtons({ requestId: id, account, isAssigned: assignedTo !== null })),
  ];
}

function requestText(notification: RemovalRequestNotification): Markup {
  const { account, requestedBy, assignedTo, doneAt, waitingSince, state: current } = notification;
  const what = md`${mention(requestedBy)} asks an admin to remove the root credentials of ${accountNameText(account)}.`;
  const state = doneAt
    ? joinMarkup([md`:white_check_mark: Done: confirmed `, formatSlackDateTime(new Date(doneAt)), md`.`], '')
    : current === 'withdrawn'
      ? md`:leftwards_arrow_with_hook: Withdrawn.`
      : assignedTo
        ? md`${mention(assignedTo)} is on it.`
        : md`Only an admin can do this. Who takes it?`;
  const waiting = waitingSince
    ? [
        joinMarkup(
          [md`:hourglass: *Still open* since `, formatSlackDateTime(new Date(waitingSince)), md`.`],
          '',
        ),
      ]
    : [];
  return joinMarkup([...waiting, md`:wastebasket: ${what}`, state], '\n');
}

function requesterText({ account, assignedTo, state }: RemovalRequestNotification): Markup {
  return state === 'done'
    ? md`:white_check_mark: Root of ${accountNameText(account)} has no credentials anymore. No one can sign in as root, so there is nothing left for you to do.`
    : md`${mention(assignedTo ?? '')} is removing the root credentials of ${accountNameText(account)}. You do not need a hardware key for it; I’ll tell you when it is done.`;
}

function accountNameText({ id, name }: RemovalRequestNotification['account']): Markup {
  return md`*${truncate(name, 60)}* (${id})`;
}

/** Renders the open request of an account; its requester can withdraw it. */
export function openRemovalRequestBlocks(request: RemovalRequest | undefined, viewerId: string): Block[] {
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
  const withdraw =
    request.requestedBy === viewerId
      ? button(WITHDRAW_REMOVAL, 'Withdraw', { value: request.id })
      : undefined;
  return [section(joinMarkup([md`:wastebasket: `, asked, md`.`, state], ''), withdraw)];
}

/** Returns the outcome of a request for the requester. */
export function removalRequestOutcomeText(outcome: RequestRemovalOutcome): Markup {
  return md`${{ markup: REQUEST_TEXT[outcome.kind] }}`;
}

const REQUEST_TEXT = {
  requested:
    ':white_check_mark: Asked the admins. I’ll tell you when one of them takes it, and when it is done.',
  'already-open': 'An admin has already been asked.',
  'no-such-account': 'This account is no longer in the organization.',
  'not-yours': 'Only the owner of the account and admins can ask for this.',
  'nothing-to-remove': 'There are no root credentials here that an admin can remove.',
  'no-admin': 'There is no admin I can ask. Ask your security team directly.',
} as const satisfies Record<RequestRemovalOutcome['kind'], string>;

/** Returns the outcome of an assignment for the admin. */
export function assignRemovalOutcomeText(outcome: AssignRemovalOutcome): Markup {
  switch (outcome.kind) {
    case 'assigned':
      return md`It is yours. *How to fix* shows the steps; I’ll close the request when I see no root credentials.`;
    case 'admins-only':
      return md`Only admins can remove root credentials.`;
    case 'no-such-request':
      return md`This request no longer exists.`;
    case 'withdrawn':
      return md`The requester withdrew this.`;
    case 'already-assigned':
      return md`${mention(outcome.to)} is already on it.`;
    case 'already-done':
      return md`The root credentials are already gone.`;
  }
}

/** Returns the outcome of a withdrawal for the requester. */
export function withdrawRemovalOutcomeText({ kind }: WithdrawRemovalOutcome): Markup {
  return md`${{ markup: WITHDRAWAL_TEXT[kind] }}`;
}

const WITHDRAWAL_TEXT = {
  withdrawn: ':leftwards_arrow_with_hook: Request withdrawn.',
  'not-yours': 'Only the requester can withdraw this.',
  'no-such-request': 'This request no longer exists.',
  'too-late': 'This request is already closed.',
} as const satisfies Record<WithdrawRemovalOutcome['kind'], string>;

import type { Button } from '@slack/types';
import type {
  RecoveryNotification,
  RecoveryUpdateNotification,
  ShownRecovery,
} from '../../../domain/recovery-notification.ts';
import { toShownRecovery } from '../../../domain/recovery-notification.ts';
import { MAX_RECOVERY_HOURS } from '../../../domain/recovery-window.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Viewer } from '../../visibility.ts';
import {
  actions,
  type Block,
  button,
  formatSlackDateTime,
  joinMarkup,
  label,
  type Markup,
  type Modal,
  md,
  mention,
  plainTextElement,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';

export const REQUEST_RECOVERY = 'request-recovery';
export const GRANT_RECOVERY = 'grant-recovery';
export const DECLINE_RECOVERY = 'decline-recovery';
export const END_RECOVERY = 'end-recovery';
export const RECOVERY_FORM = 'recovery-form';
export const DECLINE_RECOVERY_FORM = 'decline-recovery-form';

/** The inputs of the forms. */
export const RECOVERY_REASON_INPUT = 'reason';
export const RECOVERY_TICKET_INPUT = 'ticket';
export const RECOVERY_END_INPUT = 'until';

const MAX_NAME_LENGTH = 60;
const MAX_REASON_LENGTH = 300;
const MAX_TICKET_LENGTH = 80;
const DEFAULT_HOURS = 4;

/** Returns the button that opens the form, for those who can request a window for this account. */
export function requestRecoveryButtons(view: AccountView, { admin, owner }: Viewer): Button[] {
  const { account, required, recoveryWindow } = view;
  const isForbidden = required.rootCredentials === 'forbidden' && !account.managementAccount;
  if (!isForbidden || recoveryWindow || !(admin || owner)) return [];
  return [button(REQUEST_RECOVERY, 'Request a recovery window', { value: account.id })];
}

/** Renders the window of an account, with the actions that this viewer can take. */
export function recoveryBlocks(view: AccountView, viewer: Viewer): Block[] {
  const { recoveryWindow, account } = view;
  if (!recoveryWindow) return [];
  return recoveryWindowBlocks(toShownRecovery(recoveryWindow, account.name), viewer);
}

/** Renders a requested or open window as a row, with the actions that this viewer can take. */
export function recoveryWindowBlocks(
  window: ShownRecovery,
  viewer: Pick<Viewer, 'admin'> & { readonly id: string },
  { named = false }: { readonly named?: boolean } = {},
): Block[] {
  const isRequester = viewer.id === window.askedBy;
  const where = named ? md` for ${accountName(window)}` : md``;
  const until = formatSlackDateTime(new Date(window.endsAt));
  const headline =
    window.state === 'asked'
      ? joinMarkup(
          [
            md`:hourglass: *Recovery window requested*`,
            where,
            md` by ${mention(window.askedBy)}, until `,
            until,
            md`. Waiting for approval.`,
          ],
          '',
        )
      : joinMarkup(
          [
            md`:unlock: *Recovery window open*`,
            where,
            md` until `,
            until,
            md`, requested by ${mention(window.askedBy)}, granted by ${mention(window.decidedBy ?? '')}.`,
          ],
          '',
        );
  const buttons = [
    ...(window.state === 'asked' && viewer.admin && !isRequester ? decisionButtons(window.id) : []),
    ...(window.state === 'asked' && isRequester
      ? [button(END_RECOVERY, 'Withdraw request', { value: window.id })]
      : []),
    ...(window.state === 'granted' && (viewer.admin || isRequester)
      ? [button(END_RECOVERY, 'End the window', { value: window.id })]
      : []),
  ];
  return [
    section(joinMarkup([headline, ...reasonLines(window)], '\n')),
    ...(buttons.length > 0 ? [actions(...buttons)] : []),
  ];
}

/** Renders the form that requests a window. */
export function renderRecoveryForm({ account }: AccountView, now: Date): Modal {
  const inHours = (hours: number) => Math.floor(now.getTime() / 60_000) * 60 + hours * 3600;
  return {
    type: 'modal',
    callback_id: RECOVERY_FORM,
    private_metadata: account.id,
    title: label('Recovery window'),
    submit: label('Request'),
    close: label('Cancel'),
    blocks: [
      section(
        md`Policy allows no root credentials in *${truncate(account.name, MAX_NAME_LENGTH)}*. During a recovery window, root can have some and I raise no alert. An admin decides, and I’ll message you. Remove them before the window ends: I’ll close it when I see none.`,
      ),
      {
        type: 'input',
        block_id: RECOVERY_REASON_INPUT,
        label: label('What is root needed for?'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:reason',
          multiline: true,
          max_length: MAX_REASON_LENGTH,
          placeholder: label('Unlock a bucket policy that denies everyone'),
        },
      },
      {
        type: 'input',
        block_id: RECOVERY_TICKET_INPUT,
        optional: true,
        label: label('Ticket'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:ticket',
          max_length: MAX_TICKET_LENGTH,
          placeholder: label('SEC-123'),
        },
      },
      {
        type: 'input',
        block_id: RECOVERY_END_INPUT,
        label: label('Until'),
        hint: plainTextElement(
          `At most ${MAX_RECOVERY_HOURS} hours from now. I’ll remind you an hour before.`,
        ),
        element: {
          type: 'datetimepicker',
          action_id: 'form:until',
          initial_date_time: inHours(DEFAULT_HOURS),
        },
      },
    ],
  };
}

/** Renders the form in which an admin declines a window. */
export function renderDeclineRecoveryForm(windowId: string, accountName: string): Modal {
  return {
    type: 'modal',
    callback_id: DECLINE_RECOVERY_FORM,
    private_metadata: windowId,
    title: label('Decline recovery'),
    submit: label('Decline'),
    close: label('Cancel'),
    blocks: [
      section(
        md`Decline the recovery window for *${truncate(accountName, MAX_NAME_LENGTH)}*. I send your reason to the requester.`,
      ),
      {
        type: 'input',
        block_id: RECOVERY_REASON_INPUT,
        label: label('Reason'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:reason',
          multiline: true,
          max_length: MAX_REASON_LENGTH,
        },
      },
    ],
  };
}

/** Renders a request for those who decide, and what became of it. */
export function renderRecovery({ window }: RecoveryNotification): RenderedMessage {
  const until = formatSlackDateTime(new Date(window.endsAt));
  const words = [
    joinMarkup(
      [
        md`:unlock: ${mention(window.askedBy)} requests a *recovery window* for ${accountName(window)} (${window.account.id}) until `,
        until,
        md`. Policy allows no root credentials there; until then, new ones raise no alert.`,
      ],
      '',
    ),
    ...reasonLines(window),
    ...outcomeLines(window),
  ];
  return {
    text: joinMarkup(words, '\n').markup,
    blocks: [
      section(joinMarkup(words, '\n')),
      actions(...(window.state === 'asked' ? decisionButtons(window.id) : []), openAccountButton(window)),
    ],
  };
}

function outcomeLines(window: ShownRecovery): Markup[] {
  const decider = window.decidedBy ? mention(window.decidedBy) : md`an admin`;
  const note = window.decisionNote ? md` ${truncate(window.decisionNote, MAX_REASON_LENGTH)}` : md``;
  const closed = window.closedAt ? formatSlackDateTime(new Date(window.closedAt)) : md``;
  switch (window.state) {
    case 'asked':
      return [];
    case 'granted':
      return [md`:white_check_mark: Granted by ${decider}.`];
    case 'declined':
      return [md`:no_entry_sign: Declined by ${decider}.${note}`];
    case 'withdrawn':
      return [md`:leftwards_arrow_with_hook: Closed without a decision.`];
    case 'revoked':
      return [
        joinMarkup(
          [
            md`:no_entry_sign: Granted by ${decider}, ended early by ${mention(window.closedBy ?? '')}, `,
            closed,
            md`.`,
          ],
          '',
        ),
      ];
    case 'ended':
      return [joinMarkup([md`:checkered_flag: Granted by ${decider}, ended `, closed, md`.`], '')];
    case 'completed':
      return [
        joinMarkup(
          [
            md`:white_check_mark: Granted by ${decider}, closed `,
            closed,
            md`: root has no credentials again.`,
          ],
          '',
        ),
      ];
  }
}

/** Renders an update for the requester. */
export function renderRecoveryUpdate({ update, window, left }: RecoveryUpdateNotification): RenderedMessage {
  const name = accountName(window);
  const until = formatSlackDateTime(new Date(window.endsAt));
  const decider = mention(window.decidedBy ?? '');
  const remaining =
    left === null
      ? md`Root has no credentials, so there is nothing left to do.`
      : md`${truncate(left, MAX_REASON_LENGTH)} Remove the root credentials now, or ask an admin: use *Open*, then *How to fix*. The account is non-compliant.`;
  const words = {
    granted: () =>
      joinMarkup(
        [
          md`:unlock: ${decider} granted the recovery window for ${name} until `,
          until,
          md`. First, an admin must allow it: IAM in the management account, *Root access management*, *Allow password recovery*. Then choose *Forgot password* on the root sign-in page. Remove all root credentials before the window ends.`,
        ],
        '',
      ),
    declined: () =>
      md`:no_entry_sign: ${decider} declined the recovery window for ${name}.${window.decisionNote ? md`\n*Reason:* ${truncate(window.decisionNote, MAX_REASON_LENGTH)}` : md``}`,
    revoked: () =>
      joinMarkup(
        [
          md`:no_entry_sign: ${mention(window.closedBy ?? '')} ended the recovery window for ${name} early.`,
          remaining,
        ],
        ' ',
      ),
    ending: () =>
      joinMarkup(
        [
          md`:alarm_clock: The recovery window for ${name} ends `,
          until,
          window.credentialsSeen
            ? md`. Root still has credentials: remove them before then, or I alert the security channel.`
            : md`. I have seen no root credentials yet. If you use root, remove them before then.`,
        ],
        '',
      ),
    ended: () =>
      joinMarkup(
        [
          left === null ? md`:checkered_flag: ` : md`:rotating_light: `,
          md`The recovery window for ${name} ended. `,
          remaining,
        ],
        '',
      ),
    completed: () =>
      md`:white_check_mark: Root of ${name} has no credentials again, so I closed the recovery window. Thank you.`,
    unanswered: () =>
      md`:hourglass: No one decided on the recovery window for ${name} in time, so I closed the request. You can request another one.`,
  }[update]();
  return { text: words.markup, blocks: [section(words), actions(openAccountButton(window))] };
}

function decisionButtons(windowId: string): Button[] {
  return [
    button(GRANT_RECOVERY, 'Grant', { value: windowId, style: 'primary' }),
    button(DECLINE_RECOVERY, 'Decline…', { value: windowId }),
  ];
}

function reasonLines({ reason, ticket }: ShownRecovery): Markup[] {
  return [
    md`*Reason:* ${truncate(reason, MAX_REASON_LENGTH)}`,
    ...(ticket === null ? [] : [md`*Ticket:* ${truncate(ticket, MAX_TICKET_LENGTH)}`]),
  ];
}

function accountName({ account }: ShownRecovery): Markup {
  return md`*${truncate(account.name, MAX_NAME_LENGTH)}*`;
}

function openAccountButton({ account }: ShownRecovery): Button {
  return button(OPEN_ACCOUNT, 'Open', { value: account.id, accessibilityLabel: `Open ${account.name}` });
}

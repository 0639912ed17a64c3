import type { Button } from '@slack/types';
import type { AccountId } from '../../../domain/account.ts';
import type { OwnerAnswerNotification, OwnerProposalNotification } from '../../../domain/notification.ts';
import type { AnswerOwnerProposalOutcome } from '../../../usecases/owners/answer-owner-proposal.ts';
import type { ProposeOwnerOutcome } from '../../../usecases/owners/propose-owner.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Viewer } from '../../visibility.ts';
import {
  actions,
  type Block,
  button,
  context,
  formatSlackDate,
  joinMarkup,
  label,
  type Markup,
  type Modal,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { lowerFirst } from '../shared/wording.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';

export const CHANGE_OWNER = 'change-owner';
export const CONFIRM_OWNER = 'confirm-owner';
export const DECLINE_OWNER = 'decline-owner';
export const CHANGE_OWNER_FORM = 'change-owner-form';
/** The inputs of the form. */
export const NEW_OWNER_INPUT = 'new-owner';
export const NEW_OWNER_NOTE_INPUT = 'new-owner-note';

const MAX_NAME_LENGTH = 60;

/** Returns the button that picks another owner, for admins and the owner. */
export function changeOwnerButtons(accountId: AccountId, viewer: Pick<Viewer, 'admin' | 'owner'>): Button[] {
  return viewer.admin || viewer.owner ? [button(CHANGE_OWNER, 'Change owner…', { value: accountId })] : [];
}

/** Renders the form that picks the new owner of an account. */
export function renderChangeOwnerForm({ account }: Pick<AccountView, 'account'>): Modal {
  return {
    type: 'modal',
    callback_id: CHANGE_OWNER_FORM,
    private_metadata: account.id,
    title: label('Change owner'),
    submit: label('Ask'),
    close: label('Cancel'),
    blocks: [
      section(
        md`Who owns *${truncate(account.name, MAX_NAME_LENGTH)}* (${account.id})? I’ll ask them, and the owner changes once they confirm.`,
      ),
      {
        type: 'input',
        block_id: NEW_OWNER_INPUT,
        label: label('New owner'),
        element: { type: 'users_select', action_id: 'form:new-owner', placeholder: label('Choose a person') },
      },
      {
        type: 'input',
        block_id: NEW_OWNER_NOTE_INPUT,
        optional: true,
        label: label('Note for them'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:new-owner-note',
          multiline: true,
          max_length: 300,
        },
      },
    ],
  };
}

/** Renders the question whether the reader owns an account, or what became of it. */
export function renderOwnerProposal({
  account,
  by,
  note,
  again,
  answer,
}: OwnerProposalNotification): RenderedMessage {
  const words = joinMarkup(
    [
      joinMarkup(
        [
          md`:bust_in_silhouette: ${again && !answer ? 'I still need your answer: ' : ''}`,
          mention(by),
          md` says you own the AWS account *${truncate(account.name, MAX_NAME_LENGTH)}* (${account.id}). Is that right?`,
        ],
        '',
      ),
      ...(note ? [md`> ${truncate(note, 300)}`] : []),
      ...(answer ? [PROPOSAL_ANSWER_TEXT[answer.kind]] : []),
    ],
    '\n',
  );
  if (answer) return { text: words.markup, blocks: [section(words)] };
  return {
    text: words.markup,
    blocks: [
      section(words),
      actions(
        button(CONFIRM_OWNER, 'Yes, I own it', { value: account.id, style: 'primary' }),
        button(DECLINE_OWNER, 'No, not mine', { value: account.id }),
      ),
      context(
        md`The owner keeps the account’s root user protected. I’ll remind you when there is something to do.`,
      ),
    ],
  };
}

const PROPOSAL_ANSWER_TEXT = {
  accepted: md`:white_check_mark: You confirmed that you own it.`,
  declined: md`:no_entry_sign: You said it is not yours.`,
  withdrawn: md`:leftwards_arrow_with_hook: No answer needed: someone else was asked.`,
} as const satisfies Record<NonNullable<OwnerProposalNotification['answer']>['kind'], Markup>;

/** Renders a person's answer for the one who asked them. */
export function renderOwnerAnswer({
  account,
  by,
  accepted,
  unansweredSince,
  correction,
}: OwnerAnswerNotification): RenderedMessage {
  const name = md`*${truncate(account.name, MAX_NAME_LENGTH)}* (${account.id})`;
  const words = unansweredSince
    ? joinMarkup(
        [
          md`:hourglass: `,
          mention(by),
          md` has not said whether they own `,
          name,
          md`. I have asked several times since `,
          formatSlackDate(new Date(unansweredSince)),
          md`. Please talk to them, or pick another person.`,
        ],
        '',
      )
    : accepted
      ? joinMarkup(
          [
            joinMarkup(
              [md`:white_check_mark: `, mention(by), md` confirmed that they own `, name, md`.`],
              '',
            ),
            ...(correction ? [md`To make it permanent: ${lowerFirst(correction)}`] : []),
          ],
          '\n',
        )
      : joinMarkup(
          [
            md`:no_entry_sign: `,
            mention(by),
            md` says they do not own `,
            name,
            md`. Please pick another person.`,
          ],
          '',
        );
  const open = button(OPEN_ACCOUNT, 'Open', {
    value: account.id,
    accessibilityLabel: `Open ${account.name}`,
  });
  return {
    text: words.markup,
    blocks: [
      section(words),
      actions(...(accepted ? [] : [button(CHANGE_OWNER, 'Change owner…', { value: account.id })]), open),
    ],
  };
}

/** Returns the answer to the person who picked a new owner. */
export function proposeOwnerOutcomeText(outcome: ProposeOwnerOutcome): Markup {
  switch (outcome.kind) {
    case 'proposed':
      return joinMarkup(
        [
          md`:bust_in_silhouette: I asked `,
          mention(outcome.to),
          md` to confirm that they own *${outcome.name}*. Until then the owner stays the same. I’ll tell you what they say.`,
        ],
        '',
      );
    case 'already-asked':
      return joinMarkup(
        [
          md`Nothing changed: I asked `,
          mention(outcome.to),
          md` about *${outcome.name}* on `,
          formatSlackDate(outcome.at),
          md`, and they have not answered. I’ll ask again.`,
        ],
        '',
      );
    case 'already-owner':
      return joinMarkup(
        [md`Nothing changed: `, mention(outcome.to), md` already owns *${outcome.name}*.`],
        '',
      );
    case 'cannot-own':
      return joinMarkup(
        [mention(outcome.to), md` cannot own an account: choose an active member of our company.`],
        '',
      );
    case 'not-yours':
      return md`Only admins and the owner of the account can change its owner.`;
  }
}

/** Returns the answer to the person who was asked. */
export function answerOwnerProposalText(outcome: AnswerOwnerProposalOutcome): Markup {
  switch (outcome.kind) {
    case 'accepted':
      return md`:white_check_mark: Thank you. You own *${outcome.name}* now. See it with \`/mfa-status mine\`.`;
    case 'declined':
      return md`:+1: Thank you. I told the person who asked.`;
    case 'not-open':
      return md`Nothing changed: this question is no longer open.`;
  }
}

/** Renders an assignment on the account’s card: who was asked, or which tag still names the earlier owner. */
export function ownerAssignmentBlocks({
  ownerAssignment: assignment,
  ownerCorrection,
}: AccountView): Block[] {
  if (assignment && assignment.confirmedAt === null) {
    return [
      context(
        joinMarkup(
          [
            md`:bust_in_silhouette: Waiting for `,
            mention(assignment.owner),
            md` to confirm that they own it. Asked by `,
            mention(assignment.proposedBy),
            md`, `,
            formatSlackDate(assignment.proposedAt),
            md`.`,
          ],
          '',
        ),
      ),
    ];
  }
  if (!ownerCorrection) return [];
  return [
    context(
      md`:bust_in_silhouette: The owner was changed in Slack. To make it permanent: ${lowerFirst(ownerCorrection)}`,
    ),
  ];
}

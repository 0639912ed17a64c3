import type { HeldKey, KeyConfirmationNotification } from '../../../domain/key-register/key-notification.ts';
import type { ConfirmKeysOutcome } from '../../../usecases/keys/confirm-keys.ts';
import {
  actions,
  button,
  context,
  formatSlackDateTime,
  joinMarkup,
  type Markup,
  md,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';
import { KEY_KIND_TEXT } from './key-text.ts';

export const CONFIRM_KEYS = 'confirm-keys';

const MAX_KEYS = 20;

/** Renders the question whether the reader still has their keys, or their answer. */
export function renderKeyConfirmation({
  keys,
  day,
  confirmedAt,
}: KeyConfirmationNotification): RenderedMessage {
  const more = keys.length - MAX_KEYS;
  const lines = [
    ...keys.slice(0, MAX_KEYS).map(heldKeyLine),
    ...(more > 0 ? [md`… and ${pluralize(more, 'more key')}`] : []),
  ];
  const question =
    keys.length === 1
      ? md`:key: Do you still have this key? Once a year I ask everyone who holds a root key.`
      : md`:key: Do you still have these ${keys.length} keys? Once a year I ask everyone who holds root keys.`;
  return {
    text: joinMarkup([question, ...lines], '\n').markup,
    blocks: [
      section(question),
      section(joinMarkup(lines, '\n')),
      ...(confirmedAt === undefined
        ? [
            actions(
              button(CONFIRM_KEYS, keys.length === 1 ? 'Yes, I have it' : 'Yes, I have them all', {
                value: day,
                style: 'primary',
              }),
            ),
            context(md`Is one lost, broken or with someone else? Do not confirm: tell your bot admins.`),
          ]
        : [
            context(
              joinMarkup([md`:white_check_mark: Confirmed `, formatSlackDateTime(new Date(confirmedAt))], ''),
            ),
          ]),
    ],
  };
}

/** Returns what became of the answer. */
export function confirmKeysText(outcome: ConfirmKeysOutcome): Markup {
  switch (outcome.kind) {
    case 'confirmed':
      return outcome.keys === 1
        ? md`:white_check_mark: *Thank you.* Your key is confirmed. I’ll ask again in a year.`
        : md`:white_check_mark: *Thank you.* Your ${outcome.keys} keys are confirmed. I’ll ask again in a year.`;
    case 'nothing-to-confirm':
      return md`The key register no longer names you as the holder, so there is nothing to confirm.`;
  }
}

function heldKeyLine({ name, accountId, role, keyKind, serial }: HeldKey): Markup {
  const kind = KEY_KIND_TEXT[keyKind].name.toLowerCase();
  const detail = `${role} ${kind}${serial === null ? '' : ` ${truncate(serial, 60)}`}`;
  return md`•  *${truncate(name, 60)}*  ${accountId}: ${detail}`;
}

import { label, md, type RenderedMessage, section, truncate } from '../shared/blocks.ts';

export const PICK_OWNER = 'pick-owner';

/** Renders a person picker, when what was typed does not identify one person. */
export function renderOwnerPicker(typed: string | undefined): RenderedMessage {
  const sentence = typed
    ? `I could not find “${truncate(typed, 60)}”. Choose the person, or type their email address.`
    : 'Whose accounts? Choose the person, or type their email address.';
  return {
    text: md`${sentence}`.markup,
    blocks: [
      section(md`${sentence}`, {
        type: 'users_select',
        action_id: PICK_OWNER,
        placeholder: label('Choose a person'),
      }),
    ],
  };
}

import { label, md, type RenderedMessage, section, truncate } from '../shared/blocks.ts';

export const PICK_OWNER = 'pick-owner';

/** Whose accounts somebody wants to see, when what they typed does not say it for sure. */
export function renderOwnerPicker(typed: string | undefined): RenderedMessage {
  const sentence = typed
    ? `I cannot tell who “${truncate(typed, 60)}” is. Pick the person, or type their e-mail address.`
    : 'Whose accounts? Pick the person, or type their e-mail address.';
  return {
    text: md`${sentence}`.markup,
    blocks: [
      section(md`${sentence}`, {
        type: 'users_select',
        action_id: PICK_OWNER,
        placeholder: label('Somebody…'),
      }),
    ],
  };
}

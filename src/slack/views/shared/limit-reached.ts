import { formatSlackDateTime, joinMarkup, md, type RenderedMessage } from './blocks.ts';
import { markupMessage } from './message.ts';

/** Renders that a person started too many of something, and when they can start the next one. */
export function renderLimitReached(what: 'exports' | 'checks', nextAt: Date): RenderedMessage {
  return markupMessage(
    joinMarkup(
      [
        md`You’ve started too many ${what} in the last few minutes. You can start the next one `,
        formatSlackDateTime(nextAt),
        md`.`,
      ],
      '',
    ),
  );
}

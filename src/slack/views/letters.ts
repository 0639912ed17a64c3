import type { LetterContent } from '../../domain/letter.ts';
import type { Drawn } from './blocks.ts';
import { message } from './message.ts';

/** A letter as Slack shows it. */
export function drawLetter(letter: LetterContent): Drawn {
  switch (letter.kind) {
    default:
      return message(`Something happened that I have no words for yet: ${letter.kind}`);
  }
}

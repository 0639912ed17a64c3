import type { LetterContent } from '../../domain/letter.ts';
import { drawAlert } from './alert.ts';
import type { Drawn } from './blocks.ts';
import { drawDigest, drawQuietNote } from './digest.ts';
import { drawEscalation } from './escalation.ts';
import { drawExemptionNews, drawExemptionRequest } from './exemption.ts';
import { drawFinding } from './finding.ts';
import { drawReminder } from './reminder.ts';
import { drawTokenChase, drawTokenNews } from './token-news.ts';
import { drawTokenRequest } from './token-request.ts';

/** A letter as Slack shows it. */
export function drawLetter(letter: LetterContent): Drawn {
  switch (letter.kind) {
    case 'exemption-request':
      return drawExemptionRequest(letter);
    case 'exemption-news':
      return drawExemptionNews(letter);
    case 'token-request':
      return drawTokenRequest(letter, 'approvers');
    case 'token-news':
      return drawTokenNews(letter);
    case 'token-chase':
      return drawTokenChase(letter);
    case 'digest':
      return drawDigest(letter.digest);
    case 'quiet-note':
      return drawQuietNote(letter);
    case 'alert':
      return drawAlert(letter);
    case 'reminder':
      return drawReminder(letter);
    case 'escalation':
      return drawEscalation(letter);
    case 'finding':
      return drawFinding(letter);
  }
}

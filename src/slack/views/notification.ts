import type { LetterContent } from '../../domain/notification.ts';
import { drawAlert } from './alerts/alert.ts';
import type { Drawn } from './shared/blocks.ts';
import { drawDigest, drawQuietNote } from './digest/digest.ts';
import { drawEscalation } from './reminders/escalation.ts';
import { drawExemptionNews, drawExemptionRequest } from './exemptions/exemption.ts';
import { drawFinding } from './alerts/admin-alert.ts';
import { drawReminder } from './reminders/reminder.ts';
import { drawTokenChase, drawTokenNews } from './tokens/token-request-updates.ts';
import { drawTokenRequest } from './tokens/token-request.ts';

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

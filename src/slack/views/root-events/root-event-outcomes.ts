import type { SlackUserId } from '../../../domain/person.ts';
import type { Incident } from '../../../domain/root-events/incident.ts';
import type {
  AnnounceOutcome,
  EndAnnouncementOutcome,
} from '../../../usecases/root-events/announce-root-use.ts';
import type { AnswerIncidentOutcome } from '../../../usecases/root-events/answer-incident.ts';
import { formatSlackDateTime, joinMarkup, type Markup, md, mention } from '../shared/blocks.ts';

/** What became of an answer of the reader. */
export function answerOutcomeText(outcome: AnswerIncidentOutcome, reader: SlackUserId): Markup {
  switch (outcome.kind) {
    case 'explained':
      return md`:white_check_mark: Thank you. It is recorded as explained.`;
    case 'denied':
      return md`:rotating_light: Thank you. I have alerted the security channel and the admins. Do not sign in as root until they have looked into it.`;
    case 'already-answered':
      return alreadyAnsweredText(outcome.incident, reader);
    case 'not-yours':
      return md`Only the people I asked, the owner of the account and admins can answer this.`;
    case 'no-such-incident':
      return md`I no longer have this event.`;
  }
}

function alreadyAnsweredText({ answeredBy, state }: Incident, reader: SlackUserId): Markup {
  const isReader = answeredBy === reader;
  const who = isReader ? md`You` : answeredBy ? mention(answeredBy) : md`Someone`;
  if (state !== 'denied') return joinMarkup([who, md` already answered this. Thank you.`], '');
  const whom = isReader ? 'you' : 'them';
  return joinMarkup([who, md` said it was not ${whom}. Only an admin can change that.`], '');
}

/** What became of an announcement. */
export function announceOutcomeText(outcome: AnnounceOutcome): Markup {
  switch (outcome.kind) {
    case 'announced':
      return joinMarkup(
        [
          md`:calendar: Announced. Until `,
          formatSlackDateTime(outcome.use.endsAt),
          md` I’ll ask no one about root of this account.`,
        ],
        '',
      );
    case 'no-such-account':
      return md`I do not know this account.`;
    case 'not-yours':
      return md`Only the owner of the account and admins can announce this.`;
    case 'too-long':
      return md`Announce at most ${outcome.maxHours} hours at a time.`;
  }
}

/** What became of ending an announcement. */
export function endAnnouncementText(outcome: EndAnnouncementOutcome): Markup {
  switch (outcome.kind) {
    case 'ended':
      return md`The announcement is over. From now on I’ll ask about every use of root.`;
    case 'not-open':
      return md`This announcement is already over.`;
    case 'not-yours':
      return md`Only the person who announced it, the owner of the account and admins can end it.`;
  }
}

import type { EvidenceSection } from '../../../reports/evidence-pack/html.ts';
import type { RootEventRow } from '../../../reports/root-event-export.ts';
import type { EvidenceLists, RootEventSource } from './lists.ts';
import { accountText, count, limited, moment, personText } from './wording.ts';

/** Returns what root users did, and how each use was explained. */
export function rootEventsSection({ rootEvents, rootEventSource, names }: EvidenceLists): EvidenceSection {
  return {
    id: 'root-events',
    title: 'Use of root',
    paragraphs: [
      'What CloudTrail reported of root users, and what the people responsible answered. Events close together from one address are one use of root.',
      ...(rootEvents.length > 0 ? [usesText(rootEvents)] : []),
      sourceText(rootEventSource),
    ],
    tables: [
      {
        headings: ['When', 'Account', 'Event', 'From address', 'MFA used', 'Answer', 'Answered by', 'Reason'],
        ...limited(
          rootEvents.map((row) => [
            moment(row.at),
            accountText({ name: row.accountName, id: row.accountId }),
            row.succeeded ? row.event : `${row.event} (failed)`,
            row.source ?? '',
            row.mfaUsed === null ? 'not reported' : row.mfaUsed ? 'yes' : 'no',
            STATE_TEXT[row.state] ?? row.state,
            personText(row.answeredBy, names),
            [row.reason, row.ticket].filter(Boolean).join(' · '),
          ]),
          'root-events.csv',
        ),
        whenEmpty: 'No root event was received in the period.',
      },
    ],
  };
}

function usesText(events: readonly RootEventRow[]): string {
  const uses = new Map(events.map(({ incidentId, state }) => [incidentId, state]));
  const accounts = new Set(events.map(({ accountId }) => accountId)).size;
  const counts = Object.entries(STATE_TEXT).flatMap(([state, text]) => {
    const number = [...uses.values()].filter((one) => one === state).length;
    return number > 0 ? [`${number} ${text}`] : [];
  });
  return `${count(events.length, 'event')} in ${count(uses.size, 'use')} of root, on ${count(accounts, 'account')}: ${counts.join(', ')}.`;
}

function sourceText({ isConfigured, accounts, heard }: RootEventSource): string {
  if (!isConfigured)
    return 'The bot is not set up to receive root events, so this pack is no evidence that root was not used.';
  return `When this pack was made, the bot had received events from ${heard} of ${accounts} accounts. From the others, an empty list is no evidence that root was not used.`;
}

const STATE_TEXT: Readonly<Record<string, string>> = {
  explained: 'explained',
  expected: 'announced or approved beforehand',
  denied: 'denied by the person asked',
  open: 'not explained',
};

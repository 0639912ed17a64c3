import type {
  PreviewedReminder,
  ReminderPreview,
} from '../../../usecases/reminders/read-reminder-preview.ts';
import {
  type Block,
  context,
  dataTable,
  formatUtc,
  header,
  joinMarkup,
  type Markup,
  md,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

const MAX_ROWS = 60;
const MAX_NAMES = 3;

const MODE_TEXT = {
  off: 'Reminders are off.',
  preview:
    'Preview: I send no reminders yet, and only admins see this list. To start with a few people, set `reminders.mode: pilot`. To start with everyone, set `reminders.mode: on`.',
  pilot: 'Pilot: I only send reminders to the people in `reminders.pilot`.',
  on: 'Reminders are on. This is what I send next, unless it is fixed before.',
} as const satisfies Record<ReminderPreview['mode'], string>;

/** Renders who gets which reminder, and when: for admins. */
export function renderReminderPreview({ mode, reminders, paused }: ReminderPreview): RenderedMessage {
  const people = reminders.filter(({ to }) => to !== null).length;
  const title = mode === 'off' ? 'Reminders' : `Reminders · ${pluralize(people, 'person', 'people')}`;
  const shown = reminders.slice(0, MAX_ROWS);
  return {
    text: [title, MODE_TEXT[mode].replaceAll('`', ''), ...shown.map(previewLine)].join('\n'),
    blocks: [
      header(title),
      section({ markup: MODE_TEXT[mode] }),
      ...(shown.length > 0
        ? [previewTable(shown, mode)]
        : mode === 'off'
          ? []
          : [section(md`Nothing is due.`)]),
      ...(reminders.length > shown.length
        ? [context(md`Showing the first ${shown.length} of ${reminders.length}.`)]
        : []),
      ...pausedNotes(paused),
    ],
  };
}

function previewTable(reminders: readonly PreviewedReminder[], mode: ReminderPreview['mode']): Block {
  return dataTable('Next reminders', [
    ['To', 'When (UTC)', 'Count', 'Accounts', ...(mode === 'pilot' ? ['Sent'] : [])],
    ...reminders.map((reminder) => [
      recipientName(reminder),
      formatUtc(reminder.at).replace(' UTC', ''),
      reminder.accounts.length + reminder.escalated.length,
      contentsText(reminder),
      ...(mode === 'pilot' ? [reminder.willSend ? 'yes' : 'no'] : []),
    ]),
  ]);
}

function previewLine(reminder: PreviewedReminder): string {
  return md`${recipientName(reminder)}, ${formatUtc(reminder.at)}: ${contentsText(reminder)}`.markup;
}

function recipientName({ to }: PreviewedReminder): string {
  return to === null ? 'the channel' : truncate(to.name, 40);
}

function contentsText({ accounts, escalated, requests }: PreviewedReminder): string {
  const names = [...accounts, ...escalated].map(({ account }) => truncate(account.name, 25));
  const more = names.length - MAX_NAMES;
  const listed = names.slice(0, MAX_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return [
    ...(escalated.length > 0 ? [`escalated: ${listed}`] : names.length > 0 ? [listed] : []),
    ...(requests > 0 ? [pluralize(requests, 'key')] : []),
  ].join('; ');
}

function pausedNotes(paused: ReminderPreview['paused']): Block[] {
  const parts: Markup[] = [
    ...(paused['no-owner'] > 0
      ? [md`${pluralize(paused['no-owner'], 'account')} without a reachable owner`]
      : []),
    ...(paused['token-request'] > 0 ? [md`${paused['token-request']} with a hardware key on its way`] : []),
    ...(paused['recovery-window'] > 0
      ? [md`${paused['recovery-window']} in a recovery window, until it ends`]
      : []),
    ...(paused['fix-blocked'] > 0 ? [md`${paused['fix-blocked']} whose fix is blocked by a policy`] : []),
    ...(paused.disowned > 0 ? [md`${paused.disowned} whose owners answered “Not mine”`] : []),
  ];
  return parts.length > 0 ? [context(joinMarkup([md`No reminders for: `, joinMarkup(parts, ', ')], ''))] : [];
}

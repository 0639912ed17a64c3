import type { PreviewedLetter, ReminderPreview } from '../../../usecases/reminders/read-reminder-preview.ts';
import {
  type Block,
  context,
  type Drawn,
  dataTable,
  header,
  joined,
  type Markup,
  md,
  section,
  short,
  utc,
} from '../shared/blocks.ts';
import { counted } from '../shared/wording.ts';

const ROWS = 60;
const NAMES = 3;

const MODES = {
  off: 'Reminders are off: nobody gets any.',
  preview:
    'This is a preview: nothing is sent yet, and nobody but admins sees it. To begin with a few people set `reminders.mode: pilot`, to begin with all `reminders.mode: on`.',
  pilot: 'This is a pilot: only the people under `reminders.pilot` are written to.',
  on: 'Reminders are on. This is what goes out next if nothing is fixed before.',
} as const satisfies Record<ReminderPreview['mode'], string>;

/** Who would get what, and when: for admins. */
export function drawReminderPreview({ mode, letters, paused }: ReminderPreview): Drawn {
  const people = letters.filter(({ to }) => to !== null).length;
  const title = mode === 'off' ? 'Reminders' : `Reminders · ${counted(people, 'person', 'people')}`;
  const shown = letters.slice(0, ROWS);
  return {
    text: [title, MODES[mode].replaceAll('`', ''), ...shown.map(lineOf)].join('\n'),
    blocks: [
      header(title),
      section({ markup: MODES[mode] }),
      ...(shown.length > 0 ? [tableOf(shown, mode)] : mode === 'off' ? [] : [section(md`Nothing is due.`)]),
      ...(letters.length > shown.length
        ? [context(md`The first ${shown.length} of ${letters.length}.`)]
        : []),
      ...notes(paused),
    ],
  };
}

function tableOf(letters: readonly PreviewedLetter[], mode: ReminderPreview['mode']): Block {
  return dataTable('Who gets what next', [
    ['Who', 'When (UTC)', 'Accounts', 'Which', ...(mode === 'pilot' ? ['Sent'] : [])],
    ...letters.map((letter) => [
      nameOf(letter),
      utc(letter.at).replace(' UTC', ''),
      letter.accounts.length + letter.escalated.length,
      whatOf(letter),
      ...(mode === 'pilot' ? [letter.sends ? 'yes' : 'no'] : []),
    ]),
  ]);
}

function lineOf(letter: PreviewedLetter): string {
  return md`${nameOf(letter)}, ${utc(letter.at)}: ${whatOf(letter)}`.markup;
}

function nameOf({ to }: PreviewedLetter): string {
  return to === null ? 'the channel' : short(to.name, 40);
}

function whatOf({ accounts, escalated, requests }: PreviewedLetter): string {
  const names = [...accounts, ...escalated].map(({ account }) => short(account.name, 25));
  const more = names.length - NAMES;
  const listed = names.slice(0, NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return [
    ...(escalated.length > 0 ? [`no answer: ${listed}`] : names.length > 0 ? [listed] : []),
    ...(requests > 0 ? [counted(requests, 'key')] : []),
  ].join('; ');
}

function notes(paused: ReminderPreview['paused']): Block[] {
  const parts: Markup[] = [
    ...(paused['no-owner'] > 0
      ? [md`${counted(paused['no-owner'], 'account')} without an owner who can be reached`]
      : []),
    ...(paused['token-request'] > 0 ? [md`${paused['token-request']} with a key on the way`] : []),
    ...(paused.disowned > 0 ? [md`${paused.disowned} handed back by their owners`] : []),
  ];
  return parts.length > 0 ? [context(joined([md`Nobody is reminded of: `, joined(parts, ', ')], ''))] : [];
}

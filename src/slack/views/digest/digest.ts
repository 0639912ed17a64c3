import type { Cause } from '../../../domain/change.ts';
import type { CoverageShare, Digest, DigestLine, LevelCoverage, WaitingLine } from '../../../domain/digest.ts';
import type { Headline } from '../../../domain/headline.ts';
import type { QuietNoteLetter } from '../../../domain/notification.ts';
import { cut, type Listed } from '../../../domain/counted-list.ts';
import { OWNER_GAPS } from '../../../domain/owner-gap.ts';
import { TOKEN_KINDS } from '../../../domain/token-request.ts';
import { listButton, OPEN_ACCOUNT } from '../status/account-list.ts';
import {
  actions,
  type Block,
  button,
  context,
  type Drawn,
  day,
  divider,
  header,
  joined,
  type Markup,
  md,
  mention,
  moment,
  section,
  short,
} from '../shared/blocks.ts';
import { SHOW_TREND } from '../status/company-status.ts';
import { trendChart } from '../status/trend.ts';
import { bar, counted, lasting, lowerFirst, MFA } from '../shared/wording.ts';

const HEADLINE_EMOJI = {
  first: ':wave:',
  'all-met': ':tada:',
  better: ':chart_with_upwards_trend:',
  worse: ':rotating_light:',
  unchanged: ':left_right_arrow:',
  'nothing-read': ':grey_question:',
} as const satisfies Record<Headline['kind'], string>;

/** As many lines of each section: the rest is a click away. */
const LINES = 6;
/** What somebody must act on at once has a button each. */
const BUTTONS = 4;

/** The week, for the person with one minute: what got worse first, then who is to thank, then what is stuck. */
export function drawDigest(digest: Digest): Drawn {
  const { headline, reading, hoursLate, trend } = digest;
  const sections = sectionsOf(digest);
  const notes = [
    hoursLate !== null &&
      md`:hourglass: This digest comes ${lasting(hoursLate)} late: I was not running when it was due.`,
    reading.at === null && md`:warning: No scan has finished yet.`,
    reading.at !== null &&
      reading.old &&
      md`:warning: The reading is ${lasting(reading.hoursOld ?? 0)} old: no scan has finished since.`,
  ].filter((note) => note !== false);

  return {
    text: [
      `Root MFA, ${digest.week}: ${md`${headline.sentence}`.markup}`,
      `Level 1 ${shareWords(digest.coverage.level1)}; Level 2 ${shareWords(digest.coverage.level2)}`,
      ...sections.map(({ title, listed, words }) => {
        const names = cut(listed, 3).items.map(words);
        return [title, names.join('; '), listed.count > 3 ? `and ${listed.count - 3} more` : '']
          .filter(Boolean)
          .join(': ');
      }),
    ].join('\n'),
    blocks: [
      header(`Root MFA, week ${digest.week.slice(-2)}`),
      section(md`${{ markup: HEADLINE_EMOJI[headline.kind] }} *${headline.sentence}*`),
      ...(notes.length > 0 ? [context(joined(notes, '  '))] : []),
      section(
        joined(
          [levelLine('Any MFA', digest.coverage.level1), levelLine('Hardware MFA', digest.coverage.level2)],
          '\n',
        ),
      ),
      ...(trend.length > 1 ? [trendChart(trend)] : []),
      ...sections.flatMap((one) => drawSection(one)),
      divider,
      actions(
        listButton({ kind: 'failing' }, 'What falls short'),
        listButton({ kind: 'all' }, 'All accounts'),
        listButton({ kind: 'mine' }, 'Mine'),
        button(SHOW_TREND, 'Trend'),
      ),
      context(
        joined(
          [
            ...(reading.at ? [md`Read from AWS ${moment(new Date(reading.at))}`] : []),
            md`What you open here is shown to you alone`,
          ],
          ' · ',
        ),
      ),
    ],
  };
}

/** A line once a month, where nothing falls short and no digest is wanted. */
export function drawQuietNote({ sentence, readAt }: QuietNoteLetter): Drawn {
  const words = md`:white_check_mark: ${sentence} I stay quiet while it is so, and say it once a month.`;
  return {
    text: md`${sentence}`.markup,
    blocks: [section(words), ...(readAt ? [context(md`Read from AWS ${moment(new Date(readAt))}`)] : [])],
  };
}

interface Section<T = unknown> {
  readonly title: string;
  readonly emoji: string;
  readonly listed: Listed<T>;
  /** One of them in words, already markup. */
  readonly words: (item: T) => string;
  /** The account that a button opens. */
  readonly opens?: (item: T) => DigestLine;
}

/** Sections in the order in which they matter; those with nothing in them are left out. */
function sectionsOf(digest: Digest): readonly Section[] {
  const all = [
    sectionOf({
      title: `Lost ${digest.regressed.count === 1 ? 'its' : 'their'} MFA`,
      emoji: ':rotating_light:',
      listed: digest.regressed,
      words: (line) => md`${name(line)} · now ${mfa(line)}${owned(line)}`.markup,
      opens: (line) => line,
    }),
    sectionOf({
      title: 'Newly falling short',
      emoji: ':red_circle:',
      listed: digest.newlyFailing,
      words: (line) => md`${name(line)} · ${mfa(line)} · ${CAUSES[line.cause]}${owned(line)}`.markup,
      opens: (line) => line,
    }),
    sectionOf({
      title: 'Fixed this week',
      emoji: ':tada:',
      listed: digest.fixed,
      words: (line) =>
        md`${name(line)} · ${mfa(line)}${line.owner ? md` · thank you, ${mention(line.owner)}` : md``}`
          .markup,
    }),
    sectionOf({
      title: 'Longest outstanding',
      emoji: ':hourglass:',
      listed: digest.outstanding,
      words: (line) =>
        md`${name(line)} · ${mfa(line)}${line.days === null ? '' : ` · ${counted(line.days, 'day')}`}${owned(line)}`
          .markup,
    }),
    sectionOf({
      title: 'Could not be checked',
      emoji: ':grey_question:',
      listed: { count: digest.couldNotCheck.count, items: digest.couldNotCheck.groups },
      words: ({ says, accounts }) =>
        md`${counted(accounts.count, 'account')}: ${says} ${joined(accounts.items.slice(0, 3).map(name), ', ')}${accounts.count > 3 ? '…' : ''}`
          .markup,
    }),
    sectionOf({
      title: 'Nobody to ask',
      emoji: ':bust_in_silhouette:',
      listed: digest.withoutOwner,
      words: (line) =>
        md`${name(line)} · ${OWNER_GAPS[line.gap]}${line.suggestion ? md` Perhaps ${mention(line.suggestion)} knows.` : md``}`
          .markup,
    }),
    sectionOf({
      title: 'Waiting for somebody',
      emoji: ':package:',
      listed: digest.requestsWaiting,
      words: (line) => waiting(line).markup,
    }),
    sectionOf({
      title: 'Exemptions that end soon',
      emoji: ':large_yellow_circle:',
      listed: digest.exemptionsEnding,
      words: ({ account, endsAt, daysLeft }) =>
        md`*${short(account.name ?? account.id, 60)}* until ${day(new Date(endsAt))} (${counted(daysLeft, 'day')})`
          .markup,
    }),
    sectionOf({
      title: 'Grace that ends this week',
      emoji: ':alarm_clock:',
      listed: digest.graceEnding,
      words: (line) => md`${name(line)} · from ${day(new Date(line.endsAt))} its owner is reminded`.markup,
    }),
    sectionOf({
      title: 'Letters that could not be delivered',
      emoji: ':no_entry:',
      listed: digest.undelivered,
      words: ({ kind, to, error }) =>
        md`${kind} to ${recipient(to)}: ${short(error ?? 'no reason given', 120)}`.markup,
    }),
  ];
  return all.filter(({ listed: { count } }) => count > 0);
}

/** Keeps what a section's list holds and what its words take together, and forgets it outside. */
function sectionOf<T>(one: Section<T>): Section {
  return one as unknown as Section;
}

function drawSection({ title, emoji, listed, words, opens }: Section): Block[] {
  const heading = md`${{ markup: emoji }} *${title}* (${listed.count})`;
  const shown = cut(listed, LINES).items;
  const more = listed.count > LINES ? [md`_and ${listed.count - LINES} more_`] : [];

  if (opens && listed.count <= BUTTONS) {
    return [
      section(heading),
      ...shown.map((item) => {
        const line = opens(item);
        return section(
          { markup: words(item) },
          button(OPEN_ACCOUNT, 'Open', { value: line.id, describe: `Open ${line.name}` }),
        );
      }),
    ];
  }
  const lines = shown.map((item) => ({ markup: `•  ${words(item)}` }));
  return [section(joined([heading, ...lines, ...more], '\n'))];
}

const CAUSES = {
  'new-account': 'a new account',
  'exemption-ended': 'its exemption ended',
  'more-asked': 'more is asked of it now',
  changed: 'its root user changed',
} as const satisfies Record<Cause, string>;

function name(line: Pick<DigestLine, 'name' | 'managementAccount'>): Markup {
  const special = line.managementAccount ? ' (management account)' : '';
  return md`*${short(line.name, 60)}*${special}`;
}

function mfa({ mfa: kind }: DigestLine): string {
  return lowerFirst(MFA[kind ?? 'unknown']);
}

function owned({ owner }: DigestLine): string {
  return owner ? ` · ${owner}` : ' · no owner';
}

function recipient(to: string): Markup {
  return /^[UW]/.test(to) ? mention(to) : md`${to}`;
}

const WAITS = {
  decide: 'to be approved',
  ship: 'to be sent',
  'confirm-receipt': 'to be received',
  enrol: 'to be enrolled',
} as const satisfies Record<WaitingLine['to'], string>;

function waiting({ kind, quantity, requestedBy, accounts, to, days }: WaitingLine): Markup {
  const what = `${quantity} × ${TOKEN_KINDS[kind].name.toLowerCase()}`;
  const whose =
    accounts.length === 1
      ? short(accounts[0]?.name ?? accounts[0]?.id ?? '', 60)
      : counted(accounts.length, 'account');
  return md`${what} for *${whose}*, asked for by ${mention(requestedBy)}: ${WAITS[to]} since ${counted(days, 'day')}`;
}

function levelLine(what: string, { now, lastWeek }: LevelCoverage): Markup {
  return md`${bar(now.share)}  *${now.percent}*  ${what}: ${now.pass} of ${now.of}${compared(now, lastWeek)}`;
}

function compared(now: CoverageShare, lastWeek: CoverageShare | null): string {
  if (!lastWeek) return '';
  if (lastWeek.percent === now.percent) return '  (as last week)';
  return `  (${(now.share ?? 0) > (lastWeek.share ?? 0) ? '▲' : '▼'} from ${lastWeek.percent} last week)`;
}

function shareWords({ now, lastWeek }: LevelCoverage): string {
  return `${now.pass} of ${now.of} (${now.percent})${lastWeek ? `, last week ${lastWeek.percent}` : ''}`;
}

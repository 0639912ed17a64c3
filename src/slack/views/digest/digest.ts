import { formatCalendarDay } from '../../../domain/calendar.ts';
import type { NoncomplianceCause } from '../../../domain/change.ts';
import { type CountedList, truncateList } from '../../../domain/counted-list.ts';
import type {
  CoverageShare,
  Digest,
  DigestLine,
  GroupFigures,
  LevelCoverage,
  OwnerToAct,
  RecoveryLine,
  UnchangedCounts,
  WaitingRequestLine,
} from '../../../domain/digest.ts';
import type { Headline } from '../../../domain/headline.ts';
import type { QuietNoteNotification } from '../../../domain/notification.ts';
import { OWNER_GAP_TEXT } from '../../../domain/owner-gap.ts';
import { keyChangesText } from '../keys/key-text.ts';
import { reminderProgressMarkup } from '../reminders/reminder-progress.ts';
import { rootUseText } from '../root-events/root-use-text.ts';
import {
  actions,
  type Block,
  button,
  context,
  divider,
  formatSlackDate,
  formatSlackDateTime,
  header,
  joinMarkup,
  joinNames,
  type Markup,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { formatHours, lowerFirst, MFA_TEXT, pluralize, progressBar } from '../shared/wording.ts';
import { listButton, OPEN_ACCOUNT, ownerNameMarkup } from '../status/account-list.ts';
import { SHOW_TREND } from '../status/company-status.ts';
import { trendChart } from '../status/trend.ts';
import { targetBlocks, targetText } from '../targets/targets.ts';
import { tokenCountText } from '../tokens/token-text.ts';

const HEADLINE_EMOJI = {
  first: ':wave:',
  'all-met': ':tada:',
  better: ':chart_with_upwards_trend:',
  worse: ':rotating_light:',
  unchanged: ':left_right_arrow:',
  'nothing-read': ':large_blue_circle:',
} as const satisfies Record<Headline['kind'], string>;

/** Lines per section: the rest is a click away. */
const MAX_LINES = 6;
/** Owners who must act. */
const MAX_OWNERS = 5;
/** Up to this many urgent accounts get a button each. */
const MAX_BUTTONS = 4;

/**
 * Renders the week for a reader with one minute: what changed, who must act, and what needs a decision. What is as it was
 * last week is one line with a button.
 */
export function renderDigest(digest: Digest): RenderedMessage {
  const { headline, reading, hoursLate, trend } = digest;
  const sections = sectionsOf(digest);
  const unchanged = unchangedText(digest.unchanged);
  const rootKeys = rootKeysText(digest);
  const notes = [
    hoursLate !== null &&
      md`:hourglass: This digest is ${formatHours(hoursLate)} late because I was not running when it was due.`,
    reading.at === null && md`:warning: No scan has finished yet.`,
    reading.at !== null &&
      reading.old &&
      md`:warning: This data is ${formatHours(reading.hoursOld ?? 0)} old: no scan has finished since.`,
  ].filter((note) => note !== false);

  return {
    text: [
      `Root MFA, ${digest.week}: ${md`${headline.sentence}`.markup}`,
      `Level 1: ${shareText(digest.coverage.level1)}; Level 2: ${shareText(digest.coverage.level2)}${digest.coverage.noRootCredentials ? `; no root credentials: ${shareText(digest.coverage.noRootCredentials)}` : ''}`,
      ...(digest.targets ?? []).map((target) => targetText(target).markup),
      ...(digest.rootUse ? [rootUseText(digest.rootUse).markup] : []),
      ...(digest.keyFindings ? [keyChangesText(digest.keyFindings).markup] : []),
      ...sections.map(({ title, listed, toText }) => {
        const names = truncateList(listed, 3).items.map(toText);
        const more = listed.count > 3 ? [`and ${listed.count - 3} more`] : [];
        return `${title}: ${[...names, ...more].join('; ')}`;
      }),
      ...(rootKeys ? [rootKeys.markup] : []),
      ...(unchanged ? [unchanged] : []),
    ].join('\n'),
    blocks: [
      header(digestTitle(digest)),
      section(md`${{ markup: HEADLINE_EMOJI[headline.kind] }} *${headline.sentence}*`),
      ...(notes.length > 0 ? [context(joinMarkup(notes, '  '))] : []),
      section(
        joinMarkup(
          [
            levelLine('Any MFA', digest.coverage.level1),
            levelLine('Hardware MFA', digest.coverage.level2),
            ...(digest.coverage.noRootCredentials
              ? [levelLine('No root credentials', digest.coverage.noRootCredentials, ' member accounts')]
              : []),
          ],
          '\n',
        ),
      ),
      ...targetBlocks(digest.targets ?? []),
      ...groupBlocks('By org unit', digest.byOrgUnit),
      ...groupBlocks(`By ${truncate(digest.byTag?.tag ?? '', 40)}`, digest.byTag?.groups),
      ...(digest.rootUse ? [section(rootUseText(digest.rootUse))] : []),
      ...(digest.keyFindings ? [section(keyChangesText(digest.keyFindings))] : []),
      ...(trend.length > 1 && hasNewFigures(digest) ? [trendChart(trend)] : []),
      ...sections.flatMap((one) => renderSection(one)),
      ...(rootKeys ? [section(rootKeys, listButton({ kind: 'root-keys' }, 'Show'))] : []),
      ...(unchanged
        ? [section(md`:heavy_minus_sign: ${unchanged}`, listButton({ kind: 'failing' }, 'Show'))]
        : []),
      divider,
      actions(
        listButton({ kind: 'failing' }, 'Non-compliant'),
        listButton({ kind: 'all' }, 'All accounts'),
        listButton({ kind: 'mine' }, 'Mine'),
        listButton({ kind: 'credentials' }, 'Root credentials'),
        button(SHOW_TREND, 'Trend'),
      ),
      context(
        joinMarkup(
          [
            ...(reading.at ? [md`Checked ${formatSlackDateTime(new Date(reading.at))}`] : []),
            md`Only you can see what you open here`,
          ],
          ' · ',
        ),
      ),
    ],
  };
}

/** Returns `Root MFA, week 48`, with the org units of a digest for a part of the company. */
function digestTitle({ week, scope }: Digest): string {
  const title = `Root MFA, week ${week.slice(-2)}`;
  return scope ? `${title} · ${scope.map((pattern) => pattern.replace(/\/\*\*$/, '')).join(', ')}` : title;
}

const MAX_GROUPS = 10;

function groupBlocks(title: string, groups: readonly GroupFigures[] = []): Block[] {
  if (groups.length === 0) return [];
  const lines = groups
    .slice(0, MAX_GROUPS)
    .map(
      ({ name, accounts, noncompliant, level1, level2 }) =>
        md`•  *${truncate(name, 60)}*: ${noncompliant} of ${pluralize(accounts, 'account')} non-compliant · any MFA ${level1.percent} · hardware MFA ${level2.percent}`,
    );
  const more = groups.length - lines.length;
  return [
    section(
      joinMarkup(
        [md`:file_folder: *${title}*`, ...lines, ...(more > 0 ? [md`… and ${more} more`] : [])],
        '\n',
      ),
    ),
  ];
}

/** Whether a chart shows anything that last week's did not. */
function hasNewFigures({ headline, coverage: { level1, level2, noRootCredentials } }: Digest): boolean {
  const isSame = ({ now, lastWeek }: LevelCoverage) => now.percent === lastWeek?.percent;
  return (
    headline.kind !== 'unchanged' ||
    [level1, level2, noRootCredentials].some((one) => one !== undefined && !isSame(one))
  );
}

/** Returns the line about root access keys; undefined if there are none. */
function rootKeysText({ rootKeys = NONE }: Digest): Markup | undefined {
  if (rootKeys.count === 0) return undefined;
  const names = rootKeys.items.slice(0, MAX_LINES).map(({ name }) => md`*${truncate(name, 60)}*`);
  const more = rootKeys.count - names.length;
  return joinMarkup([md`:key: *Root access keys* (${rootKeys.count}): `, joinNames(names, more)], '');
}

function unchangedText(unchanged: UnchangedCounts | null): string | undefined {
  if (!unchanged) return undefined;
  const parts = [
    unchanged.noncompliant > 0 && `${unchanged.noncompliant} non-compliant`,
    unchanged.couldNotCheck > 0 && `${unchanged.couldNotCheck} could not be checked`,
    unchanged.withoutOwner > 0 && `${unchanged.withoutOwner} without a reachable owner`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? `Unchanged since last week: ${parts.join(', ')}.` : undefined;
}

/** Renders the monthly line that replaces the digest while every account is compliant. */
export function renderQuietNote({ sentence, readAt }: QuietNoteNotification): RenderedMessage {
  const words = md`:white_check_mark: ${sentence} I post this once a month instead of a weekly digest while nothing needs attention.`;
  return {
    text: md`${sentence}`.markup,
    blocks: [
      section(words),
      ...(readAt ? [context(md`Checked ${formatSlackDateTime(new Date(readAt))}`)] : []),
    ],
  };
}

interface Section<T = unknown> {
  readonly title: string;
  readonly emoji: string;
  readonly listed: CountedList<T>;
  /** Returns one item as markup. */
  readonly toText: (item: T) => string;
  /** Returns the account that the item's button opens. */
  readonly accountOf?: (item: T) => Pick<DigestLine, 'id' | 'name'>;
  /** By default `MAX_LINES`. */
  readonly maxLines?: number;
}

/** Returns the sections, most important first; empty ones are left out. */
function sectionsOf(digest: Digest): readonly Section[] {
  const all = [...changeSections(digest), ...actionSections(digest), ...noticeSections(digest)];
  return all.filter(({ listed: { count } }) => count > 0);
}

/** What changed. */
function changeSections(digest: Digest): Section[] {
  return [
    sectionOf({
      title: 'MFA removed',
      emoji: ':rotating_light:',
      listed: digest.regressed,
      toText: (line) => md`${accountNameMarkup(line)} · now ${mfaText(line)}${ownerText(line)}`.markup,
      accountOf: (line) => line,
    }),
    sectionOf({
      title: 'Newly non-compliant',
      emoji: ':red_circle:',
      listed: digest.newlyFailing,
      toText: (line) =>
        md`${accountNameMarkup(line)} · ${mfaText(line)} · ${CAUSES[line.cause]}${ownerText(line)}`.markup,
      accountOf: (line) => line,
    }),
    sectionOf({
      title: 'Exemptions ended',
      emoji: ':checkered_flag:',
      listed: digest.exemptionsEnded ?? NONE,
      toText: ({ account, lastDay, endedEarly }) =>
        md`*${truncate(account.name ?? account.id, 60)}* · ${endedEarly ? 'ended early' : `last day ${formatCalendarDay(lastDay)}`}`
          .markup,
    }),
    sectionOf({
      title: 'Recovery windows',
      emoji: ':unlock:',
      listed: digest.recoveryWindows ?? NONE,
      toText: (line) => recoveryMarkup(line).markup,
      accountOf: ({ account }) => ({ id: account.id, name: account.name ?? account.id }),
    }),
    sectionOf({
      title: 'Could not check',
      emoji: ':large_blue_circle:',
      listed: { count: digest.couldNotCheck.count, items: digest.couldNotCheck.groups },
      toText: ({ says, accounts }) =>
        md`${pluralize(accounts.count, 'account')}: ${says} ${joinMarkup(accounts.items.slice(0, 3).map(accountNameMarkup), ', ')}${accounts.count > 3 ? '…' : ''}`
          .markup,
    }),
    sectionOf({
      title: 'Fixed this week',
      emoji: ':tada:',
      listed: digest.fixed,
      toText: (line) =>
        md`${accountNameMarkup(line)} · ${mfaText(line)}${line.owner ? md` · thank you, ${mention(line.owner)}` : md``}`
          .markup,
    }),
  ];
}

/** Who must act, and what needs a decision. */
function actionSections(digest: Digest): Section[] {
  return [
    // The first digest lists the accounts; later ones, which only count them, name their owners.
    digest.unchanged
      ? sectionOf({
          title: 'Who must act',
          emoji: ':point_right:',
          listed: digest.mustAct ?? NONE,
          toText: (line) => ownerToActMarkup(line).markup,
          maxLines: MAX_OWNERS,
        })
      : sectionOf({
          title: 'Open the longest',
          emoji: ':hourglass:',
          listed: digest.outstanding,
          toText: (line) =>
            md`${accountNameMarkup(line)} · ${mfaText(line)}${line.days === null ? '' : ` · ${pluralize(line.days, 'day')}`}${ownerText(line)}`
              .markup,
        }),
    sectionOf({
      title: 'No reachable owner',
      emoji: ':bust_in_silhouette:',
      listed: digest.withoutOwner,
      toText: (line) =>
        md`${accountNameMarkup(line)} · ${OWNER_GAP_TEXT[line.gap]}${line.suggestion ? md` ${mention(line.suggestion)} might know more.` : md``}`
          .markup,
    }),
    sectionOf({
      title: 'Pending exemption requests',
      emoji: ':scales:',
      listed: digest.exemptionsAsked ?? NONE,
      toText: ({ account, askedBy, lastDay, days }) =>
        md`*${truncate(account.name ?? account.id, 60)}* until ${formatCalendarDay(lastDay)}, requested by ${mention(askedBy)}: waiting for approval, ${pluralize(days, 'day')}`
          .markup,
      accountOf: ({ account }) => ({ id: account.id, name: account.name ?? account.id }),
    }),
    sectionOf({
      title: 'Pending key requests',
      emoji: ':package:',
      listed: digest.requestsWaiting,
      toText: (line) => waitingMarkup(line).markup,
    }),
  ];
}

/** What ends soon, and what else to know. */
function noticeSections(digest: Digest): Section[] {
  return [
    sectionOf({
      title: 'Exemptions ending soon',
      emoji: ':large_yellow_circle:',
      listed: digest.exemptionsEnding,
      toText: ({ account, endsAt, lastDay, daysLeft }) =>
        md`*${truncate(account.name ?? account.id, 60)}* until ${lastDay ? formatCalendarDay(lastDay) : formatSlackDate(new Date(endsAt))} (${pluralize(daysLeft, 'day')})`
          .markup,
    }),
    sectionOf({
      title: 'Grace periods ending this week',
      emoji: ':alarm_clock:',
      listed: digest.graceEnding,
      toText: (line) =>
        md`${accountNameMarkup(line)} · reminders start ${formatSlackDate(new Date(line.endsAt))}`.markup,
    }),
    sectionOf({
      title: 'Undelivered messages',
      emoji: ':no_entry:',
      listed: digest.undelivered,
      toText: ({ kind, to, error }) =>
        md`${kind} to ${recipientMarkup(to)}: ${truncate(error ?? 'no reason given', 120)}`.markup,
    }),
  ];
}

/** A list that digests of former versions, still in the outbox, do not have. */
const NONE = { count: 0, items: [] } as const;

/** Ties the item type of a section's list to its functions, then hides it. */
function sectionOf<T>(one: Section<T>): Section {
  return one as unknown as Section;
}

function renderSection({ title, emoji, listed, toText, accountOf, maxLines = MAX_LINES }: Section): Block[] {
  const heading = md`${{ markup: emoji }} *${title}* (${listed.count})`;
  const shown = truncateList(listed, maxLines).items;
  const more = listed.count > maxLines ? [md`… and ${listed.count - maxLines} more`] : [];

  if (accountOf && listed.count <= MAX_BUTTONS) {
    return [
      section(heading),
      ...shown.map((item) => {
        const line = accountOf(item);
        return section(
          { markup: toText(item) },
          button(OPEN_ACCOUNT, 'Open', { value: line.id, accessibilityLabel: `Open ${line.name}` }),
        );
      }),
    ];
  }
  const lines = shown.map((item) => ({ markup: `•  ${toText(item)}` }));
  return [section(joinMarkup([heading, ...lines, ...more], '\n'))];
}

const RECOVERY_STATE_TEXT = {
  asked: 'waiting for approval',
  granted: 'open',
  declined: 'declined',
  withdrawn: 'withdrawn',
  revoked: 'ended early',
  ended: 'ended',
  completed: 'closed: root has no credentials again',
} as const satisfies Record<RecoveryLine['state'], string>;

function recoveryMarkup({ account, state, askedBy, endsAt, credentialsLeft }: RecoveryLine): Markup {
  const isOpen = state === 'asked' || state === 'granted';
  const until = isOpen ? joinMarkup([md` until `, formatSlackDateTime(new Date(endsAt))], '') : md``;
  return joinMarkup(
    [
      md`*${truncate(account.name ?? account.id, 60)}* · ${RECOVERY_STATE_TEXT[state]}`,
      until,
      md`, requested by ${mention(askedBy)}`,
      ...(credentialsLeft ? [md` · *root credentials not removed*`] : []),
    ],
    '',
  );
}

/** Returns for how long the oldest of these accounts is non-compliant. */
function ageText(days: number, accounts: number): string {
  if (days === 0) return 'since today';
  return `${accounts > 1 ? 'oldest ' : ''}${pluralize(days, 'day')}`;
}

function ownerToActMarkup(line: OwnerToAct): Markup {
  const { owner, accounts, days, regressed, reminders, daysWithoutAnswer } = line;
  const who = owner === null ? md`No reachable owner` : ownerNameMarkup({ identifier: owner });
  const names = accounts.items.slice(0, 3).map((name) => md`*${truncate(name, 60)}*`);
  const more = accounts.count - names.length;
  const age = days === null ? md`` : md`, ${ageText(days, accounts.count)}`;
  return joinMarkup(
    [
      joinMarkup([who, md`: ${pluralize(accounts.count, 'account')}`, age], ''),
      ...(regressed ? [md`*MFA removed*`] : []),
      joinNames(names, more),
      ...(daysWithoutAnswer === undefined
        ? []
        : [md`*no answer for ${pluralize(Math.floor(daysWithoutAnswer / 7), 'week')}*`]),
      ...(reminders ? [remindersMarkup(reminders)] : []),
    ],
    ' · ',
  );
}

function remindersMarkup({ sent, nextAt, escalatedSince }: NonNullable<OwnerToAct['reminders']>): Markup {
  return reminderProgressMarkup({
    sent,
    nextAt: nextAt === null ? null : new Date(nextAt),
    escalatedSince: escalatedSince === null ? null : new Date(escalatedSince),
    pause: null,
  });
}

const CAUSES = {
  'new-account': 'new account',
  'exemption-ended': 'exemption ended',
  'more-asked': 'policy requires more now',
  changed: 'root user changed',
} as const satisfies Record<NoncomplianceCause, string>;

function accountNameMarkup(line: Pick<DigestLine, 'name' | 'managementAccount'>): Markup {
  const special = line.managementAccount ? ' (management account)' : '';
  return md`*${truncate(line.name, 60)}*${special}`;
}

function mfaText({ mfa: kind }: DigestLine): string {
  return lowerFirst(MFA_TEXT[kind ?? 'unknown']);
}

function ownerText({ owner }: DigestLine): Markup {
  return owner
    ? joinMarkup([md` · `, ownerNameMarkup({ identifier: owner })], '')
    : md` · no reachable owner`;
}

function recipientMarkup(to: string): Markup {
  return /^[UW]/.test(to) ? mention(to) : md`${to}`;
}

const WAITING_FOR = {
  decide: 'waiting for approval',
  ship: 'waiting to be shipped',
  'confirm-receipt': 'on the way',
  enrol: 'received, not registered yet',
  'second-key': 'first key registered, second not yet',
} as const satisfies Record<WaitingRequestLine['to'], string>;

function waitingMarkup(line: WaitingRequestLine): Markup {
  const { kind, quantity, accounts, to, days, expectedOn } = line;
  const what = tokenCountText(kind, quantity);
  const whose =
    accounts.length === 1
      ? truncate(accounts[0]?.name ?? accounts[0]?.id ?? '', 60)
      : pluralize(accounts.length, 'account');
  return md`${what} for *${whose}*, ${requesterText(line)}: ${WAITING_FOR[to]}, ${expectedOn === undefined ? pluralize(days, 'day') : `expected by ${formatCalendarDay(expectedOn)}`}`;
}

function requesterText({ requestedBy, handedOverFrom, noReachableOwner }: WaitingRequestLine): Markup {
  if (noReachableOwner) return md`*no reachable owner* (requested by ${mention(requestedBy)}, who has left)`;
  if (!handedOverFrom) return md`requested by ${mention(requestedBy)}`;
  return md`handed over from ${mention(handedOverFrom)} to ${mention(requestedBy)}`;
}

function levelLine(levelName: string, { now, lastWeek }: LevelCoverage, unit = ''): Markup {
  return md`${progressBar(now.share)}  *${now.percent}*  ${levelName}: ${now.pass} of ${now.of}${unit}${comparisonText(now, lastWeek)}`;
}

function comparisonText(now: CoverageShare, lastWeek: CoverageShare | null): string {
  if (!lastWeek) return '';
  if (lastWeek.percent === now.percent) return '  (unchanged)';
  return `  (${(now.share ?? 0) > (lastWeek.share ?? 0) ? '▲' : '▼'} from ${lastWeek.percent} last week)`;
}

function shareText({ now, lastWeek }: LevelCoverage): string {
  return `${now.pass} of ${now.of} (${now.percent})${lastWeek ? `, last week ${lastWeek.percent}` : ''}`;
}

import { formatCalendarDay } from '../../../domain/calendar.ts';
import type { TargetProgress } from '../../../domain/target.ts';
import type { TargetHistory, TargetsOverview } from '../../../usecases/targets/read-targets.ts';
import {
  type Block,
  button,
  context,
  header,
  joinMarkup,
  type Markup,
  md,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { type DataVisualizationBlock, lineChart } from '../shared/chart.ts';
import { pluralize, progressBar } from '../shared/wording.ts';
import { listButton } from '../status/account-list.ts';

export const SHOW_TARGETS = 'targets';

const GOAL_TEXT = {
  'any-mfa': 'any MFA, or no root sign-in',
  'hardware-mfa': 'hardware MFA, or no root sign-in',
  'no-root-credentials': 'no root credentials',
} as const satisfies Record<TargetProgress['goal'], string>;

/** Slack's limit for the name of a line. */
const MAX_LINE_NAME = 20;
const MAX_X_LABEL = 50;

/** Renders every target of the company, with the accounts to go and the weeks so far. */
export function renderTargets({ progress: targets, history }: TargetsOverview): RenderedMessage {
  if (targets.length === 0) return renderNoTargets();
  const chart = targetChart(history);
  return {
    text: ['Targets', ...targets.map((target) => targetText(target).markup)].join('\n'),
    blocks: [
      header('Targets'),
      ...targets.flatMap((target, n) => [
        section(
          joinMarkup(
            [
              targetText(target),
              md`${progressBar(target.total === 0 ? null : target.done / target.total)}  ${target.done} of ${target.total} done · ${GOAL_TEXT[target.goal]}`,
            ],
            '\n',
          ),
          target.toGo > 0 ? showAccountsButton(target, n) : undefined,
        ),
        ...notesOf(target),
      ]),
      ...(chart ? [chart] : []),
      context(md`Pace: the last four weeks. For an account in several targets, the earliest date counts.`),
    ],
  };
}

/** Renders the targets of one owner's accounts. */
export function renderOwnTargets(targets: readonly TargetProgress[]): RenderedMessage {
  if (targets.length === 0) {
    const sentence = 'None of your accounts has a target date.';
    return { text: sentence, blocks: [header('Your targets'), section(md`${sentence}`)] };
  }
  return {
    text: ['Your targets', ...targets.map((target) => ownTargetText(target).markup)].join('\n'),
    blocks: [
      header('Your targets'),
      ...targets.map((target, n) =>
        section(ownTargetText(target), target.toGo > 0 ? showAccountsButton(target, n) : undefined),
      ),
    ],
  };
}

function renderNoTargets(): RenderedMessage {
  const sentence =
    'No targets are set. A target is a date by which some accounts have hardware MFA, any MFA, or no root credentials: set them under targets in root-mfa.yml.';
  return { text: sentence, blocks: [header('Targets'), section(md`${sentence}`)] };
}

/** Renders a line for each target, with a button that shows them all; nothing if there are none. */
export function targetBlocks(targets: readonly TargetProgress[]): Block[] {
  if (targets.length === 0) return [];
  return [
    section(
      joinMarkup([md`:dart: *Targets*`, ...targets.map((target) => targetText(target))], '\n'),
      button(SHOW_TARGETS, 'Show'),
    ),
  ];
}

/** Renders a line for each target that is about accounts of the reader; nothing if none is. */
export function ownTargetBlocks(targets: readonly TargetProgress[]): Block[] {
  return targets.length === 0 ? [] : [section(joinMarkup(targets.map(ownTargetText), '\n'))];
}

/** Returns `Production on hardware by Mar 31, 2027: 14 of 61 to go, 3 a week needed, 1.5 achieved`. */
export function targetText(target: TargetProgress): Markup {
  const { state, total, toGo, neededPerWeek, achievedPerWeek } = target;
  switch (state) {
    case 'empty':
      return md`:warning: ${dueText(target)}: no account matches. Correct its *match* in root-mfa.yml.`;
    case 'reached':
      return md`:tada: ${dueText(target)}: reached, ${total} of ${pluralize(total, 'account')} done`;
    case 'overdue':
      return joinMarkup(
        [
          md`:rotating_light: ${nameText(target)} was due ${formatCalendarDay(target.by)}: ${toGo} of ${total} still to go`,
          ...(achievedPerWeek === null ? [] : [md`${achievedPerWeek} a week achieved`]),
        ],
        ', ',
      );
    case 'open': {
      const pace = [
        neededPerWeek === null ? md`${daysLeftText(target)}` : md`${neededPerWeek} a week needed`,
        ...(achievedPerWeek === null ? [] : [md`${achievedPerWeek} achieved`]),
      ];
      const { emoji, note } = OUTLOOK_TEXT[outlookOf(target)];
      return md`${{ markup: emoji }} ${dueText(target)}: ${joinMarkup([md`${toGo} of ${total} to go`, ...pace], ', ')}${note}`;
    }
  }
}

function ownTargetText(target: TargetProgress): Markup {
  const { state, total, toGo } = target;
  const whose = total === 1 ? 'your account' : `your ${total} accounts`;
  const left = total === 1 ? 'your account is' : `${toGo} of ${whose} ${toGo === 1 ? 'is' : 'are'}`;
  if (state === 'overdue') {
    return md`:rotating_light: ${nameText(target)} was due ${formatCalendarDay(target.by)}: ${left} still to go`;
  }
  return toGo === 0
    ? md`:white_check_mark: ${dueText(target)}: ${whose} ${total === 1 ? 'is' : 'are'} done`
    : md`:dart: ${dueText(target)}: ${left} to go, ${daysLeftText(target)}`;
}

/** Returns the target that an account must reach next: `Target: Production on hardware by Mar 31, 2027`. */
export function nextTargetText({ name, by }: Pick<TargetProgress, 'name' | 'by'>): Markup {
  return md`:dart: Target: *${truncate(name, 60)}* by ${formatCalendarDay(by)}`;
}

type Outlook = 'on-track' | 'behind' | 'open';

function outlookOf({ neededPerWeek, achievedPerWeek }: TargetProgress): Outlook {
  if (neededPerWeek === null || achievedPerWeek === null) return 'open';
  return achievedPerWeek >= neededPerWeek ? 'on-track' : 'behind';
}

const OUTLOOK_TEXT = {
  'on-track': { emoji: ':white_check_mark:', note: ' · on track' },
  behind: { emoji: ':warning:', note: ' · behind' },
  open: { emoji: ':calendar:', note: '' },
} as const satisfies Record<Outlook, { readonly emoji: string; readonly note: string }>;

function nameText({ name }: TargetProgress): Markup {
  return md`*${truncate(name, 60)}*`;
}

function dueText(target: TargetProgress): Markup {
  return md`${nameText(target)} by ${formatCalendarDay(target.by)}`;
}

function daysLeftText({ daysLeft }: TargetProgress): string {
  return daysLeft === 0 ? 'today is the last day' : `${pluralize(daysLeft, 'day')} left`;
}

/** What else to know of the accounts of a target. */
function notesOf({ unknown, exempt, notRequired, unplaced }: TargetProgress): Block[] {
  const notes = [
    unknown > 0 && md`${unknown} could not be checked`,
    exempt > 0 && md`${exempt} exempt`,
    notRequired > 0 &&
      md`${notRequired} to go ${notRequired === 1 ? 'is' : 'are'} compliant with policy, so I do not remind the owners: add a rule to *policy.rules* to change that`,
    unplaced > 0 && md`${pluralize(unplaced, 'account')} not counted: org unit or tags could not be read`,
  ].filter((note) => note !== false);
  return notes.length > 0 ? [context(joinMarkup(notes, ' · '))] : [];
}

function showAccountsButton({ name }: TargetProgress, n: number) {
  const open = listButton({ kind: 'target', name }, 'Show accounts');
  return {
    ...open,
    action_id: `${open.action_id}:${n}`,
    accessibility_label: truncate(`Show accounts of ${name}`, 75),
  };
}

/** Renders the share of each target that is done by week, with its date; undefined before the second common week. */
export function targetChart(history: readonly TargetHistory[]): DataVisualizationBlock | undefined {
  const shown = history.filter(({ weeks }) => weeks.length > 1);
  const weeks = (shown[0]?.weeks ?? [])
    .map(({ week }) => week)
    .filter((week) => shown.every((one) => one.weeks.some((reported) => reported.week === week)));
  if (weeks.length < 2) return undefined;
  const dates = shown.map(({ by }) => formatCalendarDay(by)).filter((day, n, all) => all.indexOf(day) === n);
  return lineChart(
    'Targets (% done)',
    weeks.map((week) => week.slice(-3)),
    shown.map(({ name, weeks: reported }, n) => ({
      name: lineName(name, n, shown),
      values: reported
        .filter(({ week }) => weeks.includes(week))
        .map(({ done, total }) => (total === 0 ? 0 : Math.floor((done / total) * 100))),
    })),
    { x: truncate(`Due ${dates.join(', ')}`, MAX_X_LABEL), y: '%' },
  );
}

/** Names that are cut can be alike; Slack takes each once. */
function lineName(name: string, n: number, all: readonly TargetHistory[]): string {
  const short = truncate(name, MAX_LINE_NAME);
  const isUnique = all.filter((one) => truncate(one.name, MAX_LINE_NAME) === short).length === 1;
  return isUnique ? short : truncate(`${n + 1} ${name}`, MAX_LINE_NAME);
}

import type { Change } from '../../../domain/change.ts';
import type { CisVersion } from '../../../domain/cis.ts';
import { cisNumber } from '../../../domain/cis.ts';
import { type Coverage, percent, shareOf } from '../../../domain/coverage.ts';
import { STANDINGS_WORST_FIRST } from '../../../domain/compliance.ts';
import type { CompanyStatus } from '../../../usecases/shared/read-accounts.ts';
import { accountLine, accountRows, listButton, openAccountPicker } from './account-list.ts';
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
  moment,
  section,
} from '../shared/blocks.ts';
import { ago, bar, counted, STANDING } from '../shared/wording.ts';

export const SHOW_TREND = 'trend';
export const SCAN_NOW = 'scan';

export interface CompanyPage {
  readonly status: CompanyStatus;
  readonly change: Change;
  /** Since when changes are counted. */
  readonly since: Date;
  readonly cis: CisVersion;
  readonly admin: boolean;
  readonly now: Date;
}

const WORST_SHOWN = 6;
/** A reading that is older is said to be old. */
const OLD_MS = 24 * 60 * 60_000;

/** The company at a glance, for the person with one minute. */
export function drawCompany({ status, change, since, cis, admin, now }: CompanyPage): Drawn {
  const { coverage, needingAttention, lastScan } = status;
  if (!lastScan) return nothingYet(admin);
  if (coverage.accounts === 0) return noAccounts(admin);

  const short = coverage.standing.unmet;
  const worst = needingAttention.slice(0, WORST_SHOWN);
  const title = `Root user MFA · ${counted(coverage.accounts, 'account')}`;
  const changes = changeWords(change);

  return {
    text: [
      `${title}: ${levelWords(coverage, 1)}; ${levelWords(coverage, 2)}.`,
      standingWords(coverage),
      ...worst.map((view) => accountLine(view)),
      `Read ${ago(lastScan.startedAt, now)}.`,
    ].join('\n'),
    blocks: [
      header(title),
      ...coverageBlocks(coverage, cis),
      ...(changes ? [context(joined([md`Since ${day(since)}: `, changes], ''))] : []),
      divider,
      ...(worst.length === 0
        ? [section(md`:tada: *Nothing falls short.* Every account meets what is asked of it.`)]
        : [section(short > 0 ? md`*Needs somebody, worst first*` : md`*Not known*`), ...accountRows(worst)]),
      actions(
        listButton({ kind: 'failing' }, short > 0 ? `All ${short} that fall short` : 'What falls short'),
        listButton({ kind: 'all' }, 'All accounts'),
        listButton({ kind: 'mine' }, 'Mine'),
        button(SHOW_TREND, 'Trend'),
        ...(admin ? [button(SCAN_NOW, 'Scan now')] : []),
      ),
      actions(openAccountPicker()),
      context(readingLine(lastScan.startedAt, lastScan.unread, now)),
    ],
  };
}

/** Coverage by both levels, as bars, and how many stand how. */
export function coverageBlocks(coverage: Coverage, cis: CisVersion): Block[] {
  return [
    section(
      joined(
        [
          levelLine(coverage, 1, cisNumber('root-mfa', cis), cis),
          levelLine(coverage, 2, cisNumber('root-hardware-mfa', cis), cis),
        ],
        '\n',
      ),
    ),
    section(standingLine(coverage)),
  ];
}

/** `Level 1 22 of 32 (68 %)` */
export function levelWords(coverage: Coverage, level: 1 | 2): string {
  const results = level === 1 ? coverage.level1 : coverage.level2;
  const applicable = results.pass + results.fail + results.unknown;
  return `Level ${level} ${results.pass} of ${applicable} (${percent(shareOf(results))})`;
}

/** How old a reading is, and how much of it is missing. */
export function readingLine(at: Date, unread: number, now: Date): Markup {
  const old = now.getTime() - at.getTime() > OLD_MS;
  const missing = unread > 0 ? md` · ${counted(unread, 'account')} could not be read` : md``;
  const age = md`Read from AWS ${moment(at)} (${ago(at, now)})`;
  return joined([old ? md`:warning: ` : md``, age, missing, md` · \`/mfa-status help\``], '');
}

/** How many stand how, in words. */
export function standingWords({ standing }: Coverage): string {
  return STANDINGS_WORST_FIRST.filter((one) => standing[one] > 0)
    .map((one) => `${STANDING[one].name}: ${standing[one]}`)
    .join(', ');
}

/** How many stand how, each with its mark. */
export function standingLine({ standing }: Coverage): Markup {
  return joined(
    STANDINGS_WORST_FIRST.filter((one) => standing[one] > 0).map(
      (one) =>
        md`${{ markup: STANDING[one].emoji }} *${standing[one]}* ${standing[one] === 1 ? STANDING[one].name.toLowerCase() : STANDING[one].many}`,
    ),
    '  ·  ',
  );
}

function levelLine(coverage: Coverage, level: 1 | 2, number: string, cis: CisVersion): Markup {
  const results = level === 1 ? coverage.level1 : coverage.level2;
  const applicable = results.pass + results.fail + results.unknown;
  const share = shareOf(results);
  const name = level === 1 ? 'Any MFA' : 'Hardware MFA';
  return md`${bar(share)}  *${percent(share)}*  ${name}: ${results.pass} of ${applicable}  (Level ${level}, CIS ${cis} ${number})`;
}

/** What changed, in a line; undefined when nothing did. */
export function changeWords({
  regressed,
  newlyFailing,
  fixed,
  newAccounts,
  closed,
}: Change): Markup | undefined {
  const parts = [
    regressed.length > 0 && md`*${regressed.length} lost ${regressed.length === 1 ? 'its' : 'their'} MFA*`,
    newlyFailing.length > 0 && md`${newlyFailing.length} newly falling short`,
    fixed.length > 0 && md`${fixed.length} fixed`,
    newAccounts.length > 0 && md`${counted(newAccounts.length, 'new account')}`,
    closed.length > 0 && md`${closed.length} closed`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? joined(parts, ' · ') : undefined;
}

function noAccounts(admin: boolean): Drawn {
  const sentence =
    'The last scan found no account at all. Check that the bot may list the accounts of the organization, and what aws.exclude leaves out.';
  return {
    text: sentence,
    blocks: [
      header('Root user MFA'),
      section(md`:warning: ${sentence}`),
      ...(admin ? [actions(button(SCAN_NOW, 'Scan now'))] : []),
    ],
  };
}

function nothingYet(admin: boolean): Drawn {
  const sentence =
    'No scan has finished yet, so nothing is known. The first one starts by itself with the bot.';
  const blocks: Block[] = [
    header('Root user MFA'),
    section(md`:hourglass_flowing_sand: ${sentence}`),
    ...(admin ? [actions(button(SCAN_NOW, 'Scan now', { style: 'primary' }))] : []),
  ];
  return { text: sentence, blocks };
}

import type { ComplianceChange } from '../../../domain/change.ts';
import type { CisVersion } from '../../../domain/cis.ts';
import { cisNumber } from '../../../domain/cis.ts';
import { COMPLIANCE_WORST_FIRST } from '../../../domain/compliance.ts';
import { type Coverage, percent, shareOf } from '../../../domain/coverage.ts';
import type { WireSummary } from '../../../usecases/root-events/read-root-events.ts';
import type { CompanyStatus } from '../../../usecases/shared/read-accounts.ts';
import { wireSummaryText } from '../root-events/event-list.ts';
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
  type Markup,
  md,
  type RenderedMessage,
  section,
} from '../shared/blocks.ts';
import { COMPLIANCE_TEXT, formatTimeAgo, pluralize, progressBar } from '../shared/wording.ts';
import { accountLine, accountRows, listButton, openAccountPicker } from './account-list.ts';

export const SHOW_TREND = 'trend';
export const SCAN_NOW = 'scan';

export interface CompanyStatusProps {
  readonly status: CompanyStatus;
  readonly change: ComplianceChange;
  /** Since when changes are counted. */
  readonly since: Date;
  readonly cis: CisVersion;
  readonly admin: boolean;
  readonly now: Date;
  /** From how many accounts root events reach the bot. */
  readonly wires?: WireSummary;
}

const MAX_WORST_ACCOUNTS = 6;
/** A reading that is older is said to be old. */
const STALE_AFTER_MS = 24 * 60 * 60_000;

/** The company at a glance, for the person with one minute. */
export function renderCompanyStatus({
  status,
  change,
  since,
  cis,
  admin,
  now,
  wires,
}: CompanyStatusProps): RenderedMessage {
  const { coverage, needingAttention, lastScan } = status;
  if (!lastScan) return renderNoScanYet(admin);
  if (coverage.accounts === 0) return renderNoAccounts(admin);

  const noncompliantCount = coverage.compliance.noncompliant;
  const worst = needingAttention.slice(0, MAX_WORST_ACCOUNTS);
  const title = `Root user MFA · ${pluralize(coverage.accounts, 'account')}`;
  const changes = changeText(change);

  return {
    text: [
      `${title}: ${levelText(coverage, 1)}; ${levelText(coverage, 2)}.`,
      complianceCountsText(coverage),
      ...worst.map((view) => accountLine(view)),
      `Read ${formatTimeAgo(lastScan.startedAt, now)}.`,
    ].join('\n'),
    blocks: [
      header(title),
      ...coverageBlocks(coverage, cis),
      ...(changes ? [context(joinMarkup([md`Since ${formatSlackDate(since)}: `, changes], ''))] : []),
      divider,
      ...(worst.length === 0
        ? [section(md`:tada: *Nothing falls short.* Every account meets what is asked of it.`)]
        : [
            section(noncompliantCount > 0 ? md`*Needs somebody, worst first*` : md`*Not known*`),
            ...accountRows(worst),
          ]),
      actions(
        listButton(
          { kind: 'failing' },
          noncompliantCount > 0 ? `All ${noncompliantCount} that fall short` : 'What falls short',
        ),
        listButton({ kind: 'all' }, 'All accounts'),
        listButton({ kind: 'mine' }, 'Mine'),
        button(SHOW_TREND, 'Trend'),
        ...(admin ? [button(SCAN_NOW, 'Scan now')] : []),
      ),
      actions(openAccountPicker()),
      context(
        dataFreshnessText(lastScan.startedAt, lastScan.unread, now),
        ...(wires ? [wireSummaryText(wires, now)] : []),
      ),
    ],
  };
}

/** Coverage by both levels, as bars, and how many stand how. */
export function coverageBlocks(coverage: Coverage, cis: CisVersion): Block[] {
  return [
    section(
      joinMarkup(
        [
          levelLine(coverage, 1, cisNumber('root-mfa', cis), cis),
          levelLine(coverage, 2, cisNumber('root-hardware-mfa', cis), cis),
        ],
        '\n',
      ),
    ),
    section(complianceCountsMarkup(coverage)),
  ];
}

/** `Level 1 22 of 32 (68 %)` */
export function levelText(coverage: Coverage, level: 1 | 2): string {
  const results = level === 1 ? coverage.level1 : coverage.level2;
  const applicable = results.pass + results.fail + results.unknown;
  return `Level ${level} ${results.pass} of ${applicable} (${percent(shareOf(results))})`;
}

/** How old a reading is, and how much of it is missing. */
export function dataFreshnessText(at: Date, unread: number, now: Date): Markup {
  const isStale = now.getTime() - at.getTime() > STALE_AFTER_MS;
  const missing = unread > 0 ? md` · ${pluralize(unread, 'account')} could not be read` : md``;
  const age = md`Read from AWS ${formatSlackDateTime(at)} (${formatTimeAgo(at, now)})`;
  return joinMarkup([isStale ? md`:warning: ` : md``, age, missing, md` · \`/mfa-status help\``], '');
}

/** How many stand how, in words. */
export function complianceCountsText({ compliance }: Coverage): string {
  return COMPLIANCE_WORST_FIRST.filter((state) => compliance[state] > 0)
    .map((state) => `${COMPLIANCE_TEXT[state].name}: ${compliance[state]}`)
    .join(', ');
}

/** How many stand how, each with its mark. */
export function complianceCountsMarkup({ compliance }: Coverage): Markup {
  return joinMarkup(
    COMPLIANCE_WORST_FIRST.filter((state) => compliance[state] > 0).map(
      (state) =>
        md`${{ markup: COMPLIANCE_TEXT[state].emoji }} *${compliance[state]}* ${compliance[state] === 1 ? COMPLIANCE_TEXT[state].name.toLowerCase() : COMPLIANCE_TEXT[state].many}`,
    ),
    '  ·  ',
  );
}

function levelLine(coverage: Coverage, level: 1 | 2, number: string, cis: CisVersion): Markup {
  const results = level === 1 ? coverage.level1 : coverage.level2;
  const applicable = results.pass + results.fail + results.unknown;
  const share = shareOf(results);
  const name = level === 1 ? 'Any MFA' : 'Hardware MFA';
  return md`${progressBar(share)}  *${percent(share)}*  ${name}: ${results.pass} of ${applicable}  (Level ${level}, CIS ${cis} ${number})`;
}

/** What changed, in a line; undefined when nothing did. */
export function changeText({
  regressed,
  newlyFailing,
  fixed,
  newAccounts,
  closed,
}: ComplianceChange): Markup | undefined {
  const parts = [
    regressed.length > 0 && md`*${regressed.length} lost ${regressed.length === 1 ? 'its' : 'their'} MFA*`,
    newlyFailing.length > 0 && md`${newlyFailing.length} newly falling short`,
    fixed.length > 0 && md`${fixed.length} fixed`,
    newAccounts.length > 0 && md`${pluralize(newAccounts.length, 'new account')}`,
    closed.length > 0 && md`${closed.length} closed`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? joinMarkup(parts, ' · ') : undefined;
}

function renderNoAccounts(admin: boolean): RenderedMessage {
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

function renderNoScanYet(admin: boolean): RenderedMessage {
  const sentence =
    'No scan has finished yet, so nothing is known. The first one starts by itself with the bot.';
  const blocks: Block[] = [
    header('Root user MFA'),
    section(md`:hourglass_flowing_sand: ${sentence}`),
    ...(admin ? [actions(button(SCAN_NOW, 'Scan now', { style: 'primary' }))] : []),
  ];
  return { text: sentence, blocks };
}

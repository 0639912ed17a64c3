import { CENTRAL_ROOT_ACCESS_TEXT, type CentralRootAccess } from '../../../domain/central-root-access.ts';
import type { ComplianceChange } from '../../../domain/change.ts';
import type { CisVersion } from '../../../domain/cis.ts';
import { cisNumber } from '../../../domain/cis.ts';
import { COMPLIANCE_WORST_FIRST } from '../../../domain/compliance.ts';
import { type Coverage, noRootCredentials, percent, shareOf } from '../../../domain/coverage.ts';
import type { WireSummary } from '../../../usecases/root-events/read-root-events.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
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
  truncate,
} from '../shared/blocks.ts';
import { COMPLIANCE_TEXT, formatTimeAgo, pluralize, progressBar } from '../shared/wording.ts';
import { accountLine, accountRows, listButton, openAccountPicker } from './account-list.ts';

export const SHOW_TREND = 'trend';
export const SCAN_NOW = 'scan';

export interface CompanyStatusProps {
  readonly status: CompanyStatus;
  readonly change: ComplianceChange;
  /** Start of the period that `change` covers. */
  readonly since: Date;
  readonly cis: CisVersion;
  readonly admin: boolean;
  readonly now: Date;
  /** From how many accounts root events reach the bot. */
  readonly wires?: WireSummary;
}

const MAX_WORST_ACCOUNTS = 6;
/** Data older than this is marked as old. */
const STALE_AFTER_MS = 24 * 60 * 60_000;

/** Renders the company at a glance. */
export function renderCompanyStatus({
  status,
  change,
  since,
  cis,
  admin,
  now,
  wires,
}: CompanyStatusProps): RenderedMessage {
  const { coverage, needingAttention, rootKeys, lastScan } = status;
  if (!lastScan) return renderNoScanYet(admin);
  if (coverage.accounts === 0) return renderNoAccounts(admin);

  const noncompliantCount = coverage.compliance.noncompliant;
  const worst = needingAttention.slice(0, MAX_WORST_ACCOUNTS);
  const title = `Root user MFA · ${pluralize(coverage.accounts, 'account')}`;
  const changes = changeText(change);

  return {
    text: [
      `${title}. ${levelText(coverage, 1)}; ${levelText(coverage, 2)}.`,
      `${rootCredentialsText(coverage)}.`,
      complianceCountsText(coverage),
      ...(rootKeys.length > 0 ? [rootKeyCountText(rootKeys.length)] : []),
      ...worst.map((view) => accountLine(view)),
      `Checked ${formatTimeAgo(lastScan.startedAt, now)}.`,
    ].join('\n'),
    blocks: [
      header(title),
      ...coverageBlocks(coverage, cis),
      ...centralRootAccessBlocks(lastScan.centralRootAccess, cis),
      ...rootKeyBlocks(rootKeys),
      ...scanFailureBlocks(status.scanFailure),
      ...(changes ? [context(joinMarkup([md`Since ${formatSlackDate(since)}: `, changes], ''))] : []),
      divider,
      ...(worst.length === 0
        ? [section(md`:tada: *All accounts are compliant.*`)]
        : [
            section(noncompliantCount > 0 ? md`*Needs attention*` : md`*Could not check*`),
            ...accountRows(worst),
          ]),
      actions(
        listButton(
          { kind: 'failing' },
          noncompliantCount > 0 ? `All ${noncompliantCount} non-compliant` : 'Non-compliant',
        ),
        listButton({ kind: 'all' }, 'All accounts'),
        listButton({ kind: 'mine' }, 'Mine'),
        listButton({ kind: 'credentials' }, 'Root credentials'),
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

/** Renders coverage at both levels and the accounts without root credentials as bars, and the counts by compliance. */
export function coverageBlocks(coverage: Coverage, cis: CisVersion): Block[] {
  return [
    section(
      joinMarkup(
        [
          levelLine(coverage, 1, cisNumber('root-mfa', cis), cis),
          levelLine(coverage, 2, cisNumber('root-hardware-mfa', cis), cis),
          rootCredentialsLine(coverage, cis),
        ],
        '\n',
      ),
    ),
    section(complianceCountsMarkup(coverage)),
  ];
}

/** Renders whether the organization manages root credentials centrally, where the benchmark asks for it. */
export function centralRootAccessBlocks(access: CentralRootAccess | null, cis: CisVersion): Block[] {
  const number = cisNumber('central-root-access', cis);
  if (number === undefined || access === null || access === 'not_applicable') return [];
  const mark = { enabled: ':white_check_mark:', disabled: ':red_circle:', unknown: ':large_blue_circle:' }[
    access
  ];
  const cure =
    access === 'disabled'
      ? md` An admin turns it on in the management account: \`aws iam enable-organizations-root-credentials-management\``
      : access === 'unknown'
        ? md` I need \`iam:ListOrganizationsFeatures\` in the management account.`
        : md``;
  return [
    context(
      md`${{ markup: mark }} Centralized root access: ${CENTRAL_ROOT_ACCESS_TEXT[access]} (CIS ${cis} ${number}).${cure}`,
    ),
  ];
}

/** Renders how many accounts have a root access key, with a button that lists them; nothing if none has. */
export function rootKeyBlocks(rootKeys: readonly AccountView[]): Block[] {
  if (rootKeys.length === 0) return [];
  return [
    section(
      md`:key: *${rootKeyCountText(rootKeys.length)}.* Such a key works without MFA.`,
      listButton({ kind: 'root-keys' }, 'Show accounts'),
    ),
  ];
}

function rootKeyCountText(count: number): string {
  return `${pluralize(count, 'account')} ${count === 1 ? 'has' : 'have'} a root access key or certificate`;
}

/** Returns `Level 1: 22 of 32 (68%)`. */
export function levelText(coverage: Coverage, level: 1 | 2): string {
  const results = level === 1 ? coverage.level1 : coverage.level2;
  const applicable = results.pass + results.fail + results.unknown;
  return `Level ${level}: ${results.pass} of ${applicable} (${percent(shareOf(results))})`;
}

/** Renders why the latest scan could not run; nothing where it could. */
export function scanFailureBlocks(failure: CompanyStatus['scanFailure']): Block[] {
  if (!failure) return [];
  return [
    section(
      joinMarkup(
        [
          md`:rotating_light: *The scan could not run*, `,
          formatSlackDateTime(failure.at),
          md`: ${truncate(failure.reason, 600)}`,
        ],
        '',
      ),
    ),
  ];
}

/** Returns the age of the data, and how many accounts are missing from it. */
export function dataFreshnessText(at: Date, unread: number, now: Date): Markup {
  const isStale = now.getTime() - at.getTime() > STALE_AFTER_MS;
  const missing = unread > 0 ? md` · could not check ${pluralize(unread, 'account')}` : md``;
  const age = md`Checked ${formatSlackDateTime(at)} (${formatTimeAgo(at, now)})`;
  return joinMarkup([isStale ? md`:warning: ` : md``, age, missing, md` · \`/mfa-status help\``], '');
}

/** Returns the counts by compliance as plain text. */
export function complianceCountsText({ compliance }: Coverage): string {
  return COMPLIANCE_WORST_FIRST.filter((state) => compliance[state] > 0)
    .map((state) => `${COMPLIANCE_TEXT[state].name}: ${compliance[state]}`)
    .join(', ');
}

/** Returns the counts by compliance, each with its mark. */
export function complianceCountsMarkup({ compliance }: Coverage): Markup {
  return joinMarkup(
    COMPLIANCE_WORST_FIRST.filter((state) => compliance[state] > 0).map(
      (state) =>
        md`${{ markup: COMPLIANCE_TEXT[state].emoji }} *${compliance[state]}* ${compliance[state] === 1 ? COMPLIANCE_TEXT[state].name.toLowerCase() : COMPLIANCE_TEXT[state].plural}`,
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

function rootCredentialsLine(coverage: Coverage, cis: CisVersion): Markup {
  const share = shareOf(noRootCredentials(coverage));
  const number = cisNumber('central-root-access', cis);
  return md`${progressBar(share)}  *${percent(share)}*  ${rootCredentialsText(coverage)}${number === undefined ? '' : `  (CIS ${cis} ${number})`}`;
}

/** Returns `No root credentials: 180 of 311 member accounts`. */
function rootCredentialsText(coverage: Coverage): string {
  const { pass, fail, unknown } = noRootCredentials(coverage);
  return `No root credentials: ${pass} of ${pluralize(pass + fail + unknown, 'member account')}`;
}

/** Returns what changed in one line; undefined when nothing did. */
export function changeText({
  regressed,
  newlyFailing,
  fixed,
  newAccounts,
  closed,
}: ComplianceChange): Markup | undefined {
  const parts = [
    regressed.length > 0 && md`*MFA removed: ${regressed.length}*`,
    newlyFailing.length > 0 && md`${newlyFailing.length} newly non-compliant`,
    fixed.length > 0 && md`${fixed.length} fixed`,
    newAccounts.length > 0 && md`${pluralize(newAccounts.length, 'new account')}`,
    closed.length > 0 && md`${closed.length} closed`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? joinMarkup(parts, ' · ') : undefined;
}

function renderNoAccounts(admin: boolean): RenderedMessage {
  const sentence =
    'The last scan found no accounts. Check that I can list the organization’s accounts, and what aws.exclude leaves out.';
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
  const sentence = 'The first scan has not finished yet. It starts automatically with the bot.';
  const blocks: Block[] = [
    header('Root user MFA'),
    section(md`:hourglass_flowing_sand: ${sentence}`),
    ...(admin ? [actions(button(SCAN_NOW, 'Scan now', { style: 'primary' }))] : []),
  ];
  return { text: sentence, blocks };
}

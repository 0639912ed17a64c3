import type { Button } from '@slack/types';
import type { Config } from '../../../config/config.ts';
import type { AccountId } from '../../../domain/account.ts';
import { formatCalendarDay } from '../../../domain/calendar.ts';
import { coverageOf } from '../../../domain/coverage.ts';
import type { TokenRequestNotification } from '../../../domain/notification.ts';
import { remainingRootCredential } from '../../../domain/remediation.ts';
import type { TargetProgress } from '../../../domain/target.ts';
import { UNKNOWN_REASONS, unknownReasonOf, unknownText } from '../../../domain/unknown-reason.ts';
import type { KeySummary } from '../../../usecases/keys/read-key-register.ts';
import type { OwnReminders } from '../../../usecases/reminders/read-own-reminders.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { CompanyStatus } from '../../../usecases/shared/read-accounts.ts';
import { keySummaryBlocks } from '../keys/key-list.ts';
import { howToFixButton } from '../remediation/remediation-guide.ts';
import {
  actions,
  type Block,
  button,
  context,
  formatSlackDate,
  header,
  joinMarkup,
  joinNames,
  type Markup,
  md,
  mention,
  section,
  truncate,
} from '../shared/blocks.ts';
import { lowerFirst, MFA_TEXT, requirementText } from '../shared/wording.ts';
import { CHECK_NOW } from '../status/account.ts';
import { accountName, OPEN_ACCOUNT } from '../status/account-list.ts';
import { complianceCountsMarkup } from '../status/company-status.ts';
import { ownTargetBlocks } from '../targets/targets.ts';
import { tokenSection } from '../tokens/token-button.ts';
import { TOKEN_STATE_TEXT, tokenCountText } from '../tokens/token-text.ts';
import { renderOwnRequestsSection } from './own-requests-section.ts';
import { renderReminderSection } from './reminder-section.ts';

/** What the viewer's own section shows. */
export interface OwnHomeData {
  /** Worst first. */
  readonly accounts: readonly AccountView[];
  /** The first step for the non-compliant accounts at the top. */
  readonly firstSteps: ReadonlyMap<AccountId, string>;
  /** Those that are about any of these accounts. */
  readonly targets: readonly TargetProgress[];
  /** Their open key requests. */
  readonly requests: readonly TokenRequestNotification[];
  readonly reminders: OwnReminders;
  /** The keys of their accounts; left out for admins. */
  readonly keys?: KeySummary;
}

export interface OwnHomeProps {
  readonly viewer: { readonly admin: boolean };
  readonly config: Pick<Config, 'tokens'>;
  readonly lastScan: CompanyStatus['lastScan'];
}

/** Slack takes 100 blocks in a Home, and admins have the company section, too. */
const MAX_SHOWN = { owner: { noncompliant: 12, others: 6 }, admin: { noncompliant: 5, others: 3 } } as const;
/** Compliant accounts that are listed by name. */
const MAX_NAMES = 10;
/** Up to this many compliant accounts get a line each. */
const MAX_DONE_ROWS = 3;
const MAX_NAME_LENGTH = 60;

/** The number of accounts for which the Home shows a first step. */
export const MAX_FIRST_STEPS = MAX_SHOWN.owner.noncompliant;

/** Renders the viewer's accounts, worst first, each with its next step; then key requests and reminders. */
export function renderOwnSection(own: OwnHomeData, { viewer, config, lastScan }: OwnHomeProps): Block[] {
  const { accounts, requests, reminders } = own;
  if (!lastScan) return noScanYetBlocks(viewer.admin);
  const otherBlocks = [
    ...keySummaryBlocks(own.keys),
    ...renderOwnRequestsSection(requests, viewer),
    ...renderReminderSection(reminders),
  ];
  if (accounts.length === 0) return [...noAccountsBlocks(viewer.admin), ...otherBlocks];

  const limits = viewer.admin ? MAX_SHOWN.admin : MAX_SHOWN.owner;
  const inGroup = (group: AccountGroup) => accounts.filter((view) => groupOf(view) === group);
  const failing = inGroup('failing');
  const unknown = inGroup('unknown');
  const withRemainingKey = inGroup('remaining-key');
  const exempt = inGroup('exempt-or-pending');

  return [
    header(accounts.length === 1 ? 'Your AWS account' : `Your AWS accounts · ${accounts.length}`),
    ...(failing.length > 0 && !viewer.admin ? [context(md`${ROOT_MFA_EXPLANATION}`)] : []),
    ...(accounts.length > 1 ? [section(complianceCountsMarkup(coverageOf(accounts)))] : []),
    ...ownTargetBlocks(own.targets),
    ...(failing.length + unknown.length + withRemainingKey.length === 0
      ? [section(nothingToDoText(exempt.length))]
      : []),
    ...rows(failing, limits.noncompliant, (view) =>
      failingRow(view, own.firstSteps.get(view.account.id), config, failing.length === 1),
    ),
    ...rows(unknown, limits.others, unknownRow),
    ...rows(withRemainingKey, limits.others, remainingKeyRow),
    ...rows(exempt, limits.others, exemptionRow),
    ...doneBlocks(inGroup('done')),
    ...otherBlocks,
  ];
}

/** Groups of accounts that are rendered alike. */
type AccountGroup = 'failing' | 'unknown' | 'remaining-key' | 'exempt-or-pending' | 'done';

function groupOf(view: AccountView): AccountGroup {
  const { compliance, exemption } = view;
  if (compliance === 'noncompliant') return 'failing';
  if (compliance === 'unknown') return 'unknown';
  if (compliance === 'exempt' || exemption !== null) return 'exempt-or-pending';
  return remainingKey(view) === undefined ? 'done' : 'remaining-key';
}

const ROOT_MFA_EXPLANATION =
  'Every AWS account has a root user that can do everything. MFA adds a second step to its sign-in, so that a stolen password is not enough.';

function failingRow(
  view: AccountView,
  firstStep: string | undefined,
  config: Pick<Config, 'tokens'>,
  isOnly: boolean,
): Block[] {
  const { account, exemption, exemptionLastDay, tokenRequest, fixBlocked } = view;
  const { id, name } = account;
  const token = tokenSection(view, true, config);
  const notes = [
    ...(tokenRequest
      ? [
          md`${{ markup: TOKEN_STATE_TEXT[tokenRequest.state].emoji }} ${tokenCountText(tokenRequest.kind, tokenRequest.quantity)}: ${TOKEN_STATE_TEXT[tokenRequest.state].name.toLowerCase()}`,
        ]
      : fixBlocked
        ? [
            md`:construction: A policy of the organization blocks this fix. Your admins know, and you do not need to act.`,
          ]
        : firstStep
          ? [md`:point_right: ${truncate(firstStep, 300)}`]
          : []),
    ...(exemption && exemptionLastDay
      ? [
          md`:hourglass: Exemption until ${formatCalendarDay(exemptionLastDay)} requested. Waiting for approval.`,
        ]
      : []),
  ];
  return [
    section(joinMarkup([accountName(view), detail(view), ...notes], '\n')),
    actions(
      fixButton(view, isOnly ? 'primary' : undefined),
      button(CHECK_NOW, 'Check now', { value: id, accessibilityLabel: `Check ${name} now` }),
      ...(token.button ? [token.button] : []),
    ),
  ];
}

function unknownRow(view: AccountView): Block[] {
  const { account } = view;
  const { who } = UNKNOWN_REASONS[unknownReasonOf(account)];
  const says = unknownText(account, view.policyCure);
  const note = who === 'admin' ? ' Your security team must fix this. You have nothing to do.' : '';
  const accessory =
    who === 'owner'
      ? fixButton(view)
      : button(CHECK_NOW, 'Check now', {
          value: account.id,
          accessibilityLabel: `Check ${account.name} now`,
        });
  return [section(joinMarkup([accountName(view), md`${says}${note}`], '\n'), accessory)];
}

function remainingKeyRow(view: AccountView): Block[] {
  const words = md`Root sign-in is protected, but root still has ${remainingKey(view) ?? 'a key'}, which works without MFA.`;
  return [section(joinMarkup([accountName(view), words], '\n'), fixButton(view))];
}

function exemptionRow(view: AccountView): Block[] {
  const { account, exemption, exemptionLastDay, compliance } = view;
  const until = exemptionLastDay ? formatCalendarDay(exemptionLastDay) : '';
  const words =
    exemption?.state === 'granted'
      ? compliance === 'exempt'
        ? md`Exempt until ${until}, granted by ${mention(exemption.decidedBy)}. After that it is non-compliant.`
        : md`Exempt until ${until}, but the exemption is not needed now.`
      : md`Exemption until ${until} requested. Waiting for approval.`;
  const open = button(OPEN_ACCOUNT, 'Open', {
    value: account.id,
    accessibilityLabel: `Open ${account.name}`,
  });
  return [section(joinMarkup([accountName(view), words], '\n'), open)];
}

/** Returns `Non-compliant: no MFA · requires hardware MFA · since Nov 1`. */
function detail({ account, required }: AccountView): Markup {
  const parts = [
    md`Non-compliant: ${lowerFirst(MFA_TEXT[account.verdict?.mfa ?? 'unknown'])}`,
    md`${requirementText(required)}`,
    ...(account.since ? [joinMarkup([md`since `, formatSlackDate(account.since)], '')] : []),
    ...(account.managementAccount ? [md`*management account*`] : []),
  ];
  return joinMarkup(parts, ' · ');
}

function fixButton({ account }: AccountView, style?: 'primary'): Button {
  return {
    ...howToFixButton(account.id, style),
    accessibility_label: truncate(`How to fix ${account.name}`, 75),
  };
}

/** Renders up to `max` rows, and where to find the rest. */
function rows(
  views: readonly AccountView[],
  max: number,
  row: (view: AccountView) => readonly Block[],
): Block[] {
  const more = views.length - max;
  return [
    ...views.slice(0, max).flatMap(row),
    ...(more > 0 ? [context(md`… and ${more} more: \`/mfa-status mine\``)] : []),
  ];
}

function doneBlocks(done: readonly AccountView[]): Block[] {
  if (done.length === 0) return [];
  if (done.length <= MAX_DONE_ROWS) {
    return [
      section(
        joinMarkup(
          done.map((view) =>
            joinMarkup([accountName(view), md`${MFA_TEXT[view.account.verdict?.mfa ?? 'unknown']}`], ' · '),
          ),
          '\n',
        ),
      ),
    ];
  }
  const names = done.slice(0, MAX_NAMES).map(({ account }) => md`${truncate(account.name, MAX_NAME_LENGTH)}`);
  const more = done.length - names.length;
  return [context(joinMarkup([md`Nothing to do: `, joinNames(names, more)], ''))];
}

function nothingToDoText(exemptCount: number): Markup {
  return exemptCount > 0
    ? md`:white_check_mark: *Nothing to do now.* Your non-compliant accounts are exempt for a limited time.`
    : md`:tada: *Nothing to do.* Thank you.`;
}

function noAccountsBlocks(admin: boolean): Block[] {
  return [
    header('Your AWS accounts'),
    section(
      admin
        ? md`You own no AWS accounts.`
        : md`You own no AWS accounts, so there is nothing to do here. Owners come from account tags and security contacts. If an account should be yours, tell your security team.`,
    ),
  ];
}

function noScanYetBlocks(admin: boolean): Block[] {
  // Admins see this in the company section.
  if (admin) return [];
  return [
    header('Your AWS accounts'),
    section(
      md`:hourglass_flowing_sand: The first scan has not finished yet. Please come back in a few minutes.`,
    ),
  ];
}

function remainingKey({ account: { verdict, readFailure } }: AccountView): string | undefined {
  return verdict && readFailure === null ? remainingRootCredential(verdict) : undefined;
}

import type { Config } from '../../../config/config.ts';
import { formatCalendarDay } from '../../../domain/calendar.ts';
import { COMPLIANCE_WORST_FIRST } from '../../../domain/compliance.ts';
import { countedList, truncateList } from '../../../domain/counted-list.ts';
import type { TokenRequestNotification } from '../../../domain/notification.ts';
import { OWNER_GAP_TEXT } from '../../../domain/owner-gap.ts';
import { toShownRecovery } from '../../../domain/recovery-notification.ts';
import type { TargetProgress } from '../../../domain/target.ts';
import type { Notification, Recipient } from '../../../store/outbox.ts';
import type {
  AdminTasks,
  DisownedAccount,
  OwnersOverview,
  PendingExemption,
} from '../../../usecases/home/read-admin-tasks.ts';
import type { KeySummary } from '../../../usecases/keys/read-key-register.ts';
import type { AccountWithOwnerGap } from '../../../usecases/owners/find-owner-gaps.ts';
import type { ReminderAudience } from '../../../usecases/reminders/read-own-reminders.ts';
import type { UnresponsiveOwner } from '../../../usecases/reminders/read-unresponsive-owners.ts';
import type { CompanyStatus } from '../../../usecases/shared/read-accounts.ts';
import { HAND_BACK } from '../alerts/admin-alert.ts';
import { exemptionDecisionButtons } from '../exemptions/exemption.ts';
import { keySummaryBlocks } from '../keys/key-list.ts';
import { changeOwnerButtons } from '../owners/assign-owner.ts';
import { recoveryWindowBlocks } from '../recovery-windows/recovery-window.ts';
import { removalRequestRow } from '../removal-requests/removal-request.ts';
import { missingAccountsBlocks } from '../scan/missing-accounts.ts';
import {
  actions,
  type Block,
  button,
  context,
  divider,
  header,
  joinMarkup,
  joinNames,
  type Markup,
  md,
  mention,
  section,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';
import { listButton, OPEN_ACCOUNT, SHOW_LIST } from '../status/account-list.ts';
import { serializeListQuery } from '../status/account-list-query.ts';
import {
  centralRootAccessBlocks,
  coverageBlocks,
  dataFreshnessText,
  rootKeyBlocks,
  SCAN_NOW,
  SHOW_TREND,
  scanFailureBlocks,
} from '../status/company-status.ts';
import { targetBlocks } from '../targets/targets.ts';
import { CANCEL_TOKEN, requestButtons, SHOW_REQUESTS, showRequestButton } from '../tokens/token-request.ts';
import { tokenCountText } from '../tokens/token-text.ts';
import { renderKeyRequestBoard, requestAgeText } from './key-request-board.ts';
import { requestAccountNames } from './own-requests-section.ts';

export const SHOW_REMINDERS = 'show-reminders';

/** What the company section shows. */
export interface CompanyHomeData {
  readonly status: CompanyStatus;
  readonly adminTasks: AdminTasks;
  readonly targets: readonly TargetProgress[];
  /** `null`: owners are still being looked up. */
  readonly owners: OwnersOverview | null;
  readonly keys?: KeySummary;
}

export interface CompanyHomeProps {
  readonly viewer: { readonly id: string; readonly admin: boolean };
  readonly config: Pick<Config, 'policy'>;
  readonly now: Date;
}

const MAX_DECISIONS = 4;
const MAX_DISOWNED = 3;
const MAX_RECOVERY_WINDOWS = 3;
const MAX_REMOVALS = 3;
const MAX_OWNER_GAPS = 4;
const MAX_UNREAD_REASONS = 5;
const MAX_UNDELIVERED = 3;
const MAX_UNLISTED = 5;
const MAX_UNRESPONSIVE = 3;
const MAX_NAMES = 3;
const MAX_NAME_LENGTH = 60;
const MAX_REASON_LENGTH = 300;

/** Renders the company at a glance, and what needs an admin's decision. */
export function renderCompanySection(
  { status, adminTasks, targets, owners, keys }: CompanyHomeData,
  { viewer, config, now }: CompanyHomeProps,
): Block[] {
  const { coverage, rootKeys, lastScan } = status;
  if (!lastScan) {
    return [
      header('The company'),
      section(
        md`:hourglass_flowing_sand: The first scan has not finished yet. It starts automatically with the bot.`,
      ),
      actions(button(SCAN_NOW, 'Scan now', { style: 'primary' })),
    ];
  }
  return [
    header(`The company · ${pluralize(coverage.accounts, 'account')}`),
    ...(coverage.accounts > 0
      ? coverageBlocks(coverage, config.policy.cis)
      : [section(md`:warning: The last scan found no accounts.`)]),
    ...centralRootAccessBlocks(lastScan.centralRootAccess, config.policy.cis),
    ...rootKeyBlocks(rootKeys),
    ...targetBlocks(targets),
    actions(
      listButton({ kind: 'failing' }, 'Non-compliant'),
      listButton({ kind: 'all' }, 'All accounts'),
      listButton({ kind: 'credentials' }, 'Root credentials'),
      button(SHOW_TREND, 'Trend'),
      button(SCAN_NOW, 'Scan now'),
    ),
    ...scanFailureBlocks(status.scanFailure),
    context(dataFreshnessText(lastScan.startedAt, lastScan.unread, now)),
    ...(adminTasks.unlisted.length > 0
      ? missingAccountsBlocks(truncateList(countedList(adminTasks.unlisted), MAX_UNLISTED))
      : []),
    ...unreadBlocks(adminTasks.unread),
    divider,
    ...pendingDecisionBlocks(adminTasks, { viewer, now }),
    ...renderKeyRequestBoard(adminTasks.requests, now),
    ...unresponsiveBlocks(adminTasks.unresponsive),
    ...recoveryRows(
      adminTasks.recoveryWindows.filter(({ window }) => window.state === 'granted'),
      viewer,
    ),
    ...(owners
      ? [...ownerGapBlocks(owners.ownerGaps.gaps), ...reminderSummaryBlocks(owners.reminderAudience)]
      : [context(md`:hourglass_flowing_sand: Owners are being looked up…`)]),
    ...keySummaryBlocks(keys),
    ...undeliveredBlocks(adminTasks.undelivered),
  ];
}

function unreadBlocks(groups: AdminTasks['unread']): Block[] {
  if (groups.length === 0) return [];
  const count = groups.reduce((sum, { accounts }) => sum + accounts, 0);
  const all = serializeListQuery({ filter: { kind: 'all' }, compliance: 'unknown', page: 0 });
  const lines = groups
    .slice(0, MAX_UNREAD_REASONS)
    .map(({ explanation, accounts }) => md`•  ${accounts} × ${explanation}`);
  return [
    section(
      joinMarkup([md`*Could not check ${pluralize(count, 'account')}*`, ...lines], '\n'),
      button(`${SHOW_LIST}:unknown`, 'Show accounts', { value: all }),
    ),
  ];
}

function pendingDecisionBlocks(
  { requests, exemptions, disowned, recoveryWindows, removals: openRemovals }: AdminTasks,
  { viewer, now }: Pick<CompanyHomeProps, 'viewer' | 'now'>,
): Block[] {
  const undecided = requests.filter(({ state }) => state === 'requested');
  const removals = openRemovals.filter(
    ({ request: { assignedTo } }) => assignedTo === null || assignedTo === viewer.id,
  );
  const recoveryRequests = recoveryWindows.filter(({ window }) => window.state === 'asked');
  const count =
    undecided.length + exemptions.length + disowned.length + recoveryRequests.length + removals.length;
  if (count === 0) {
    return [header('Needs your decision'), section(md`:white_check_mark: No pending decisions.`)];
  }
  return [
    header(`Needs your decision · ${count}`),
    ...undecided.slice(0, MAX_DECISIONS).flatMap((request) => requestRow(request, { viewer, now })),
    ...(undecided.length > MAX_DECISIONS
      ? [
          section(
            md`… and ${pluralize(undecided.length - MAX_DECISIONS, 'more key request')}`,
            button(SHOW_REQUESTS, 'All open requests'),
          ),
        ]
      : []),
    ...exemptions.slice(0, MAX_DECISIONS).flatMap((request) => exemptionRow(request, viewer)),
    ...moreNote(exemptions.length - MAX_DECISIONS, 'more exemption'),
    ...recoveryRows(recoveryRequests, viewer),
    ...removals
      .slice(0, MAX_REMOVALS)
      .flatMap(({ request, accountName }) => removalRequestRow(request, accountName)),
    ...moreNote(removals.length - MAX_REMOVALS, 'more removal request'),
    ...disowned.slice(0, MAX_DISOWNED).flatMap(disownedRow),
    ...moreNote(disowned.length - MAX_DISOWNED, 'more account', ' returned by an owner'),
  ];
}

function requestRow(
  request: TokenRequestNotification,
  { viewer, now }: Pick<CompanyHomeProps, 'viewer' | 'now'>,
): Block[] {
  const { tokenKind, quantity, requestedBy, accounts, office, requestId } = request;
  const own = requestedBy === viewer.id;
  const what = joinMarkup(
    [
      md`:key: `,
      mention(requestedBy),
      md` requests *${tokenCountText(tokenKind, quantity)}* for `,
      requestAccountNames(accounts),
      office === null ? md`` : md`, delivered to ${truncate(office, 75)}`,
    ],
    '',
  );
  const note = own ? [md`Another admin must decide, because this is your own request.`] : [];
  const buttons = requestButtons(request, viewer).filter(({ action_id }) => action_id !== CANCEL_TOKEN);
  return [
    section(joinMarkup([what, requestAgeText(request, now), ...note], '\n')),
    actions(...buttons, showRequestButton(requestId)),
  ];
}

function exemptionRow(
  { view, exemption, lastDay }: PendingExemption,
  viewer: CompanyHomeProps['viewer'],
): Block[] {
  const own = exemption.askedBy === viewer.id;
  return [
    section(
      joinMarkup(
        [
          joinMarkup(
            [
              md`:large_yellow_circle: `,
              mention(exemption.askedBy),
              md` requests an exemption for ${accountNameMarkup(view)}, until ${formatCalendarDay(lastDay)}`,
            ],
            '',
          ),
          md`> ${truncate(exemption.reason, MAX_REASON_LENGTH)}`,
          ...(own ? [md`Another admin must decide, because this is your own request.`] : []),
        ],
        '\n',
      ),
    ),
    actions(...(own ? [] : exemptionDecisionButtons(exemption.id)), openAccountButton(view)),
  ];
}

function recoveryRows(windows: AdminTasks['recoveryWindows'], viewer: CompanyHomeProps['viewer']): Block[] {
  return [
    ...windows
      .slice(0, MAX_RECOVERY_WINDOWS)
      .flatMap(({ view, window }) =>
        recoveryWindowBlocks(toShownRecovery(window, view.account.name), viewer, { named: true }),
      ),
    ...moreNote(windows.length - MAX_RECOVERY_WINDOWS, 'more recovery window'),
  ];
}

function disownedRow({ view, by, reason }: DisownedAccount): Block[] {
  return [
    section(
      joinMarkup(
        [
          joinMarkup(
            [md`:raising_hand: `, mention(by), md` says ${accountNameMarkup(view)} is not theirs`],
            '',
          ),
          md`> ${truncate(reason, MAX_REASON_LENGTH)}`,
        ],
        '\n',
      ),
    ),
    actions(button(HAND_BACK, 'It’s theirs', { value: view.account.id }), openAccountButton(view)),
  ];
}

function unresponsiveBlocks(owners: readonly UnresponsiveOwner[]): Block[] {
  if (owners.length === 0) return [];
  return [
    section(md`*No answer for eight weeks or more: ${pluralize(owners.length, 'owner')}*`),
    ...owners.slice(0, MAX_UNRESPONSIVE).map(({ owner, accounts, sent, days }) => {
      const more = accounts.length - MAX_NAMES;
      const names = accounts.slice(0, MAX_NAMES).map((name) => md`*${truncate(name, MAX_NAME_LENGTH)}*`);
      return section(
        joinMarkup(
          [
            joinMarkup(
              [
                mention(owner),
                md`: ${pluralize(sent, 'reminder')}, no answer for ${pluralize(Math.floor(days / 7), 'week')}`,
              ],
              '',
            ),
            joinNames(names, more),
          ],
          '\n',
        ),
        listButton({ kind: 'owner', owner }, 'Show accounts'),
      );
    }),
    ...moreNote(owners.length - MAX_UNRESPONSIVE, 'more owner'),
  ];
}

function ownerGapBlocks(gaps: readonly AccountWithOwnerGap[]): Block[] {
  if (gaps.length === 0) return [];
  return [
    section(md`*No reachable owner: ${pluralize(gaps.length, 'account')}*`),
    ...worstFirst(gaps)
      .slice(0, MAX_OWNER_GAPS)
      .flatMap(({ view, gap, suggestion }) => {
        const suggestionMarkup = suggestion
          ? joinMarkup([md` `, mention(suggestion.person.id), md` might know more.`], '')
          : md``;
        return [
          section(joinMarkup([accountNameMarkup(view), md`\n${OWNER_GAP_TEXT[gap]}`, suggestionMarkup], '')),
          actions(
            ...changeOwnerButtons(view.account.id, { admin: true, owner: false }),
            openAccountButton(view),
          ),
        ];
      }),
    ...moreNote(gaps.length - MAX_OWNER_GAPS, 'more account', ' without a reachable owner'),
  ];
}

/** Sorts by compliance: accounts that someone must fix come first. */
function worstFirst(gaps: readonly AccountWithOwnerGap[]): readonly AccountWithOwnerGap[] {
  const rank = ({ view }: AccountWithOwnerGap) => COMPLIANCE_WORST_FIRST.indexOf(view.compliance);
  return [...gaps].sort((a, b) => rank(a) - rank(b));
}

const MODE_TEXT = {
  off: 'Reminders are off.',
  preview: 'Reminders are in preview: I send none.',
  pilot: 'Reminders are in a pilot: only a few people get them.',
  on: 'Reminders are on.',
} as const satisfies Record<ReminderAudience['mode'], string>;

function reminderSummaryBlocks({ mode, people, accounts }: ReminderAudience): Block[] {
  const summary =
    mode === 'off'
      ? ''
      : accounts === 0
        ? ' None are due.'
        : ` ${pluralize(people, 'person', 'people')} ${mode === 'on' ? 'will' : 'would'} get one, about ${pluralize(accounts, 'account')}, unless they are fixed first.`;
  const words = md`:bell: ${MODE_TEXT[mode]}${summary}`;
  return [section(words, mode === 'off' ? undefined : button(SHOW_REMINDERS, 'Show reminders'))];
}

function undeliveredBlocks(notifications: readonly Notification[]): Block[] {
  if (notifications.length === 0) return [];
  const lines = notifications
    .slice(0, MAX_UNDELIVERED)
    .map(({ kind, to, lastError }) =>
      joinMarkup(
        [md`•  ${kind} to `, recipientMarkup(to), md`: ${truncate(lastError ?? 'no reason given', 120)}`],
        '',
      ),
    );
  const more = notifications.length - lines.length;
  return [
    section(
      joinMarkup(
        [
          md`:no_entry: *${pluralize(notifications.length, 'undelivered message')}*`,
          ...lines,
          ...(more > 0 ? [md`… and ${more} more`] : []),
        ],
        '\n',
      ),
    ),
  ];
}

function recipientMarkup({ kind, id }: Recipient): Markup {
  switch (kind) {
    case 'person':
      return mention(id);
    case 'channel':
      return { markup: `<#${id.replace(/\W/g, '')}>` };
    case 'webhook':
      return md`the receiver ${id}`;
  }
}

function moreNote(more: number, singular: string, suffix = ''): Block[] {
  return more > 0 ? [context(md`… and ${pluralize(more, singular)}${suffix}`)] : [];
}

function accountNameMarkup({
  account,
}: {
  readonly account: { readonly id: string; readonly name: string };
}): Markup {
  return md`*${truncate(account.name, MAX_NAME_LENGTH)}*  ${account.id}`;
}

function openAccountButton({
  account,
}: {
  readonly account: { readonly id: string; readonly name: string };
}) {
  return button(OPEN_ACCOUNT, 'Open', { value: account.id, accessibilityLabel: `Open ${account.name}` });
}

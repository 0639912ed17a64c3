import type { CisVersion } from '../../../domain/cis.ts';
import { cisNumber } from '../../../domain/cis.ts';
import { remainingRootCredential } from '../../../domain/remediation.ts';
import type { ReminderProgress } from '../../../domain/reminder-progress.ts';
import { unknownText } from '../../../domain/unknown-reason.ts';
import type { RootCredentials } from '../../../domain/verdict.ts';
import type { VerdictPeriod } from '../../../store/verdicts.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Viewer } from '../../visibility.ts';
import { exemptionBlocks, requestExemptionButtons } from '../exemptions/exemption.ts';
import { changeOwnerButtons, ownerAssignmentBlocks } from '../owners/assign-owner.ts';
import { recoveryBlocks, requestRecoveryButtons } from '../recovery-windows/recovery-window.ts';
import { howToFixButton } from '../remediation/remediation-guide.ts';
import { reminderProgressMarkup } from '../reminders/reminder-progress.ts';
import { statusMark } from '../shared/account-status.ts';
import {
  actions,
  type Block,
  button,
  context,
  divider,
  fields,
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
import {
  COMPLIANCE_TEXT,
  FLAG_TEXT,
  formatTimeAgo,
  LEVEL_TEXT,
  lowerFirst,
  MFA_TEXT,
  RESULT_TEXT,
} from '../shared/wording.ts';
import { nextTargetText } from '../targets/targets.ts';
import type { TokenSection } from '../tokens/token-button.ts';
import { accountLine, OPEN_ACCOUNT, ownerNameMarkup } from './account-list.ts';
import { guardrailBlocks } from './guardrails.ts';

export const CHECK_NOW = 'check-now';

export interface AccountProps {
  readonly view: AccountView;
  /** The current verdict last. */
  readonly history: readonly VerdictPeriod[];
  readonly cis: CisVersion;
  readonly now: Date;
  readonly viewer: Viewer;
  /** The open key request, or the button that starts one. */
  readonly token?: TokenSection;
  /** What root did and whether it would be heard; for those who answer for the account. */
  readonly rootEvents?: readonly Block[];
  /** How far its reminders have come; only where there are any. */
  readonly reminders?: ReminderProgress | undefined;
  /** How many keys are registered and what is weak about them; for the same people. */
  readonly keys?: readonly Block[];
  /** The outcome of the check just made, shown on top. */
  readonly notice?: Markup;
}

const MAX_CHANGES = 4;

/** Renders one account: its state and the reason, since when, its owner, and what can be done. */
export function renderAccount({
  view,
  history,
  cis,
  now,
  viewer,
  token = {},
  rootEvents = [],
  reminders,
  keys = [],
  notice,
}: AccountProps): RenderedMessage {
  const { account, compliance } = view;
  const { verdict } = account;
  const flags = (verdict?.flags ?? []).flatMap((flag) => FLAG_TEXT[flag] ?? []);

  return {
    text: [...(notice ? [notice.markup] : []), accountLine(view), md`${reasonText(view)}`.markup].join('\n'),
    blocks: [
      header(account.name),
      ...(notice ? [section(notice)] : []),
      section(
        joinMarkup(
          [
            md`${statusMark(view)} *${COMPLIANCE_TEXT[compliance].name}*${verdict ? ` · ${MFA_TEXT[verdict.mfa]}` : ''}${view.mfaRemoved ? md` · *MFA removed*` : ''}`,
            md`${reasonText(view)}`,
          ],
          '\n',
        ),
      ),
      ...(account.readFailure ? [unreadNote(view)] : []),
      fields(
        md`*Required*\n${requiredText(view)}`,
        md`*Results*\nLevel 1: ${RESULT_TEXT[view.level1]} (CIS ${cisNumber('root-mfa', cis)})\nLevel 2: ${RESULT_TEXT[view.level2]} (CIS ${cisNumber('root-hardware-mfa', cis)})\nNo root credentials: ${NO_CREDENTIALS_TEXT[view.rootCredentials]}${centralRootAccessText(cis)}`,
        md`*Owner*\n${ownerText(view)}`,
        md`*Account*\n${account.id}${account.managementAccount ? ' · management account' : ''}\n${account.orgUnit ?? 'org unit unknown'}`,
        md`*Since*\n${account.since ? joinMarkup([formatSlackDate(account.since), md` (${formatTimeAgo(account.since, now)})`], '') : '–'}`,
        md`*Checked*\n${account.checkedAt ? joinMarkup([formatSlackDateTime(account.checkedAt), md` (${formatTimeAgo(account.checkedAt, now)})`], '') : 'never'}`,
      ),
      ...(flags.length > 0
        ? [
            section(
              joinMarkup(
                flags.map((flag) => md`:small_orange_diamond: ${flag}`),
                '\n',
              ),
            ),
          ]
        : []),
      ...guardrailBlocks(view, now),
      ...(reminders
        ? [context(joinMarkup([md`:bell: Reminders: `, reminderProgressMarkup(reminders)], ''))]
        : []),
      ...ownerAssignmentBlocks(view),
      ...(view.nextTarget ? [section(nextTargetText(view.nextTarget))] : []),
      ...exemptionBlocks(view, viewer),
      ...recoveryBlocks(view, viewer),
      ...(token.note ? [section(token.note)] : []),
      actions(
        ...(needsAction(view)
          ? [howToFixButton(account.id, compliance === 'noncompliant' ? 'primary' : undefined)]
          : []),
        button(CHECK_NOW, 'Check now', { value: account.id }),
        ...(token.button ? [token.button] : []),
        ...requestExemptionButtons(view, viewer),
        ...requestRecoveryButtons(view, viewer),
        ...changeOwnerButtons(account.id, viewer),
      ),
      ...rootEvents,
      ...keys,
      ...historyBlocks(history),
    ],
  };
}

/** Renders the accounts that match what was typed. */
export function renderAccountChoice(
  typed: string,
  views: readonly AccountView[],
  total: number,
): RenderedMessage {
  const sentence = `${total} accounts match “${truncate(typed, 80)}”.`;
  return {
    text: [md`${sentence}`.markup, ...views.map(accountLine)].join('\n'),
    blocks: [
      section(md`${sentence} Which one?`),
      ...choiceRows(views),
      ...(total > views.length
        ? [context(md`Showing the first ${views.length}. Type more of the name, or the account ID.`)]
        : []),
    ],
  };
}

/** Renders the nearest matches when no account has that name. */
export function renderAccountNotFound(
  typed: string,
  nearest: readonly AccountView[],
  subcommand: string | null,
): RenderedMessage {
  const sentence = /^\d{12}$/.test(typed.trim())
    ? `No account has this ID: ${typed.trim()}.`
    : `No account is named “${truncate(typed, 80)}”.`;
  const hint = subcommand ? md`Did you mean \`/mfa-status ${subcommand}\`?` : md`Try \`/mfa-status help\`.`;
  return {
    text: md`${sentence}`.markup,
    blocks: [
      section(joinMarkup([md`${sentence}`, hint], ' ')),
      ...(nearest.length > 0 ? [section(md`Similar names:`), ...choiceRows(nearest)] : []),
    ],
  };
}

/** Returns an account as an option of a picker. */
export function toAccountChoice({ account, compliance }: AccountView) {
  return {
    value: account.id,
    text: truncate(account.name, 75),
    description: `${account.id} · ${COMPLIANCE_TEXT[compliance].name}`,
  };
}

function choiceRows(views: readonly AccountView[]): Block[] {
  return views.map((view) =>
    section(
      md`${statusMark(view)} *${truncate(view.account.name, 60)}*  ${view.account.id}`,
      button(OPEN_ACCOUNT, 'Open', {
        value: view.account.id,
        accessibilityLabel: `Open ${view.account.name}`,
      }),
    ),
  );
}

/** Returns why the account is in its state: for an unknown one the same as in every list. */
function reasonText(view: AccountView): string {
  const { verdict } = view.account;
  if (view.compliance === 'unknown' || !verdict) return unknownText(view.account, view.policyCure);
  return isForbidden(view)
    ? `Policy allows no root credentials in this account. ${verdict.rootCredentialsWhy}`
    : verdict.why;
}

function isForbidden({ required, rootCredentials }: AccountView): boolean {
  return required.rootCredentials === 'forbidden' && rootCredentials === 'present';
}

function requiredText({ required: { level, proof, rootCredentials } }: AccountView): string {
  if (rootCredentials === 'forbidden') return 'No root credentials';
  return `${LEVEL_TEXT[level]}${proof === 'strict' ? ', with proof' : ''}`;
}

const NO_CREDENTIALS_TEXT = {
  absent: 'pass',
  present: 'fail',
  unknown: 'unknown',
  not_applicable: 'n/a',
} as const satisfies Record<RootCredentials, string>;

function centralRootAccessText(cis: CisVersion): string {
  const number = cisNumber('central-root-access', cis);
  return number === undefined ? '' : ` (CIS ${number})`;
}

/** Whether the reader has something to fix or to find out. */
function needsAction({ account, compliance }: AccountView): boolean {
  const hasRootKey = account.verdict !== null && remainingRootCredential(account.verdict) !== undefined;
  return hasRootKey || (compliance !== 'compliant' && compliance !== 'not_applicable');
}

function unreadNote({ account }: AccountView): Block {
  const { readFailure, verdict } = account;
  const [error] = readFailure?.errors ?? [];
  const reason = error ? `${error.call} returned ${error.code}` : 'AWS returned no data';
  const since = readFailure ? joinMarkup([md` since `, formatSlackDate(readFailure.since)], '') : md``;
  return context(
    md`:warning: Could not check${since}: ${reason}.${verdict ? ' This is the last known state, which may be out of date.' : ''}`,
  );
}

function ownerText({ owner }: AccountView): Markup {
  if (!owner) return md`none`;
  const sourceText = {
    assigned: 'changed in Slack',
    config: 'from the configuration',
    tag: 'from a tag',
    'security-contact': 'security contact',
    fallback: 'fallback owner',
  };
  return joinMarkup([ownerNameMarkup(owner), md` (${sourceText[owner.source]})`], '');
}

function historyBlocks(history: readonly VerdictPeriod[]): Block[] {
  if (history.length < 2) return [];
  const past = history.slice(-MAX_CHANGES - 1).toReversed();
  return [
    divider,
    context(
      joinMarkup(
        past.map(({ verdict, since }) =>
          joinMarkup([formatSlackDate(since), md`: ${lowerFirst(MFA_TEXT[verdict.mfa])}`], ''),
        ),
        '  ←  ',
      ),
    ),
  ];
}

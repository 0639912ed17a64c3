import type { AlertNotification, AlertSummaryNotification } from '../../../domain/notification.ts';
import { mfaRemovalButtons, mfaRemovalLines } from '../mfa-removals/mfa-removal.ts';
import { HOW_TO_FIX } from '../remediation/remediation-guide.ts';
import { playbook } from '../root-events/root-alert.ts';
import {
  actions,
  button,
  context,
  formatSlackDateTime,
  joinMarkup,
  type Markup,
  md,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { lowerFirst, MFA_TEXT, pluralize } from '../shared/wording.ts';
import { listButton, OPEN_ACCOUNT } from '../status/account-list.ts';

/** Renders what could not wait for the digest, and its resolution once fixed. */
export function renderAlert(notification: AlertNotification): RenderedMessage {
  const { alarm, account, others, fixedAt, removal, since } = notification;
  const words = joinMarkup(
    [
      headline(notification),
      ...(fixedAt ? [resolvedText(fixedAt)] : [details(notification)]),
      ...(removal ? mfaRemovalLines(removal) : []),
    ],
    '\n',
  );
  const more =
    others === undefined
      ? undefined
      : md`The same scan found this on ${pluralize(others, 'more account')}. They may share a cause: \`/mfa-status failing\``;
  return {
    text: joinMarkup([words, ...(more ? [more] : [])], '\n').markup,
    blocks: [
      section(words),
      ...(alarm === 'removal-denied' && !fixedAt && removal?.state === 'denied' ? playbook([since]) : []),
      actions(
        ...(removal && !fixedAt ? mfaRemovalButtons(removal) : []),
        button(OPEN_ACCOUNT, 'Open', { value: account.id, accessibilityLabel: `Open ${account.name}` }),
        ...(fixedAt
          ? []
          : [
              button(HOW_TO_FIX, 'How to fix', {
                value: account.id,
                accessibilityLabel: `How to fix ${account.name}`,
              }),
            ]),
      ),
      ...(more ? [context(more)] : []),
    ],
  };
}

const MAX_SUMMARIZED = 15;

/** Renders the alerts of one scan that have no message of their own. */
export function renderAlertSummary({ accounts, since }: AlertSummaryNotification): RenderedMessage {
  const shown = accounts.items.slice(0, MAX_SUMMARIZED);
  const more = accounts.count - shown.length;
  const title = joinMarkup(
    [
      md`:rotating_light: *${pluralize(accounts.count, 'more alert')} of the same scan*, `,
      formatSlackDateTime(new Date(since)),
      md`. They may share a cause.`,
    ],
    '',
  );
  const lines = shown.map(({ alarm, id, name }) =>
    joinMarkup([md`•  `, { markup: ALARM_TEXT[alarm] }, md` *${truncate(name, 60)}* (${id})`], ''),
  );
  const words = joinMarkup([title, ...lines, ...(more > 0 ? [md`… and ${more} more`] : [])], '\n');
  return {
    text: words.markup,
    blocks: [section(words), actions(listButton({ kind: 'failing' }, 'Non-compliant'))],
  };
}

function headline({ alarm, account, fixedAt }: AlertNotification): Markup {
  const name = joinMarkup(
    [
      ...(account.managementAccount ? [md`the management account `] : []),
      md`*${truncate(account.name, 60)}* (${account.id})`,
    ],
    '',
  );
  const mark = fixedAt ? md`:white_check_mark: ` : md`:rotating_light: `;
  return joinMarkup([mark, { markup: ALARM_TEXT[alarm] }, md` `, name, md`.`], '');
}

const ALARM_TEXT = {
  regression: 'Root MFA was removed from',
  'management-account': 'Root MFA does not meet policy on',
  'removal-denied': 'The owner denies removing root MFA from',
  'credentials-added': 'Policy allows no root credentials, but root got a new one on',
  'recovery-window-ended': 'The recovery window ended, but root still has credentials on',
  'credentials-returned': 'Policy allows no root credentials, but root has some again on',
} as const satisfies Record<AlertNotification['alarm'], string>;

function details({ was, mfa, why, since, owner, toOwner, removal }: AlertNotification): Markup {
  const before =
    was === null ? md`` : md`Before: ${lowerFirst(MFA_TEXT[was])}. Now: ${lowerFirst(MFA_TEXT[mfa])}. `;
  const ownerNote = toOwner
    ? md`You are its owner: if this was not you, tell your security team now.`
    : owner === null
      ? md`The account has no owner.`
      : removal
        ? md`I’m also asking its owner.`
        : md`I’m also notifying its owner.`;
  return joinMarkup(
    [
      joinMarkup([before, md`${truncate(why, 300)}`], ''),
      joinMarkup(
        [
          md`Detected `,
          formatSlackDateTime(new Date(since)),
          md`. If this was not planned, investigate now. `,
          ownerNote,
        ],
        '',
      ),
    ],
    '\n',
  );
}

function resolvedText(fixedAt: string): Markup {
  return joinMarkup([md`Fixed: confirmed `, formatSlackDateTime(new Date(fixedAt)), md`.`], '');
}

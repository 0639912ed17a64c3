import { formatCalendarDay } from '../../../domain/calendar.ts';
import type { AdminAlertNotification } from '../../../domain/notification.ts';
import { CHANGE_OWNER } from '../owners/assign-owner.ts';
import { missingAccountsBlocks, missingAccountsMarkup } from '../scan/missing-accounts.ts';
import {
  actions,
  button,
  context,
  formatSlackDateTime,
  joinMarkup,
  type Markup,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { markupMessage } from '../shared/message.ts';
import { pluralize } from '../shared/wording.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';

export const HAND_BACK = 'hand-back';

type DisownedAccountAlert = Extract<AdminAlertNotification, { finding: 'account-disowned' }>;

/** Renders a problem that an admin must fix. */
export function renderAdminAlert(alert: AdminAlertNotification): RenderedMessage {
  switch (alert.finding) {
    case 'account-disowned':
      return renderDisownedAccountAlert(alert);
    case 'scan-failed':
      return renderScanFailureAlert(alert);
    case 'root-events-not-received':
      return renderRootEventFailureAlert(alert);
    case 'accounts-missing':
      return renderMissingAccountsAlert(alert);
    case 'fix-blocked':
      return renderBlockedFixAlert(alert);
    case 'control-lost':
      return renderLostControlAlert(alert);
    case 'digest-channel-shared':
      return markupMessage(
        md`:no_entry_sign: I did not post the digest in ${{ markup: `<#${alert.channel.replace(/\W/g, '')}>` }}: that channel is shared with another company, or an invitation is pending. Set \`slack.channel\` to an internal channel.`,
      );
  }
}

function renderScanFailureAlert({
  reason,
  at,
  dataFrom,
  resolvedAt,
}: Extract<AdminAlertNotification, { finding: 'scan-failed' }>): RenderedMessage {
  if (resolvedAt) {
    return markupMessage(
      joinMarkup(
        [
          md`:white_check_mark: Scans have worked again since `,
          formatSlackDateTime(new Date(resolvedAt)),
          md`. The scan of `,
          formatSlackDateTime(new Date(at)),
          md` could not run.`,
        ],
        '',
      ),
    );
  }
  const data = dataFrom
    ? joinMarkup([md`All data is from `, formatSlackDateTime(new Date(dataFrom)), md`.`], '')
    : md`There is no data yet.`;
  return markupMessage(
    joinMarkup([md`:rotating_light: *The scan could not run.* ${truncate(reason, 800)}`, data], '\n'),
  );
}

function renderRootEventFailureAlert({
  reason,
  since,
  resolvedAt,
}: Extract<AdminAlertNotification, { finding: 'root-events-not-received' }>): RenderedMessage {
  const from = formatSlackDateTime(new Date(since));
  if (resolvedAt) {
    const until = formatSlackDateTime(new Date(resolvedAt));
    return markupMessage(
      joinMarkup(
        [
          md`:white_check_mark: Root events arrive again since `,
          until,
          md`. Before that, none had arrived since `,
          from,
          md`.`,
        ],
        '',
      ),
    );
  }
  return markupMessage(
    joinMarkup(
      [
        joinMarkup(
          [md`:rotating_light: *No root events arrive since* `, from, md`. ${truncate(reason, 800)}`],
          '',
        ),
        md`Until this is fixed I do not notice when root is used, and only scans find what changed. Events that wait in the queue are not lost: it keeps them for 14 days. \`npm run doctor\` checks the queue.`,
      ],
      '\n',
    ),
  );
}

function renderMissingAccountsAlert(
  alert: Extract<AdminAlertNotification, { finding: 'accounts-missing' }>,
): RenderedMessage {
  const { accounts, open, settled } = alert;
  const words = missingAccountsMarkup(accounts, open);
  if (!settled) return { text: words.markup, blocks: missingAccountsBlocks(accounts, open) };
  const outcome =
    settled.outcome === 'closed'
      ? joinMarkup([md`:white_check_mark: Closed`, ...(settled.by ? [md`by`, mention(settled.by)] : [])], ' ')
      : md`:white_check_mark: All of them are listed again.`;
  return markupMessage(joinMarkup([words, outcome], '\n'));
}

function renderBlockedFixAlert({
  cure,
  accounts,
}: Extract<AdminAlertNotification, { finding: 'fix-blocked' }>): RenderedMessage {
  const names = accounts.items.map(({ id, name }) => md`• *${truncate(name, 60)}* (${id})`);
  const more = accounts.count - accounts.items.length;
  return markupMessage(
    joinMarkup(
      [
        md`:construction: *A policy keeps ${pluralize(accounts.count, 'account')} from being fixed.* ${truncate(cure, 600)}`,
        md`I’m not reminding the owners of:`,
        ...names,
        ...(more > 0 ? [md`… and ${more} more`] : []),
      ],
      '\n',
    ),
  );
}

function renderLostControlAlert({
  account,
  control,
  exemptUntil,
}: Extract<AdminAlertNotification, { finding: 'control-lost' }>): RenderedMessage {
  const words = joinMarkup(
    [
      md`:warning: *${truncate(account.name, 60)}* (${account.id}) is exempt until ${formatCalendarDay(exemptUntil)}, but its compensating control is gone.`,
      md`${truncate(control, 300)} no longer denies root. Restore the policy, or end the exemption.`,
    ],
    '\n',
  );
  const open = button(OPEN_ACCOUNT, 'Open', {
    value: account.id,
    accessibilityLabel: `Open ${account.name}`,
  });
  return { text: words.markup, blocks: [section(words), actions(open)] };
}

function renderDisownedAccountAlert(alert: DisownedAccountAlert): RenderedMessage {
  const { account, by, reason, suggestion, handedBack } = alert;
  const words = joinMarkup(
    [
      joinMarkup(
        [
          md`:raising_hand: `,
          mention(by),
          md` says *${truncate(account.name, 60)}* (${account.id}) is not theirs:`,
        ],
        '',
      ),
      md`> ${truncate(reason, 500)}`,
      handedBack ? handedBackText(by, handedBack) : suggestionMarkup(suggestion ?? null),
    ],
    '\n',
  );
  const open = button(OPEN_ACCOUNT, 'Open', {
    value: account.id,
    accessibilityLabel: `Open ${account.name}`,
  });
  return {
    text: words.markup,
    blocks: [
      section(words),
      actions(
        open,
        ...(handedBack
          ? []
          : [
              button(CHANGE_OWNER, 'Change owner…', { value: account.id }),
              button(HAND_BACK, 'It’s theirs', { value: account.id }),
            ]),
      ),
      ...(handedBack
        ? []
        : [
            context(
              md`I send no reminders for this account until it has another owner. *Change owner* asks the person you pick.`,
            ),
          ]),
    ],
  };
}

function suggestionMarkup(suggestion: NonNullable<DisownedAccountAlert['suggestion']> | null): Markup {
  if (!suggestion) return md`Do you know who owns it?`;
  const { who, accounts } = suggestion;
  return joinMarkup(
    [
      md`Possible owner: `,
      mention(who),
      md`, who owns ${pluralize(accounts, 'account')} in the same org unit.`,
    ],
    '',
  );
}

function handedBackText(to: string, { by, at }: NonNullable<DisownedAccountAlert['handedBack']>): Markup {
  return joinMarkup(
    [
      md`:leftwards_arrow_with_hook: `,
      mention(by),
      md` returned it to `,
      mention(to),
      md`, `,
      formatSlackDateTime(new Date(at)),
      md`.`,
    ],
    '',
  );
}

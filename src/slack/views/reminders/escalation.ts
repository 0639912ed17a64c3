import type { EscalatedAccount, EscalationNotification } from '../../../domain/notification.ts';
import type { SlackUserId } from '../../../domain/person.ts';
import {
  type Block,
  button,
  context,
  formatSlackDate,
  joinMarkup,
  joinNames,
  type Markup,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { lowerFirst, MFA_TEXT, pluralize } from '../shared/wording.ts';
import { listButton, OPEN_ACCOUNT } from '../status/account-list.ts';
import { dueText, thanksBlocks, thanksLines } from './reminder.ts';

const MAX_OWNERS = 8;
const MAX_ACCOUNTS_PER_OWNER = 3;

/** Renders accounts whose owners did not answer, by owner, and mentions those who must act. */
export function renderEscalation({ accounts, fixed }: EscalationNotification): RenderedMessage {
  const owners = groupByOwner(accounts.items);
  const shown = owners.slice(0, MAX_OWNERS);
  const listed = shown.reduce((sum, group) => sum + group.length, 0);
  const more = accounts.count - listed;
  const words = accounts.count === 0 ? ALL_FIXED : introduction(accounts.count, accounts.items);
  return {
    text: [
      words.markup,
      ...shown.map((group) => ownerMarkup(group).markup),
      ...(more > 0 ? [`… and ${more} more`] : []),
      ...thanksLines(fixed),
    ].join('\n'),
    blocks: [
      section(words),
      ...shown.map(ownerBlock),
      ...(more > 0 ? [context(md`… and ${pluralize(more, 'more account')}: \`/mfa-status failing\``)] : []),
      ...thanksBlocks(fixed),
    ],
  };
}

const ALL_FIXED = md`:raised_hands: All of these accounts are fixed. Thank you.`;

function introduction(count: number, accounts: readonly EscalatedAccount[]): Markup {
  const many = count > 1;
  const again = accounts.every(({ escalations = 0 }) => escalations > 0);
  return md`:rotating_light: *${again ? 'Still no' : 'No'} answer about ${pluralize(count, 'non-compliant account')}*\nI reminded ${many ? 'the owners' : 'the owner'} and got no answer. Owners: please fix ${many ? 'these accounts' : 'this account'}, or press *Not mine* in my message. Everyone else: if you know a better owner, tell an admin.`;
}

type OwnerGroup = readonly [EscalatedAccount, ...EscalatedAccount[]];

function groupByOwner(accounts: readonly EscalatedAccount[]): readonly OwnerGroup[] {
  const groups = new Map<SlackUserId, [EscalatedAccount, ...EscalatedAccount[]]>();
  for (const account of accounts) {
    const group = groups.get(account.owner);
    if (group) group.push(account);
    else groups.set(account.owner, [account]);
  }
  return [...groups.values()];
}

function ownerBlock(group: OwnerGroup): Block {
  const [{ id, name, owner }] = group;
  return section(
    ownerMarkup(group),
    group.length === 1
      ? button(OPEN_ACCOUNT, 'Open', { value: id, accessibilityLabel: `Open ${name}` })
      : listButton({ kind: 'owner', owner }, 'Show accounts'),
  );
}

/** Returns who owns which accounts, how often they were reminded, and who can get them to act. */
function ownerMarkup(group: OwnerGroup): Markup {
  const [{ owner }] = group;
  const times = Math.max(...group.map(({ timesReminded }) => timesReminded));
  const since = group.map((account) => account.since).sort()[0] as string;
  const contacts = new Set(group.flatMap(({ contact }) => contact ?? []));
  const names = group
    .slice(0, MAX_ACCOUNTS_PER_OWNER)
    .map(({ id, name, mfa, due }) =>
      joinMarkup(
        [md`*${truncate(name, 60)}*  ${id} (${lowerFirst(MFA_TEXT[mfa])})`, ...(due ? [dueText(due)] : [])],
        ', ',
      ),
    );
  const more = group.length - names.length;
  return joinMarkup(
    [
      joinMarkup(
        [
          joinMarkup([md`Owner: `, mention(owner)], ''),
          joinMarkup([md`open since `, formatSlackDate(new Date(since))], ''),
          md`reminded ${pluralize(times, 'time')}`,
          ...[...contacts].map((contact) => joinMarkup([md`can help: `, mention(contact)], '')),
        ],
        '  ·  ',
      ),
      joinNames(names, more),
    ],
    '\n',
  );
}

import type { Config } from '../../../config/config.ts';
import type { TokenRequestLetter } from '../../../domain/notification.ts';
import { OWNER_GAPS } from '../../../domain/owner-gap.ts';
import { STANDINGS_WORST_FIRST } from '../../../domain/compliance.ts';
import type { Letter } from '../../../store/outbox.ts';
import type { OwnerFinding } from '../../../usecases/owners/find-owner-gaps.ts';
import type { AdminDesk, AskedLeave, DisownedAccount, OwnersDesk } from '../../../usecases/home/read-admin-tasks.ts';
import type { RemindedPeople } from '../../../usecases/reminders/read-own-reminders.ts';
import type { CompanyStatus } from '../../../usecases/shared/read-accounts.ts';
import { listButton, OPEN_ACCOUNT, SHOW_LIST } from '../status/account-list.ts';
import {
  actions,
  type Block,
  button,
  context,
  divider,
  header,
  joined,
  type Markup,
  md,
  mention,
  section,
  short,
} from '../shared/blocks.ts';
import { coverageBlocks, readingLine, SCAN_NOW, SHOW_TREND } from '../status/company-status.ts';
import { decisionButtons } from '../exemptions/exemption.ts';
import { HAND_BACK } from '../alerts/admin-alert.ts';
import { requestAccounts } from './own-requests-section.ts';
import { writeQuery } from '../status/account-list-query.ts';
import { CANCEL_TOKEN, requestButtons, SHOW_REQUESTS, showRequestButton } from '../tokens/token-request.ts';
import { howMany } from '../tokens/token-text.ts';
import { calendarDay, counted } from '../shared/wording.ts';

export const SHOW_REMINDERS = 'show-reminders';

/** The company, for those who decide for it. */
export interface CompanyHome {
  readonly status: CompanyStatus;
  readonly desk: AdminDesk;
  /** `null`: people are still being asked for. */
  readonly owners: OwnersDesk | null;
}

export interface CompanySurroundings {
  readonly viewer: { readonly id: string; readonly admin: boolean };
  readonly config: Pick<Config, 'policy'>;
  readonly now: Date;
}

const DECISIONS = 4;
const DISOWNED = 3;
const GAPS = 4;
const REASONS = 5;
const LETTERS = 3;
const NAME_LENGTH = 60;
const WORDS_LENGTH = 300;

/** The company at a glance, and what waits for an admin. */
export function companyBlocks(
  { status, desk, owners }: CompanyHome,
  { viewer, config, now }: CompanySurroundings,
): Block[] {
  const { coverage, lastScan } = status;
  if (!lastScan) {
    return [
      header('The company'),
      section(
        md`:hourglass_flowing_sand: No scan has finished yet, so nothing is known. The first one starts by itself with the bot.`,
      ),
      actions(button(SCAN_NOW, 'Scan now', { style: 'primary' })),
    ];
  }
  return [
    header(`The company · ${counted(coverage.accounts, 'account')}`),
    ...(coverage.accounts > 0
      ? coverageBlocks(coverage, config.policy.cis)
      : [section(md`:warning: The last scan found no account at all.`)]),
    actions(
      listButton({ kind: 'failing' }, 'What falls short'),
      listButton({ kind: 'all' }, 'All accounts'),
      button(SHOW_TREND, 'Trend'),
      button(SCAN_NOW, 'Scan now'),
    ),
    context(readingLine(lastScan.startedAt, lastScan.unread, now)),
    ...unreadBlocks(desk.unread),
    divider,
    ...waitingBlocks(desk, viewer),
    ...(owners
      ? [...gapBlocks(owners.findings.gaps), ...remindedBlocks(owners.reminded)]
      : [context(md`:hourglass_flowing_sand: Owners are being looked up…`)]),
    ...undeliveredBlocks(desk.undelivered),
  ];
}

function unreadBlocks(groups: AdminDesk['unread']): Block[] {
  if (groups.length === 0) return [];
  const count = groups.reduce((sum, { accounts }) => sum + accounts, 0);
  const all = writeQuery({ of: { kind: 'all' }, standing: 'unknown', page: 0 });
  const lines = groups.slice(0, REASONS).map(({ says, accounts }) => md`•  ${accounts} × ${says}`);
  return [
    section(
      joined([md`*${counted(count, 'account')} cannot be judged*`, ...lines], '\n'),
      button(`${SHOW_LIST}:unknown`, 'Show them', { value: all }),
    ),
  ];
}

function waitingBlocks(
  { requests, exemptions, disowned }: AdminDesk,
  viewer: CompanySurroundings['viewer'],
): Block[] {
  const count = requests.length + exemptions.length + disowned.length;
  if (count === 0) {
    return [header('Waits for you'), section(md`:white_check_mark: Nothing waits for a decision.`)];
  }
  return [
    header(`Waits for you · ${count}`),
    ...requests.slice(0, DECISIONS).flatMap((shown) => requestRow(shown, viewer)),
    ...(requests.length > DECISIONS
      ? [
          section(
            md`… and ${counted(requests.length - DECISIONS, 'more key request')}`,
            button(SHOW_REQUESTS, 'All open requests'),
          ),
        ]
      : []),
    ...exemptions.slice(0, DECISIONS).flatMap((asked) => exemptionRow(asked, viewer)),
    ...moreThan(exemptions.length - DECISIONS, 'more exemption'),
    ...disowned.slice(0, DISOWNED).flatMap(disownedRow),
    ...moreThan(disowned.length - DISOWNED, 'more account', ' that somebody handed back'),
  ];
}

function requestRow(shown: TokenRequestLetter, viewer: CompanySurroundings['viewer']): Block[] {
  const { tokenKind, quantity, requestedBy, accounts, state, office, requestId } = shown;
  const own = requestedBy === viewer.id;
  const what = joined(
    [
      md`:key: `,
      mention(requestedBy),
      state === 'requested' ? md` asks for ` : md` is to get `,
      md`*${howMany(tokenKind, quantity)}* for `,
      requestAccounts(accounts),
      office === null ? md`` : md`, to ${short(office, 75)}`,
    ],
    '',
  );
  const note = own && state === 'requested' ? [md`Another admin has to decide: it is your own.`] : [];
  const buttons = requestButtons(shown, viewer).filter(({ action_id }) => action_id !== CANCEL_TOKEN);
  return [section(joined([what, ...note], '\n')), actions(...buttons, showRequestButton(requestId))];
}

function exemptionRow(
  { view, exemption, lastDay }: AskedLeave,
  viewer: CompanySurroundings['viewer'],
): Block[] {
  const own = exemption.askedBy === viewer.id;
  return [
    section(
      joined(
        [
          joined(
            [
              md`:large_yellow_circle: `,
              mention(exemption.askedBy),
              md` asks for an exemption until ${calendarDay(lastDay)} for ${nameOf(view)}`,
            ],
            '',
          ),
          md`> ${short(exemption.reason, WORDS_LENGTH)}`,
          ...(own ? [md`Another admin has to decide: it is your own.`] : []),
        ],
        '\n',
      ),
    ),
    actions(...(own ? [] : decisionButtons(exemption.id)), openButton(view)),
  ];
}

function disownedRow({ view, by, reason }: DisownedAccount): Block[] {
  return [
    section(
      joined(
        [
          joined([md`:raising_hand: `, mention(by), md` says that ${nameOf(view)} is not theirs`], ''),
          md`> ${short(reason, WORDS_LENGTH)}`,
        ],
        '\n',
      ),
    ),
    actions(button(HAND_BACK, 'It is theirs after all', { value: view.account.id }), openButton(view)),
  ];
}

function gapBlocks(gaps: readonly OwnerFinding[]): Block[] {
  if (gaps.length === 0) return [];
  return [
    section(md`*${counted(gaps.length, 'account')} without an owner who can be reached*`),
    ...worstFirst(gaps)
      .slice(0, GAPS)
      .map(({ view, gap, suggestion }) => {
        const perhaps = suggestion
          ? joined([md` Perhaps `, mention(suggestion.person.id), md` knows.`], '')
          : md``;
        return section(joined([nameOf(view), md`\n${OWNER_GAPS[gap]}`, perhaps], ''), openButton(view));
      }),
    ...moreThan(gaps.length - GAPS, 'more account', ' without one'),
  ];
}

/** What falls short and has nobody to fix it comes first. */
function worstFirst(gaps: readonly OwnerFinding[]): readonly OwnerFinding[] {
  const rank = ({ view }: OwnerFinding) => STANDINGS_WORST_FIRST.indexOf(view.standing);
  return [...gaps].sort((a, b) => rank(a) - rank(b));
}

const MODES = {
  off: 'Reminders are off.',
  preview: 'Reminders are only a preview: nothing is sent.',
  pilot: 'Reminders are a pilot: only a few people get any.',
  on: 'Reminders are on.',
} as const satisfies Record<RemindedPeople['mode'], string>;

function remindedBlocks({ mode, people, accounts }: RemindedPeople): Block[] {
  const whom =
    mode === 'off'
      ? ''
      : accounts === 0
        ? ' Nobody is due to hear of anything.'
        : ` ${counted(people, 'person', 'people')} ${mode === 'on' ? 'will' : 'would'} hear of ${counted(accounts, 'account')} if nothing is fixed.`;
  const words = md`:bell: ${MODES[mode]}${whom}`;
  return [section(words, mode === 'off' ? undefined : button(SHOW_REMINDERS, 'Who hears what'))];
}

function undeliveredBlocks(letters: readonly Letter[]): Block[] {
  if (letters.length === 0) return [];
  const lines = letters
    .slice(0, LETTERS)
    .map(({ kind, to, lastError }) =>
      joined(
        [
          md`•  ${kind} to `,
          to.kind === 'person' ? mention(to.id) : { markup: `<#${to.id.replace(/\W/g, '')}>` },
          md`: ${short(lastError ?? 'no reason given', 120)}`,
        ],
        '',
      ),
    );
  const more = letters.length - lines.length;
  return [
    section(
      joined(
        [
          md`:no_entry: *${counted(letters.length, 'letter')} could not be delivered*`,
          ...lines,
          ...(more > 0 ? [md`… and ${more} more`] : []),
        ],
        '\n',
      ),
    ),
  ];
}

function moreThan(more: number, one: string, rest = ''): Block[] {
  return more > 0 ? [context(md`… and ${counted(more, one)}${rest}`)] : [];
}

function nameOf({ account }: { readonly account: { readonly id: string; readonly name: string } }): Markup {
  return md`*${short(account.name, NAME_LENGTH)}*  ${account.id}`;
}

function openButton({ account }: { readonly account: { readonly id: string; readonly name: string } }) {
  return button(OPEN_ACCOUNT, 'Open', { value: account.id, describe: `Open ${account.name}` });
}

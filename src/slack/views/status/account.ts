import type { CisVersion } from '../../../domain/cis.ts';
import { cisNumber } from '../../../domain/cis.ts';
import { rootKeyIn } from '../../../domain/remediation.ts';
import type { PastVerdict } from '../../../store/verdicts.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Viewer } from '../../visibility.ts';
import { accountLine, OPEN_ACCOUNT } from './account-list.ts';
import {
  actions,
  type Block,
  button,
  context,
  type Drawn,
  day,
  divider,
  fields,
  header,
  joined,
  type Markup,
  md,
  moment,
  section,
  short,
} from '../shared/blocks.ts';
import { askExemptionButtons, exemptionBlocks } from '../exemptions/exemption.ts';
import { howToFixButton } from '../remediation/remediation-guide.ts';
import type { TokenPart } from '../tokens/token-button.ts';
import { ago, FLAG, LEVEL, lowerFirst, MFA, RESULT, STANDING } from '../shared/wording.ts';

export const CHECK_NOW = 'check-now';

export interface AccountPage {
  readonly view: AccountView;
  /** The current verdict last. */
  readonly history: readonly PastVerdict[];
  readonly cis: CisVersion;
  readonly now: Date;
  readonly viewer: Viewer;
  /** Keys on their way, or the way to them. */
  readonly token?: TokenPart;
  /** What a look a moment ago came to, said on top. */
  readonly news?: Markup;
}

const CHANGES_SHOWN = 4;

/** One account: how it stands and why, since when, who answers for it, and what can be done. */
export function drawAccount({ view, history, cis, now, viewer, token = {}, news }: AccountPage): Drawn {
  const { account, standing } = view;
  const { verdict } = account;
  const flags = (verdict?.flags ?? []).flatMap((flag) => FLAG[flag] ?? []);

  return {
    text: [
      ...(news ? [news.markup] : []),
      accountLine(view),
      verdict ? md`${verdict.why}`.markup : 'It was never read.',
    ].join('\n'),
    blocks: [
      header(account.name),
      ...(news ? [section(news)] : []),
      section(
        joined(
          [
            md`${{ markup: STANDING[standing].emoji }} *${STANDING[standing].name}* · ${verdict ? MFA[verdict.mfa] : 'never read'}`,
            md`${verdict?.why ?? 'No look at this account has told us anything yet.'}`,
          ],
          '\n',
        ),
      ),
      ...(account.unread ? [unreadNote(view, now)] : []),
      fields(
        md`*Asked*\n${LEVEL[view.asked.level]}${view.asked.proof === 'strict' ? ', proven' : ''}`,
        md`*Results*\nLevel 1: ${RESULT[view.level1]} (CIS ${cisNumber('root-mfa', cis)})\nLevel 2: ${RESULT[view.level2]} (CIS ${cisNumber('root-hardware-mfa', cis)})`,
        md`*Owner*\n${ownerWords(view)}`,
        md`*Account*\n${account.id}${account.managementAccount ? ' · management account' : ''}\n${account.orgUnit ?? 'org unit not read'}`,
        md`*Since*\n${account.since ? joined([day(account.since), md` (${ago(account.since, now)})`], '') : '–'}`,
        md`*Read*\n${account.checkedAt ? joined([moment(account.checkedAt), md` (${ago(account.checkedAt, now)})`], '') : 'never'}`,
      ),
      ...(flags.length > 0
        ? [
            section(
              joined(
                flags.map((flag) => md`:small_orange_diamond: ${flag}`),
                '\n',
              ),
            ),
          ]
        : []),
      ...exemptionBlocks(view, viewer),
      ...(token.note ? [section(token.note)] : []),
      actions(
        ...(hasAWayOut(view)
          ? [howToFixButton(account.id, standing === 'unmet' ? 'primary' : undefined)]
          : []),
        button(CHECK_NOW, 'Check now', { value: account.id }),
        ...(token.button ? [token.button] : []),
        ...askExemptionButtons(view, viewer),
      ),
      ...historyBlocks(history),
    ],
  };
}

/** Several accounts that somebody may have meant. */
export function drawChoice(typed: string, views: readonly AccountView[], total: number): Drawn {
  const sentence = `${total} accounts match “${short(typed, 80)}”.`;
  return {
    text: [md`${sentence}`.markup, ...views.map(accountLine)].join('\n'),
    blocks: [
      section(md`${sentence} Which one?`),
      ...choices(views),
      ...(total > views.length
        ? [context(md`The first ${views.length}. Type more of the name, or the account id.`)]
        : []),
    ],
  };
}

/** Nothing matches: the nearest there is. */
export function drawNoMatch(
  typed: string,
  nearest: readonly AccountView[],
  subcommand: string | null,
): Drawn {
  const sentence = `No account is called “${short(typed, 80)}”.`;
  const hint = subcommand ? md`Did you mean \`/mfa-status ${subcommand}\`?` : md`Try \`/mfa-status help\`.`;
  return {
    text: md`${sentence}`.markup,
    blocks: [
      section(joined([md`${sentence}`, hint], ' ')),
      ...(nearest.length > 0 ? [section(md`Nearest names:`), ...choices(nearest)] : []),
    ],
  };
}

/** The words for a choice in a picker. */
export function choiceOf({ account, standing }: AccountView) {
  return {
    value: account.id,
    text: short(account.name, 75),
    description: `${account.id} · ${STANDING[standing].name}`,
  };
}

function choices(views: readonly AccountView[]): Block[] {
  return views.map((view) =>
    section(
      md`${{ markup: STANDING[view.standing].emoji }} *${short(view.account.name, 60)}*  ${view.account.id}`,
      button(OPEN_ACCOUNT, 'Open', { value: view.account.id, describe: `Open ${view.account.name}` }),
    ),
  );
}

/** Whether there is something to do, or at least to find out. */
function hasAWayOut({ account, standing }: AccountView): boolean {
  const keyLeft = account.verdict !== null && rootKeyIn(account.verdict) !== undefined;
  return keyLeft || (standing !== 'met' && standing !== 'not_applicable');
}

function unreadNote({ account }: AccountView, now: Date): Block {
  const { unread, verdict } = account;
  const [error] = unread?.errors ?? [];
  const reason = error ? `${error.call} answered ${error.code}` : 'AWS told us nothing';
  const since = unread ? ago(unread.since, now) : '';
  return context(
    md`:warning: Not read since ${since}: ${reason}. ${verdict ? 'What is shown was true before; whether it still is, nobody knows.' : ''}`,
  );
}

function ownerWords({ owner }: AccountView): string {
  if (!owner) return 'nobody';
  const from = {
    config: 'from the configuration',
    tag: 'from a tag',
    'security-contact': 'the security contact',
    fallback: 'the fallback',
  };
  return `${owner.who} (${from[owner.from]})`;
}

function historyBlocks(history: readonly PastVerdict[]): Block[] {
  if (history.length < 2) return [];
  const past = history.slice(-CHANGES_SHOWN - 1).toReversed();
  return [
    divider,
    context(
      joined(
        past.map(({ verdict, since }) => joined([day(since), md`: ${lowerFirst(MFA[verdict.mfa])}`], '')),
        '  ←  ',
      ),
    ),
  ];
}

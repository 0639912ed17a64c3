import type { Button, RichTextBlock } from '@slack/types';
import type { AccountId } from '../../../domain/account.ts';
import type { Page } from '../../../domain/aws-docs.ts';
import type { Control } from '../../../domain/cis.ts';
import { RECOVERY, TRAPS } from '../../../domain/remediation.ts';
import type { Way } from '../../../domain/remediation-options.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { CheckOutcome } from '../../../usecases/scan/check-account.ts';
import type { Guide } from '../../../usecases/remediation/read-remediation.ts';
import type { Viewer } from '../../visibility.ts';
import { accountLine, accountRowText } from '../status/account-list.ts';
import { tellKeyButtons } from '../attestations/attest-key.ts';
import {
  actions,
  type Block,
  button,
  context,
  type Drawn,
  divider,
  joined,
  link,
  type Markup,
  md,
  section,
  short,
} from '../shared/blocks.ts';
import { isDone } from '../scan/check-outcome.ts';
import { askExemptionButtons } from '../exemptions/exemption.ts';
import type { TokenPart } from '../tokens/token-button.ts';
import { STANDING } from '../shared/wording.ts';

export const HOW_TO_FIX = 'how-to-fix';
export const SHOW_WAY = 'show-way';
export const CHECK_FIX = 'check-fix';

/** A modal is called so, and so is the button that opens it. */
const TITLE = 'How to fix';
/** More of the company's own pages stand as links. */
const LINK_BUTTONS = 4;
const MOST_LINKS = 20;

/** Opens the way out of an account's situation. */
export function howToFixButton(accountId: AccountId, style?: 'primary'): Button {
  return button(HOW_TO_FIX, TITLE, { value: accountId, style });
}

export interface GuidePage extends Guide {
  readonly viewer: Viewer;
  /** Keys on their way, or the way to them. */
  readonly token?: TokenPart;
  /** The way whose steps are shown; by default the recommended one, or the quickest that the viewer can go. */
  readonly shown?: string | undefined;
}

/** How to fix an account: what is wrong, a way step by step, and the others folded after it. */
export function drawGuide({ view, remediation, viewer, token = {}, shown }: GuidePage): Drawn {
  const { title, summary, ways, warnings, pages } = remediation;
  const way = ways.find(({ kind }) => kind === shown) ?? (viewer.admin ? ways[0] : firstForOwner(ways));
  const others = ways.filter((other) => other !== way);

  return {
    title: TITLE,
    text: [
      accountLine(view),
      md`${title}. ${summary}`.markup,
      ...ways.flatMap(({ title: name, steps }) => [md`${name}:`.markup, ...numbered(steps)]),
    ].join('\n'),
    blocks: [
      section(joined([nameLine(view), md`*${title}*\n${summary}`], '\n')),
      ...(way ? [divider, section(heading(way, ways.length > 1)), orderedList(way.steps)] : []),
      ...(way ? cautions(way, warnings) : []),
      ...(way?.who === 'admin' && !viewer.admin && others.some(({ who }) => who === 'owner')
        ? [context(md`If that is not you, ask an admin, or take a way below that the owner can go.`)]
        : []),
      ...(others.length > 0 ? [divider, ...others.map((other) => folded(other, view.account.id))] : []),
      divider,
      ...(token.note ? [section(token.note)] : []),
      ...buttonRow(view, remediation, viewer, token.button),
      ...companyPages(remediation.links),
      ...smallPrint(remediation, [...(way?.pages ?? []), ...pages]),
    ],
  };
}

/** Steps that only an admin can take are no help to an owner, who finds them among the others. */
function firstForOwner(ways: readonly Way[]): Way | undefined {
  const [quickest] = ways.filter(({ who }) => who === 'owner').toSorted((a, b) => a.minutes - b.minutes);
  return quickest ?? ways[0];
}

/** What a look came to, in the place of the guide. */
export function drawFixChecked(outcome: CheckOutcome, words: Markup, viewer: Viewer): Drawn {
  if (outcome.kind === 'no-such-account') {
    return { title: TITLE, text: words.markup, blocks: [section(words)] };
  }
  const { view } = outcome;
  const { id } = view.account;
  return {
    title: TITLE,
    text: [words.markup, accountLine(view)].join('\n'),
    blocks: [
      section(words),
      section(accountRowText(view)),
      ...(isDone(view)
        ? []
        : [
            actions(
              button(CHECK_FIX, 'Check again', { value: id, style: 'primary' }),
              ...tellKeyButtons(view, viewer),
              button(SHOW_WAY, 'Back to the steps', { value: wayValue(id) }),
            ),
          ]),
    ],
  };
}

/** Accounts of which one is to be fixed. */
export function drawFixChoice(sentence: string, views: readonly AccountView[]): Drawn {
  return {
    text: [md`${sentence}`.markup, ...views.map(accountLine)].join('\n'),
    blocks: [
      section(md`${sentence}`),
      ...views.map((view) =>
        section(accountRowText(view), {
          ...howToFixButton(view.account.id),
          accessibility_label: short(`How to fix ${view.account.name}`, 75),
        }),
      ),
    ],
  };
}

/** What a *Show the steps* button carries. */
export function readWay(value: string): { readonly accountId: string; readonly way: string | undefined } {
  const [accountId = '', way] = value.split(' ');
  return { accountId, way };
}

function wayValue(accountId: AccountId, way?: Way['kind']): string {
  return way ? `${accountId} ${way}` : accountId;
}

function nameLine({ account, standing }: AccountView): Markup {
  return md`${{ markup: STANDING[standing].emoji }} ${short(account.name, 60)}  ${account.id}`;
}

function heading({ title, recommended, ...way }: Way, hasOthers: boolean): Markup {
  const mark = recommended && hasOthers ? md`:star: *Recommended: ${title}*` : md`*${title}*`;
  const effort = md`:stopwatch: About ${way.minutes} minutes  ·  :bust_in_silhouette: ${way.byWhom}`;
  return joined([mark, effort], '\n');
}

const BY = { owner: 'by the owner', admin: 'by an admin' } as const satisfies Record<Way['who'], string>;

function folded(way: Way, accountId: AccountId): Block {
  const word = way.recommended ? 'Recommended' : 'Or';
  return section(
    md`${word}: *${way.title}*\nAbout ${way.minutes} minutes, ${BY[way.who]}`,
    button(`${SHOW_WAY}:${way.kind}`, 'Show the steps', {
      value: wayValue(accountId, way.kind),
      describe: `Show the steps: ${way.title}`,
    }),
  );
}

function orderedList(steps: readonly string[]): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_list',
        style: 'ordered',
        elements: steps.map((text) => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] })),
      },
    ],
  };
}

function numbered(steps: readonly string[]): string[] {
  return steps.map((step, n) => md`${n + 1}. ${step}`.markup);
}

/** What goes wrong on this way easily. */
function cautions({ kind }: Way, warnings: readonly string[]): Block[] {
  const traps: readonly string[] = TRAPS;
  const belongsHere = (warning: string) =>
    warning === RECOVERY ? kind === 'remove-credentials' : traps.includes(warning) === TOKEN_WAYS.has(kind);
  const here = warnings.filter(belongsHere);
  if (here.length === 0) return [];
  return [
    section(
      joined(
        here.map((warning) => md`:warning: ${warning}`),
        '\n',
      ),
    ),
  ];
}

const TOKEN_WAYS: ReadonlySet<Way['kind']> = new Set(['security-key', 'hardware-token']);

function buttonRow(
  view: AccountView,
  { ways }: Guide['remediation'],
  viewer: Viewer,
  token: Button | undefined,
): Block[] {
  const { id } = view.account;
  const wantsKey = view.tokenRequest !== null || ways.some(({ kind }) => TOKEN_WAYS.has(kind));
  return [
    actions(
      button(CHECK_FIX, ways.length > 0 ? 'I’ve done it, check now' : 'Check now', {
        value: id,
        ...(ways.length > 0 && { style: 'primary' }),
      }),
      ...tellKeyButtons(view, viewer),
      ...(wantsKey && token ? [token] : []),
      ...askExemptionButtons(view, viewer),
    ),
  ];
}

function companyPages(links: readonly Page[]): Block[] {
  const buttons = links.slice(0, LINK_BUTTONS);
  const more = links.slice(LINK_BUTTONS, MOST_LINKS);
  return [
    ...(buttons.length > 0
      ? [actions(...buttons.map(({ title, url }, n) => button(`link:${n}`, title, { url })))]
      : []),
    ...more.map(({ title, url }) => context(link(url, title))),
  ];
}

const CONTROL = {
  'root-mfa': 'MFA for root',
  'root-hardware-mfa': 'hardware MFA for root',
  'no-root-access-key': 'no access key of root',
} as const satisfies Record<Control, string>;

function smallPrint({ cis }: Guide['remediation'], pages: readonly Page[]): Block[] {
  const unique = [...new Map(pages.map((page) => [page.url, page])).values()];
  const numbers = cis.numbers.map(({ control, number }) => `${number} ${CONTROL[control]}`).join(', ');
  return [
    ...(unique.length > 0
      ? [
          context(
            md`What AWS says: ${joined(
              unique.map(({ title, url }) => link(url, title)),
              ' · ',
            )}`,
          ),
        ]
      : []),
    context(md`CIS AWS Foundations Benchmark ${cis.version}: ${numbers}`),
  ];
}

import type { Button, RichTextBlock } from '@slack/types';
import type { AccountId } from '../../../domain/account.ts';
import type { DocPage } from '../../../domain/aws-docs.ts';
import type { Control } from '../../../domain/cis.ts';
import { cureForFix } from '../../../domain/guardrails/explain.ts';
import { ENROLMENT_WARNINGS, RECOVERY_WARNING } from '../../../domain/remediation.ts';
import type { RemediationOption } from '../../../domain/remediation-options.ts';
import type { TokenKind } from '../../../domain/token-request.ts';
import type { RemediationGuide } from '../../../usecases/remediation/read-remediation.ts';
import type { CheckOutcome } from '../../../usecases/scan/check-account.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Viewer } from '../../visibility.ts';
import { attestKeyButtons } from '../attestations/attest-key.ts';
import { requestExemptionButtons } from '../exemptions/exemption.ts';
import { openRemovalRequestBlocks, requestRemovalButton } from '../removal-requests/removal-request.ts';
import { isFullyResolved } from '../scan/check-outcome.ts';
import { statusMark } from '../shared/account-status.ts';
import {
  actions,
  type Block,
  button,
  context,
  divider,
  joinMarkup,
  link,
  type Markup,
  md,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { accountLine, accountRowText } from '../status/account-list.ts';
import type { TokenSection } from '../tokens/token-button.ts';

export const HOW_TO_FIX = 'how-to-fix';
export const SHOW_REMEDIATION_OPTION = 'show-way';
export const CHECK_FIX = 'check-fix';

/** Title of the modal, and text of the button that opens it. */
const TITLE = 'How to fix';
/** Further company pages become links. */
const MAX_LINK_BUTTONS = 4;
const MAX_LINKS = 20;
const CONSOLE_URL = 'https://console.aws.amazon.com/';

/** Returns the button that opens the guide for an account. */
export function howToFixButton(accountId: AccountId, style?: 'primary'): Button {
  return button(HOW_TO_FIX, TITLE, { value: accountId, style });
}

/** Returns the button that opens the guide at the steps for a key that has come. */
export function keyStepsButton(
  { id, name }: { readonly id: AccountId; readonly name: string },
  kind: TokenKind,
  { text = 'Show the steps', style }: { readonly text?: string; readonly style?: 'primary' } = {},
): Button {
  return button(`${HOW_TO_FIX}:${id}`, text, {
    value: serializeOptionValue(id, kind === 'totp-token' ? 'hardware-token' : 'security-key'),
    style,
    accessibilityLabel: `Show how to register the key on ${name}`,
  });
}

export interface RemediationGuideProps extends RemediationGuide {
  readonly viewer: Viewer;
  /** The open key request, or the button that starts one. */
  readonly token?: TokenSection;
  /** The option whose steps are shown; by default the recommended one, or the quickest that the viewer can take. */
  readonly shownOption?: string | undefined;
}

/** Renders how to fix an account: the problem, one option step by step, and the others collapsed. */
export function renderRemediationGuide({
  view,
  remediation,
  removalRequest,
  rootMailbox,
  viewer,
  token = {},
  shownOption,
}: RemediationGuideProps): RenderedMessage {
  const { title, summary, options, warnings, pages } = remediation;
  const option =
    options.find(({ kind }) => kind === shownOption) ??
    (viewer.admin ? options[0] : quickestForOwner(options));
  const others = options.filter((other) => other !== option);

  return {
    title: TITLE,
    text: [
      accountLine(view),
      md`${title}. ${summary}`.markup,
      ...options.flatMap(({ title: name, steps }) => [md`${name}:`.markup, ...numberedLines(steps)]),
    ].join('\n'),
    blocks: [
      section(joinMarkup([nameLine(view), md`*${title}*\n${summary}`], '\n')),
      ...(view.fixBlocked ? [section(md`:construction: ${truncate(cureForFix(view.fixBlocked), 600)}`)] : []),
      ...(option ? [divider, section(heading(option, options.length > 1))] : []),
      ...(option?.signsInAsRoot ? [section(signInNeeds(view, viewer, rootMailbox))] : []),
      ...(option ? [orderedList(option.steps), ...commandBlocks(option)] : []),
      ...(option ? warningBlocks(option, warnings) : []),
      ...(option?.actor === 'admin' && !viewer.admin && others.some(({ actor }) => actor === 'owner')
        ? [context(md`If that is not you, ask an admin, or choose an option below that the owner can do.`)]
        : []),
      ...(others.length > 0
        ? [divider, ...others.map((other) => collapsedOption(other, view.account.id))]
        : []),
      divider,
      ...openRemovalRequestBlocks(removalRequest, viewer.id),
      ...(canRequestRemoval(remediation, viewer) && !removalRequest
        ? [actions(requestRemovalButton(view.account.id))]
        : []),
      ...(token.note ? [section(token.note)] : []),
      ...buttonRow(view, remediation, viewer, token.button),
      ...companyLinkBlocks(remediation.links),
      ...referenceBlocks(remediation, [...(option?.pages ?? []), ...pages]),
    ],
  };
}

/** Whether the reader owns an account whose root credentials an admin can remove. */
function canRequestRemoval({ options }: RemediationGuide['remediation'], viewer: Viewer): boolean {
  return viewer.owner && !viewer.admin && options.some(({ kind }) => kind === 'remove-credentials');
}

/** Returns the quickest option that an owner can take alone; options for admins are listed among the others. */
function quickestForOwner(options: readonly RemediationOption[]): RemediationOption | undefined {
  const [quickest] = options
    .filter(({ actor }) => actor === 'owner')
    .toSorted((a, b) => a.minutes - b.minutes);
  return quickest ?? options[0];
}

/** Renders the outcome of a check in place of the guide. */
export function renderFixCheckOutcome(outcome: CheckOutcome, words: Markup, viewer: Viewer): RenderedMessage {
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
      ...(isFullyResolved(view)
        ? []
        : [
            actions(
              button(CHECK_FIX, 'Check again', { value: id, style: 'primary' }),
              ...attestKeyButtons(view, viewer),
              button(SHOW_REMEDIATION_OPTION, 'Back to the steps', { value: serializeOptionValue(id) }),
            ),
          ]),
    ],
  };
}

/** Renders accounts to choose one to fix. */
export function renderFixAccountChoice(sentence: string, views: readonly AccountView[]): RenderedMessage {
  return {
    text: [md`${sentence}`.markup, ...views.map(accountLine)].join('\n'),
    blocks: [
      section(md`${sentence}`),
      ...views.map((view) =>
        section(accountRowText(view), {
          ...howToFixButton(view.account.id),
          accessibility_label: truncate(`How to fix ${view.account.name}`, 75),
        }),
      ),
    ],
  };
}

/** Parses the value of a *Show the steps* button. */
export function parseOptionValue(value: string): {
  readonly accountId: string;
  readonly option: string | undefined;
} {
  const [accountId = '', option] = value.split(' ');
  return { accountId, option };
}

function serializeOptionValue(accountId: AccountId, option?: RemediationOption['kind']): string {
  return option ? `${accountId} ${option}` : accountId;
}

function nameLine(view: AccountView): Markup {
  const { account } = view;
  return md`${statusMark(view)} ${truncate(account.name, 60)}  ${account.id}`;
}

function heading({ title, recommended, ...details }: RemediationOption, hasOthers: boolean): Markup {
  const mark = recommended && hasOthers ? md`:star: *Recommended: ${title}*` : md`*${title}*`;
  const effort = md`:stopwatch: About ${details.minutes} minutes  ·  :bust_in_silhouette: ${details.actorText}`;
  return joinMarkup([mark, effort], '\n');
}

/** Returns what a root sign-in takes: the address (for the owner and admins), the page, and the way to a new password. */
function signInNeeds(
  { account }: AccountView,
  viewer: Viewer,
  rootMailbox = 'your IT or security team',
): Markup {
  const address =
    viewer.owner || viewer.admin
      ? account.rootEmail
        ? md`Root email address: *${truncate(account.rootEmail, 100)}*`
        : md`Root email address: the one the account was created with. I could not read it in AWS.`
      : md`Root email address: only the owner and admins can see it here.`;
  return joinMarkup(
    [
      md`*What you need*`,
      md`•  ${address}`,
      ...(account.partition === 'aws' ? [md`•  Sign-in page: ${link(CONSOLE_URL, 'AWS console')}`] : []),
      md`•  No password? Choose “Forgot your password?” on the sign-in page: AWS emails a link to the root email address.`,
      md`•  Not your mailbox? Ask ${rootMailbox} for the link.`,
    ],
    '\n',
  );
}

const ACTOR_TEXT = { owner: 'by the owner', admin: 'by an admin' } as const satisfies Record<
  RemediationOption['actor'],
  string
>;

function collapsedOption(option: RemediationOption, accountId: AccountId): Block {
  const word = option.recommended ? 'Recommended' : 'Or';
  return section(
    md`${word}: *${option.title}*\nAbout ${option.minutes} minutes, ${ACTOR_TEXT[option.actor]}`,
    button(`${SHOW_REMEDIATION_OPTION}:${option.kind}`, 'Show the steps', {
      value: serializeOptionValue(accountId, option.kind),
      accessibilityLabel: `Show the steps: ${option.title}`,
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

function commandBlocks({ commands = [] }: RemediationOption): Block[] {
  if (commands.length === 0) return [];
  const text: RichTextBlock = {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: commands.join('\n') }] }],
  };
  return [context(md`Or from a shell, with the same role, in this order:`), text];
}

function numberedLines(steps: readonly string[]): string[] {
  return steps.map((step, n) => md`${n + 1}. ${step}`.markup);
}

/** Renders common mistakes with this option. */
function warningBlocks({ kind }: RemediationOption, warnings: readonly string[]): Block[] {
  const traps: readonly string[] = ENROLMENT_WARNINGS;
  const belongsHere = (warning: string) =>
    warning === RECOVERY_WARNING
      ? kind === 'remove-credentials'
      : traps.includes(warning) === TOKEN_OPTIONS.has(kind);
  const here = warnings.filter(belongsHere);
  if (here.length === 0) return [];
  return [
    section(
      joinMarkup(
        here.map((warning) => md`:warning: ${warning}`),
        '\n',
      ),
    ),
  ];
}

const TOKEN_OPTIONS: ReadonlySet<RemediationOption['kind']> = new Set(['security-key', 'hardware-token']);

function buttonRow(
  view: AccountView,
  { options }: RemediationGuide['remediation'],
  viewer: Viewer,
  token: Button | undefined,
): Block[] {
  const { id } = view.account;
  const needsToken = view.tokenRequest !== null || options.some(({ kind }) => TOKEN_OPTIONS.has(kind));
  return [
    actions(
      button(CHECK_FIX, options.length > 0 ? 'I’ve done it, check now' : 'Check now', {
        value: id,
        ...(options.length > 0 && { style: 'primary' }),
      }),
      ...attestKeyButtons(view, viewer),
      ...(needsToken && token ? [token] : []),
      ...requestExemptionButtons(view, viewer),
    ),
  ];
}

function companyLinkBlocks(links: readonly DocPage[]): Block[] {
  const buttons = links.slice(0, MAX_LINK_BUTTONS);
  const more = links.slice(MAX_LINK_BUTTONS, MAX_LINKS);
  return [
    ...(buttons.length > 0
      ? [actions(...buttons.map(({ title, url }, n) => button(`link:${n}`, title, { url })))]
      : []),
    ...more.map(({ title, url }) => context(link(url, title))),
  ];
}

const CONTROL_TEXT = {
  'root-mfa': 'MFA for root',
  'root-hardware-mfa': 'hardware MFA for root',
  'no-root-access-key': 'no root access key',
  'central-root-access': 'centralized root access',
} as const satisfies Record<Control, string>;

function referenceBlocks({ cis }: RemediationGuide['remediation'], pages: readonly DocPage[]): Block[] {
  const unique = [...new Map(pages.map((page) => [page.url, page])).values()];
  const numbers = cis.numbers.map(({ control, number }) => `${number} ${CONTROL_TEXT[control]}`).join(', ');
  return [
    ...(unique.length > 0
      ? [
          context(
            md`AWS documentation: ${joinMarkup(
              unique.map(({ title, url }) => link(url, title)),
              ' · ',
            )}`,
          ),
        ]
      : []),
    context(md`CIS AWS Foundations Benchmark ${cis.version}: ${numbers}`),
  ];
}

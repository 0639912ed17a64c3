import type {
  ActionsBlock,
  Button,
  ContextBlock,
  DataTableBlock,
  HeaderBlock,
  HomeView,
  KnownBlock,
  ModalView,
  MrkdwnElement,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
} from '@slack/types';
import type { DataVisualizationBlock } from './chart.ts';

/** A block that we send: those that the types know, and the chart, which they do not know yet. */
export type Block = KnownBlock | DataVisualizationBlock;

/** A message, drawn: the blocks, and the same in words for notifications and screen readers. */
export interface RenderedMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
  /** What a modal that shows it is called; a message has no title. */
  readonly title?: string;
}

/** A modal whose blocks are checked by the compiler; the SDK's own type lets anything pass. */
export type Modal = Omit<ModalView, 'blocks'> & { readonly blocks: readonly Block[] };
/** An App Home whose blocks are checked by the compiler. */
export type AppHome = Omit<HomeView, 'blocks'> & { readonly blocks: readonly Block[] };

/** Text that is markup already: what was put into it has been escaped. Only `md` makes it. */
export interface Markup {
  readonly markup: string;
}

/**
 * Markup from a template; whatever is put into it is escaped, unless it is markup itself. The one place where untrusted
 * text meets Slack's mrkdwn.
 */
export function md(template: TemplateStringsArray, ...parts: readonly (string | number | Markup)[]): Markup {
  const escapedParts = parts.map((part) =>
    typeof part === 'object' ? part.markup : escapeMrkdwn(String(part)),
  );
  return {
    markup: template.reduce((markup, text, index) => `${markup}${escapedParts[index - 1] ?? ''}${text}`),
  };
}

/** Markup pieces, one after the other. */
export function joinMarkup(parts: readonly Markup[], separator: string): Markup {
  return { markup: parts.map(({ markup }) => markup).join(separator) };
}

/** A link; both its address and its words may come from anybody. */
export function link(url: string, title: string): Markup {
  return { markup: `<${encodeURI(decodeUrlOnce(url))}|${escapeMrkdwn(title).replaceAll('|', '¦')}>` };
}

/** A mention of a person, who is not notified by an ephemeral message. Anything but a user id is shown as text. */
export function mention(userId: string): Markup {
  return /^[UW][A-Z0-9]+$/.test(userId) ? { markup: `<@${userId}>` } : md`${userId}`;
}

/** A moment, in the reader's own time zone; the fallback is for clients that cannot. */
export function formatSlackDateTime(at: Date, format = '{date_short_pretty} at {time}'): Markup {
  return { markup: `<!date^${Math.floor(at.getTime() / 1000)}^${format}|${formatUtc(at)}>` };
}

/** A day, in the reader's own time zone. */
export function formatSlackDate(at: Date): Markup {
  return formatSlackDateTime(at, '{date_short_pretty}');
}

/** `2026-11-24 09:00 UTC` */
export function formatUtc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/**
 * Text that Slack shows as it stands: no mention, no link, no style can be made of it.
 *
 * The three characters of https://docs.slack.dev/messaging/formatting-message-text#escaping become entities. The marks of
 * styles have no escape in Slack, so those that could begin or end one become look-alikes; an underscore inside a word
 * is no mark and stays, for account names are full of them.
 */
export function escapeMrkdwn(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('*', '∗')
    .replaceAll('~', '∼')
    .replaceAll('`', 'ˋ')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '＿');
}

/** Text without line breaks, control characters and marks that turn the writing direction. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}

/** Text of at most so many characters; what is cut is shown to be. An emoji counts as one and is never halved. */
export function truncate(text: string, maxLength: number): string {
  const characters = [...oneLine(text).trim()];
  return characters.length <= maxLength
    ? characters.join('')
    : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** Plain text, never parsed. */
export function plainTextElement(text: string, maxLength = 2_000): PlainTextElement {
  return { type: 'plain_text', text: truncate(text, maxLength) || '–', emoji: false };
}

/** Plain text of our own, with `:emoji:`. */
export function label(text: string): PlainTextElement {
  return { type: 'plain_text', text: text || '–', emoji: true };
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const MAX_TEXT_LENGTH = 3_000;
/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
const MAX_FIELD_LENGTH = 2_000;

/**
 * Markup as Slack takes it: nothing in it is linked by itself, and what is too long is cut, for a text that Slack
 * refuses takes the buttons beside it along.
 */
export function mrkdwn({ markup }: Markup, maxLength = MAX_TEXT_LENGTH): MrkdwnElement {
  return { type: 'mrkdwn', text: truncateMarkup(markup, maxLength) || '–', verbatim: true };
}

/** The markup, cut where it is too long, but never within an entity, a mention, a link or an emoji. */
function truncateMarkup(markup: string, maxLength: number): string {
  if (markup.length <= maxLength) return markup;
  return `${markup.slice(0, maxLength - 1).replace(/(?:<[^>]*|&[a-z]*|[\ud800-\udbff])$/, '')}…`;
}

/** A line in large letters. */
export function header(text: string): HeaderBlock {
  return { type: 'header', text: plainTextElement(text, 150) };
}

/** A paragraph, with a button or a picker beside it where there is one. */
export function section(text: Markup, accessory?: SectionBlock['accessory']): SectionBlock {
  return { type: 'section', text: mrkdwn(text), ...(accessory && { accessory }) };
}

/** Pairs of short texts, in two columns. */
export function fields(...texts: readonly Markup[]): SectionBlock {
  return { type: 'section', fields: texts.map((text) => mrkdwn(text, MAX_FIELD_LENGTH)) };
}

/** Small print. */
export function context(...texts: readonly Markup[]): ContextBlock {
  return { type: 'context', elements: texts.map((text) => mrkdwn(text)) };
}

/** Buttons and pickers in a row. */
export function actions(...elements: ActionsBlock['elements']): ActionsBlock {
  return { type: 'actions', elements };
}

/** A button; two on one surface need different values to be told apart. */
export function button(
  actionId: string,
  text: string,
  { value, style, url, accessibilityLabel }: ButtonOptions = {},
): Button {
  return {
    type: 'button',
    action_id: actionId,
    text: label(text),
    ...(value !== undefined && { value }),
    ...(style && { style }),
    ...(url && { url }),
    ...(accessibilityLabel && { accessibility_label: truncate(accessibilityLabel, 75) }),
  };
}

export interface ButtonOptions {
  readonly value?: string;
  readonly style?: 'primary' | 'danger' | undefined;
  readonly url?: string;
  /** For screen readers, where the words on the button say too little. */
  readonly accessibilityLabel?: string;
}

export const divider = { type: 'divider' } as const satisfies KnownBlock;

type DataTableCell = DataTableBlock['rows'][number][number];

/** A table that sorts and pages by itself; its first row is the head. Cells are never parsed. */
export function dataTable(caption: string, rows: readonly (readonly (string | number)[])[]): DataTableBlock {
  const cell = (content: string | number): DataTableCell =>
    typeof content === 'number'
      ? { type: 'raw_number', value: content, text: content.toLocaleString('en') }
      : { type: 'raw_text', text: truncate(content, 100) || '–' };
  return {
    type: 'data_table',
    caption: truncate(caption, 150),
    page_size: 10,
    rows: rows.map((row) => row.map(cell)),
  };
}

/** The same with blocks that every client knows: what a table or chart says, in words. */
export function withFallbackBlocks({ text, blocks }: RenderedMessage): RenderedMessage {
  return {
    text,
    blocks: blocks.flatMap((block): Block[] => {
      if (block.type === 'data_table') return [toPreformatted(block)];
      return block.type === 'data_visualization' ? [] : [block];
    }),
  };
}

function toPreformatted({ rows }: DataTableBlock): RichTextBlock {
  const texts = rows.map((row) => row.map((cell) => ('text' in cell ? String(cell.text) : '')));
  const widths =
    texts[0]?.map((_, column) => Math.max(...texts.map((row) => [...(row[column] ?? '')].length))) ?? [];
  const lines = texts.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  // A refused table must not turn into a message that is too long.
  const text = joinLinesWithin(lines, 7_000);
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  };
}

function joinLinesWithin(lines: readonly string[], maxLength: number): string {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > maxLength) return [...kept, `… and ${lines.length - kept.length} more`].join('\n');
    kept.push(line);
  }
  return kept.join('\n');
}

function decodeUrlOnce(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

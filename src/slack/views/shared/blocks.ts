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
import { isSystemId, systemName } from '../../../domain/person.ts';
import type { DataVisualizationBlock } from './chart.ts';

/** A block that we send: those in the SDK's types, and the chart, which is not there yet. */
export type Block = KnownBlock | DataVisualizationBlock;

/** A rendered message: its blocks, and plain text for notifications and screen readers. */
export interface RenderedMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Title of the modal that shows it; a message has none. */
  readonly title?: string;
}

/** A modal whose blocks the compiler checks; the SDK's own type accepts anything. */
export type Modal = Omit<ModalView, 'blocks'> & { readonly blocks: readonly Block[] };
/** An App Home whose blocks the compiler checks. */
export type AppHome = Omit<HomeView, 'blocks'> & { readonly blocks: readonly Block[] };

/** Escaped mrkdwn. Only `md` creates it. */
export interface Markup {
  readonly markup: string;
}

/**
 * Builds markup from a template. Interpolated values are escaped unless they are markup: the one place where untrusted
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

/** Joins pieces of markup. */
export function joinMarkup(parts: readonly Markup[], separator: string): Markup {
  return { markup: parts.map(({ markup }) => markup).join(separator) };
}

/** Joins names, and says how many are left out: `a, b and 3 more`. */
export function joinNames(names: readonly Markup[], more: number): Markup {
  const listed = joinMarkup(names, ', ');
  return more > 0 ? md`${listed} and ${more} more` : listed;
}

/** A link. Both its address and its title may be untrusted. */
export function link(url: string, title: string): Markup {
  return { markup: `<${encodeURI(decodeUrlOnce(url))}|${escapeMrkdwn(title).replaceAll('|', '¦')}>` };
}

/**
 * Mentions a person (an ephemeral message does not notify them). A system of the company is shown by its name, and
 * anything but a user ID as text.
 */
export function mention(actorId: string): Markup {
  if (isSystemId(actorId)) return md`${systemName(actorId)}`;
  return /^[UW][A-Z0-9]+$/.test(actorId) ? { markup: `<@${actorId}>` } : md`${actorId}`;
}

/** Formats a time in the reader's time zone, with a UTC fallback for clients that cannot. */
export function formatSlackDateTime(at: Date, format = '{date_short_pretty} at {time}'): Markup {
  return { markup: `<!date^${Math.floor(at.getTime() / 1000)}^${format}|${formatUtc(at)}>` };
}

/** Formats a date in the reader's time zone. */
export function formatSlackDate(at: Date): Markup {
  return formatSlackDateTime(at, '{date_short_pretty}');
}

/** `2026-11-24 09:00 UTC` */
export function formatUtc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/**
 * Escapes text for Slack mrkdwn: it cannot become a mention, a link or a style.
 *
 * The three characters of https://docs.slack.dev/messaging/formatting-message-text#escaping become entities. Slack has no
 * escape for style marks, so those that could begin or end a style become look-alikes. An underscore inside a word is
 * not a mark and stays: account names are full of them.
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

/** Removes line breaks, control characters and bidirectional marks. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}

/** Cuts text to `maxLength` characters, ending in `…`. An emoji counts as one and is never split. */
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

/** Plain text of our own, in which `:emoji:` is rendered. */
export function label(text: string): PlainTextElement {
  return { type: 'plain_text', text: text || '–', emoji: true };
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const MAX_TEXT_LENGTH = 3_000;
/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
const MAX_FIELD_LENGTH = 2_000;

/**
 * Returns a mrkdwn element without automatic links. Text over the limit is cut, because Slack refuses a whole message
 * for one text that is too long.
 */
export function mrkdwn({ markup }: Markup, maxLength = MAX_TEXT_LENGTH): MrkdwnElement {
  return { type: 'mrkdwn', text: truncateMarkup(markup, maxLength) || '–', verbatim: true };
}

/** Cuts markup, but never inside an entity, a mention, a link or an emoji. */
function truncateMarkup(markup: string, maxLength: number): string {
  if (markup.length <= maxLength) return markup;
  return `${markup.slice(0, maxLength - 1).replace(/(?:<[^>]*|&[a-z]*|[\ud800-\udbff])$/, '')}…`;
}

/** A header block. */
export function header(text: string): HeaderBlock {
  return { type: 'header', text: plainTextElement(text, 150) };
}

/** A paragraph, with an optional button or picker beside it. */
export function section(text: Markup, accessory?: SectionBlock['accessory']): SectionBlock {
  return { type: 'section', text: mrkdwn(text), ...(accessory && { accessory }) };
}

/** Short texts in two columns. */
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

/** A button. Two with the same action on one surface need different values. */
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
  /** For screen readers, when the button text alone is not enough. */
  readonly accessibilityLabel?: string;
}

export const divider = { type: 'divider' } as const satisfies KnownBlock;

type DataTableCell = DataTableBlock['rows'][number][number];

/** A table that Slack sorts and pages; the first row is its header. Cells are never parsed. */
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

/** Replaces blocks that older clients refuse: tables become text, charts are left out. */
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

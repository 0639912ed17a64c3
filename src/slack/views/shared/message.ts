import { type Block, type Markup, md, type RenderedMessage, section } from './blocks.ts';

/** Renders one sentence of plain text as a message. */
export function message(sentence: string, ...more: readonly Block[]): RenderedMessage {
  return { text: md`${sentence}`.markup, blocks: [section(md`${sentence}`), ...more] };
}

/** Renders one sentence of markup as a message. */
export function markupMessage(sentence: Markup): RenderedMessage {
  return { text: sentence.markup, blocks: [section(sentence)] };
}

import { type Block, type Markup, md, type RenderedMessage, section } from './blocks.ts';

/** One sentence, as a message. */
export function message(sentence: string, ...more: readonly Block[]): RenderedMessage {
  return { text: md`${sentence}`.markup, blocks: [section(md`${sentence}`), ...more] };
}

/** One sentence that has its markup already, as a message. */
export function markupMessage(sentence: Markup): RenderedMessage {
  return { text: sentence.markup, blocks: [section(sentence)] };
}

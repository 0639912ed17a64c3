import { type Block, type Drawn, type Markup, md, section } from './blocks.ts';

/** One sentence, as a message. */
export function message(sentence: string, ...more: readonly Block[]): Drawn {
  return { text: md`${sentence}`.markup, blocks: [section(md`${sentence}`), ...more] };
}

/** One sentence that has its markup already, as a message. */
export function said(sentence: Markup): Drawn {
  return { text: sentence.markup, blocks: [section(sentence)] };
}

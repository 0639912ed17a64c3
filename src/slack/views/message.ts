import { type Block, type Drawn, md, section } from './blocks.ts';

/** One sentence, as a message. */
export function message(sentence: string, ...more: readonly Block[]): Drawn {
  return { text: md`${sentence}`.markup, blocks: [section(md`${sentence}`), ...more] };
}

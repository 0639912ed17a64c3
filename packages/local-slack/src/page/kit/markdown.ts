import { escaped } from './mrkdwn-parser.ts';

/** A text in standard Markdown in the words of Slack's own markup. */
export function mrkdwnOfMarkdown(markdown: string): string {
  return markdown
    .split(/(```[^\n]*\n[\s\S]*?```)/)
    .map((part, index) => (index % 2 === 1 ? fence(part) : part.split('\n').map(line).join('\n')))
    .join('');
}

function fence(part: string): string {
  return `\`\`\`\n${escaped(part.replace(/^```[^\n]*\n/, '').replace(/```$/, ''))}\`\`\``;
}

function line(text: string): string {
  const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(text);
  if (heading) return `*${inline(heading[1] ?? '').replaceAll('*', '')}*`;
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(text)) return '———';

  const item = /^(\s*)[-*+]\s+(?:\[([ xX])\]\s+)?(.*)$/.exec(text);
  if (item) {
    const [, indent = '', tick, words = ''] = item;
    const mark = tick === undefined ? '•' : tick === ' ' ? '☐' : '☑';
    return `${indent.replaceAll(' ', '\u2003')}${mark} ${inline(words)}`;
  }
  const quote = /^>\s?(.*)$/.exec(text);
  return quote ? `> ${inline(quote[1] ?? '')}` : inline(text);
}

function inline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? escaped(part) : styled(part)))
    .join('');
}

// Bold is marked with a character that no text has, until the single asterisks have become italics.
const BOLD = '\u0001';

function styled(text: string): string {
  return escaped(text)
    .replace(/!?\[([^\]]*)\]\(([^)\s]+)\)/g, (_, label: string, url: string) => `<${url}|${label || url}>`)
    .replace(
      /\*\*(\S(?:.*?\S)?)\*\*|__(\S(?:.*?\S)?)__/g,
      (_, a?: string, b?: string) => `${BOLD}${a ?? b}${BOLD}`,
    )
    .replace(/\*(\S(?:.*?\S)?)\*/g, '_$1_')
    .replace(/~~(\S(?:.*?\S)?)~~/g, '~$1~')
    .replaceAll(BOLD, '*');
}

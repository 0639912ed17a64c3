import { findEmoji } from './emoji.ts';

/** A piece of a line of text. */
export type InlinePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'bold' | 'italic' | 'strike'; readonly children: readonly InlinePiece[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly label: string }
  | {
      readonly kind: 'user' | 'channel' | 'usergroup';
      readonly id: string;
      readonly label: string | undefined;
    }
  | { readonly kind: 'broadcast'; readonly range: string }
  | {
      readonly kind: 'date';
      readonly timestamp: number;
      readonly format: string;
      readonly url: string | undefined;
      readonly fallback: string;
    }
  | { readonly kind: 'emoji'; readonly name: string; readonly character: string };

/** A block of text on lines of its own. */
export type TextBlock =
  | { readonly kind: 'lines'; readonly children: readonly InlinePiece[] }
  | { readonly kind: 'quote'; readonly children: readonly InlinePiece[] }
  | { readonly kind: 'preformatted'; readonly text: string };

/** What a text in Slack's own markup says. Whatever is not markup is text: there is no invalid mrkdwn. */
export function parseMrkdwn(text: string): readonly TextBlock[] {
  return text.split(/```/).flatMap((part, index, parts): readonly TextBlock[] => {
    const isClosed = index < parts.length - 1;
    if (index % 2 === 1 && isClosed) {
      return [{ kind: 'preformatted', text: unescaped(part.replace(/^\n|\n$/g, '')) }];
    }
    const isTail = index % 2 === 1;
    return linesAndQuotes(isTail ? `\`\`\`${part}` : part, index > 0, isClosed);
  });
}

/** A text with the three entities of Slack's markup turned back into their characters. */
export function unescaped(text: string): string {
  return text.replace(
    /&(lt|gt|amp);/g,
    (_, name: 'lt' | 'gt' | 'amp') => ({ lt: '<', gt: '>', amp: '&' })[name],
  );
}

/** A text with the three characters that steer Slack's markup turned into entities, as Slack's clients send it. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Returns an address that the page can open; undefined for others, such as `javascript:`. */
export function safeUrl(url: string): string | undefined {
  return /^(https?:\/\/|mailto:|slack:\/\/|tel:)/i.test(url) ? url : undefined;
}

function linesAndQuotes(text: string, afterBlock: boolean, beforeBlock: boolean): TextBlock[] {
  const passages: TextBlock[] = [];
  let run: string[] = [];
  let isQuote = false;

  const flush = () => {
    if (run.length > 0) {
      passages.push({ kind: isQuote ? 'quote' : 'lines', children: parseInline(run.join('\n')) });
    }
    run = [];
  };

  // The line ends around a preformatted block belong to it.
  const own = text.replace(afterBlock ? /^\n/ : /^$/, '').replace(beforeBlock ? /\n$/ : /^$/, '');
  if (own === '') return passages;

  for (const line of own.split('\n')) {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (Boolean(quoted) !== isQuote) flush();
    isQuote = Boolean(quoted);
    run.push(quoted?.[1] ?? line);
  }
  flush();
  return passages;
}

const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

/** The pieces of a text without quotes and preformatted blocks. */
export function parseInline(text: string): readonly InlinePiece[] {
  const pieces: InlinePiece[] = [];
  let plain = '';
  let at = 0;

  const push = (piece: InlinePiece, length: number) => {
    if (plain) pieces.push({ kind: 'text', text: unescaped(plain) });
    plain = '';
    pieces.push(piece);
    at += length;
  };

  while (at < text.length) {
    const char = text.charAt(at);
    const found = pieceAt(text, at, char);
    if (found) {
      push(found.piece, found.length);
    } else {
      plain += char;
      at += 1;
    }
  }
  if (plain) pieces.push({ kind: 'text', text: unescaped(plain) });
  return pieces;
}

interface Found {
  readonly piece: InlinePiece;
  readonly length: number;
}

function pieceAt(text: string, at: number, char: string): Found | undefined {
  switch (char) {
    case '\n':
      return { piece: { kind: 'break' }, length: 1 };
    case '<':
      return angleBracketAt(text, at);
    case '`':
      return codeAt(text, at);
    case ':':
      return emojiAt(text, at);
    case '*':
    case '_':
    case '~':
      return styleAt(text, at, char);
    case 'h':
      return bareUrlAt(text, at);
    default:
      return undefined;
  }
}

function angleBracketAt(text: string, at: number): Found | undefined {
  const end = text.indexOf('>', at);
  const inner = text.slice(at + 1, end);
  if (end < 0 || inner === '' || /[<\n]/.test(inner)) return undefined;

  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? undefined : unescaped(inner.slice(bar + 1)) || undefined;
  const piece = mention(target, label);
  return piece && { piece, length: end - at + 1 };
}

function mention(target: string, label: string | undefined): InlinePiece | undefined {
  const id = /^(?:[@#]|!subteam\^)([A-Z0-9]+)$/.exec(target)?.[1];
  if (id && target.startsWith('@')) return { kind: 'user', id, label };
  if (id && target.startsWith('#')) return { kind: 'channel', id, label };
  if (id) return { kind: 'usergroup', id, label };
  if (/^!(here|channel|everyone)$/.test(target)) return { kind: 'broadcast', range: target.slice(1) };

  const date = /^!date\^(\d+)\^([^^]+)(?:\^(.+))?$/.exec(target);
  if (date) {
    const [, timestamp = '0', format = '', url] = date;
    return {
      kind: 'date',
      timestamp: Number(timestamp),
      format,
      url: url && safeUrl(url),
      fallback: label ?? '',
    };
  }

  const url = safeUrl(unescaped(target));
  return url === undefined ? undefined : { kind: 'link', url, label: label ?? url.replace(/^mailto:/, '') };
}

function codeAt(text: string, at: number): Found | undefined {
  const end = text.indexOf('`', at + 1);
  const inner = text.slice(at + 1, end);
  if (end < 0 || inner.trim() === '' || inner.includes('\n')) return undefined;
  return { piece: { kind: 'code', text: unescaped(inner) }, length: end - at + 1 };
}

function emojiAt(text: string, at: number): Found | undefined {
  const shortcode = /^:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/.exec(text.slice(at, at + 100));
  const name = shortcode?.[1];
  const character = name === undefined ? undefined : findEmoji(name);
  if (!shortcode || name === undefined || character === undefined) return undefined;
  return { piece: { kind: 'emoji', name, character }, length: shortcode[0].length };
}

function styleAt(text: string, at: number, mark: keyof typeof STYLES): Found | undefined {
  const before = text.charAt(at - 1);
  if (isWordChar(before) || before === mark || /^\s?$/.test(text.charAt(at + 1))) return undefined;

  const end = closingMark(text, at, mark);
  if (end === undefined) return undefined;
  return {
    piece: { kind: STYLES[mark], children: parseInline(text.slice(at + 1, end)) },
    length: end - at + 1,
  };
}

/** Where a style ends: at the same mark, on the same line, not inside a link or code, at the end of a word. */
function closingMark(text: string, start: number, mark: string): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '\n') return undefined;
    if (char === '<' || char === '`') {
      const skipped = char === '<' ? angleBracketAt(text, at) : codeAt(text, at);
      if (skipped) at += skipped.length - 1;
      continue;
    }
    if (char !== mark || at === start + 1) continue;
    if (!/\s/.test(text.charAt(at - 1)) && !isWordChar(text.charAt(at + 1))) return at;
  }
  return undefined;
}

function bareUrlAt(text: string, at: number): Found | undefined {
  if (isWordChar(text.charAt(at - 1))) return undefined;
  const url = /^https?:\/\/[^\s<>|`]*[^\s<>|`.,;:!?)'"\]*_~]/.exec(text.slice(at, at + 2000))?.[0];
  if (url === undefined) return undefined;
  const address = unescaped(url);
  return { piece: { kind: 'link', url: address, label: address }, length: url.length };
}

function isWordChar(char: string): boolean {
  return /[\p{L}\p{N}]/u.test(char);
}

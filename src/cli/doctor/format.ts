import { createColors } from 'picocolors';
import type { Finding } from './check.ts';

/** Draws findings for a terminal, or plainly for a file. */
export interface Pencil {
  title(text: string): string;
  finding(name: string, finding: Finding): string;
  summary(findings: readonly Finding[]): string;
}

const MARKS = { ok: '✔', doubtful: '▲', broken: '✖', skipped: '·' } as const;
const NARROWEST = 60;
const WIDEST = 110;

/** Names in a column, and what is the case beside them, folded where the terminal ends. */
export function pencil(options: {
  readonly color: boolean;
  readonly columns: number | undefined;
  readonly longestName: number;
}): Pencil {
  const paint = createColors(options.color);
  const colors = { ok: paint.green, doubtful: paint.yellow, broken: paint.red, skipped: paint.dim };
  const indent = options.longestName + 6;
  const width = Math.min(WIDEST, Math.max(NARROWEST, options.columns ?? WIDEST)) - indent;
  const below = ' '.repeat(indent);
  const folded = (text: string, first: string, rest = first) =>
    fold(text, width - first.length).map((line, index) => `${index === 0 ? first : rest}${line}`);

  return {
    title: (text) => `\n${paint.bold(text)}\n`,
    finding(name, { state, says, details = [], advice }) {
      const [first = '', ...rest] = fold(says, width);
      const color = state === 'skipped' ? paint.dim : (text: string) => text;
      const lines = [
        `  ${colors[state](MARKS[state])} ${color(name.padEnd(options.longestName))}  ${color(first)}`,
        ...rest.map((line) => below + color(line)),
        ...details.flatMap((detail) => folded(detail, '- ', '  ').map((line) => below + paint.dim(line))),
        ...(advice ? folded(advice, '→ ', '  ').map((line) => below + paint.cyan(line)) : []),
      ];
      return `${lines.join('\n')}\n`;
    },
    summary(findings) {
      const count = (state: Finding['state']) => findings.filter((one) => one.state === state).length;
      const parts = [
        paint.green(`${count('ok')} fine`),
        ...(count('doubtful') ? [paint.yellow(`${count('doubtful')} doubtful`)] : []),
        ...(count('broken') ? [paint.red(`${count('broken')} broken`)] : []),
        ...(count('skipped') ? [paint.dim(`${count('skipped')} not looked at`)] : []),
      ];
      return `\n${parts.join(', ')}.\n`;
    },
  };
}

/** The words of a text in lines of that width; a word that is longer has a line of its own. */
function fold(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

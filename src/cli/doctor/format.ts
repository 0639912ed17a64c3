import { createColors } from 'picocolors';
import type { CheckResult } from './check.ts';
import { formatCount } from './format-values.ts';

/** Formats check results for a terminal (in color) or a file. */
export interface ReportFormatter {
  title(text: string): string;
  result(name: string, result: CheckResult): string;
  summary(findings: readonly CheckResult[]): string;
}

const MARKS = { ok: '✔', warning: '▲', failed: '✖', skipped: '·' } as const;
const MIN_WIDTH = 60;
const MAX_WIDTH = 110;

/** Returns a formatter that prints names in one column and wraps messages to the terminal width. */
export function createFormatter(options: {
  readonly color: boolean;
  readonly columns: number | undefined;
  readonly longestName: number;
}): ReportFormatter {
  const colorize = createColors(options.color);
  const colors = {
    ok: colorize.green,
    warning: colorize.yellow,
    failed: colorize.red,
    skipped: colorize.dim,
  };
  const indent = options.longestName + 6;
  const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, options.columns ?? MAX_WIDTH)) - indent;
  const below = ' '.repeat(indent);
  const wrapWithPrefix = (text: string, first: string, rest = first) =>
    wrap(text, width - first.length).map((line, index) => `${index === 0 ? first : rest}${line}`);

  return {
    title: (text) => `\n${colorize.bold(text)}\n`,
    result(name, { state, message, details = [], advice }) {
      const [first = '', ...rest] = wrap(message, width);
      const color = state === 'skipped' ? colorize.dim : (text: string) => text;
      const lines = [
        `  ${colors[state](MARKS[state])} ${color(name.padEnd(options.longestName))}  ${color(first)}`,
        ...rest.map((line) => below + color(line)),
        ...details.flatMap((detail) =>
          wrapWithPrefix(detail, '- ', '  ').map((line) => below + colorize.dim(line)),
        ),
        ...(advice ? wrapWithPrefix(advice, '→ ', '  ').map((line) => below + colorize.cyan(line)) : []),
      ];
      return `${lines.join('\n')}\n`;
    },
    summary(results) {
      const count = (state: CheckResult['state']) => results.filter((one) => one.state === state).length;
      const parts = [
        colorize.green(`${count('ok')} ok`),
        ...(count('warning') ? [colorize.yellow(formatCount(count('warning'), 'warning'))] : []),
        ...(count('failed') ? [colorize.red(`${count('failed')} failed`)] : []),
        ...(count('skipped') ? [colorize.dim(`${count('skipped')} skipped`)] : []),
      ];
      return `\n${parts.join(', ')}.\n`;
    },
  };
}

/** Wraps a text to a width; a longer word gets its own line. */
function wrap(text: string, width: number): readonly string[] {
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

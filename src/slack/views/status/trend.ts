import type { TrendPoint } from '../../../domain/trend.ts';
import { header, joinMarkup, md, type RenderedMessage, section } from '../shared/blocks.ts';
import { type DataVisualizationBlock, lineChart } from '../shared/chart.ts';

/** Coverage by week: a chart, and the same in words. */
export function renderTrend(points: readonly TrendPoint[]): RenderedMessage {
  const last = points.at(-1);
  const first = points[0];
  if (!last || !first) {
    const sentence = 'No scan has finished in the last twelve weeks, so there is no trend yet.';
    return { text: sentence, blocks: [header('Trend'), section(md`${sentence}`)] };
  }
  const lines = points.map(
    ({ week, level1, level2, noncompliant }) =>
      `${week}   any MFA ${paddedPercent(level1)} %   hardware ${paddedPercent(level2)} %   falls short ${noncompliant}`,
  );
  const gained = toPercent(last.level1) - toPercent(first.level1);
  const direction = gained > 0 ? `up ${gained} points` : gained < 0 ? `down ${-gained} points` : 'unchanged';
  const sentence =
    points.length === 1
      ? `Any MFA stands at ${toPercent(last.level1)} %, hardware at ${toPercent(last.level2)} %. One week makes no trend yet.`
      : `Any MFA is ${direction} since ${first.week}, at ${toPercent(last.level1)} %; hardware at ${toPercent(last.level2)} %.`;

  return {
    text: [sentence, ...lines].join('\n'),
    blocks: [
      header('Root MFA, week by week'),
      section(md`${sentence}`),
      ...(points.length > 1 ? [trendChart(points)] : []),
      section({
        markup: `\`\`\`${
          joinMarkup(
            lines.map((line) => md`${line}`),
            '\n',
          ).markup
        }\`\`\``,
      }),
    ],
  };
}

/** The chart alone. */
export function trendChart(points: readonly TrendPoint[]): DataVisualizationBlock {
  return lineChart(
    'Accounts with root MFA, in per cent',
    points.map(({ week }) => week.slice(-3)),
    [
      { name: 'Any MFA', values: points.map(({ level1 }) => toPercent(level1)) },
      { name: 'Hardware MFA', values: points.map(({ level2 }) => toPercent(level2)) },
    ],
    '%',
  );
}

/** Rounded down: 100 % is said only where nobody is missing. */
function toPercent(share: number | null): number {
  return Math.floor((share ?? 0) * 100);
}

function paddedPercent(share: number | null): string {
  return String(toPercent(share)).padStart(3);
}

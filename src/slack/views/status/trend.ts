import type { TrendPoint } from '../../../domain/trend.ts';
import { type Drawn, header, joined, md, section } from '../shared/blocks.ts';
import { type ChartBlock, lineChart } from '../shared/chart.ts';

/** Coverage by week: a chart, and the same in words. */
export function drawTrend(points: readonly TrendPoint[]): Drawn {
  const last = points.at(-1);
  const first = points[0];
  if (!last || !first) {
    const sentence = 'No scan has finished in the last twelve weeks, so there is no trend yet.';
    return { text: sentence, blocks: [header('Trend'), section(md`${sentence}`)] };
  }
  const lines = points.map(
    ({ week, level1, level2, unmet }) =>
      `${week}   any MFA ${padded(level1)} %   hardware ${padded(level2)} %   falls short ${unmet}`,
  );
  const gained = whole(last.level1) - whole(first.level1);
  const direction = gained > 0 ? `up ${gained} points` : gained < 0 ? `down ${-gained} points` : 'unchanged';
  const sentence =
    points.length === 1
      ? `Any MFA stands at ${whole(last.level1)} %, hardware at ${whole(last.level2)} %. One week makes no trend yet.`
      : `Any MFA is ${direction} since ${first.week}, at ${whole(last.level1)} %; hardware at ${whole(last.level2)} %.`;

  return {
    text: [sentence, ...lines].join('\n'),
    blocks: [
      header('Root MFA, week by week'),
      section(md`${sentence}`),
      ...(points.length > 1 ? [trendChart(points)] : []),
      section({
        markup: `\`\`\`${
          joined(
            lines.map((line) => md`${line}`),
            '\n',
          ).markup
        }\`\`\``,
      }),
    ],
  };
}

/** The chart alone. */
export function trendChart(points: readonly TrendPoint[]): ChartBlock {
  return lineChart(
    'Accounts with root MFA, in per cent',
    points.map(({ week }) => week.slice(-3)),
    [
      { name: 'Any MFA', values: points.map(({ level1 }) => whole(level1)) },
      { name: 'Hardware MFA', values: points.map(({ level2 }) => whole(level2)) },
    ],
    '%',
  );
}

/** Rounded down: 100 % is said only where nobody is missing. */
function whole(share: number | null): number {
  return Math.floor((share ?? 0) * 100);
}

function padded(share: number | null): string {
  return String(whole(share)).padStart(3);
}

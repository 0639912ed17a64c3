import { type Coverage, shareOf } from '../../domain/coverage.ts';
import { type Drawn, header, joined, md, section, utc } from './blocks.ts';
import { lineChart } from './chart.ts';

/** How the company stood at one time. */
export interface TrendPoint {
  readonly at: Date;
  readonly coverage: Coverage;
}

/** Coverage by week: a chart, and the same in words. */
export function drawTrend(points: readonly TrendPoint[]): Drawn {
  const last = points.at(-1);
  if (!last) {
    const sentence = 'No scan has finished in the last twelve weeks, so there is no trend yet.';
    return { text: sentence, blocks: [header('Trend'), section(md`${sentence}`)] };
  }
  const lines = points.map(
    ({ at, coverage }) =>
      `${utc(at).slice(0, 10)}  any MFA ${whole(coverage.level1)} %  hardware ${whole(coverage.level2)} %  falls short ${coverage.standing.unmet}`,
  );
  const first = points[0] ?? last;
  const gained = whole(last.coverage.level1) - whole(first.coverage.level1);
  const direction = gained > 0 ? `up ${gained} points` : gained < 0 ? `down ${-gained} points` : 'unchanged';
  const sentence =
    points.length === 1
      ? `Any MFA stands at ${whole(last.coverage.level1)} %, hardware at ${whole(last.coverage.level2)} %. One reading makes no trend yet.`
      : `Any MFA is ${direction} since ${utc(first.at).slice(0, 10)}, at ${whole(last.coverage.level1)} %; hardware at ${whole(last.coverage.level2)} %.`;

  return {
    text: [sentence, ...lines].join('\n'),
    blocks: [
      header('Root MFA, week by week'),
      section(md`${sentence}`),
      ...(points.length > 1
        ? [
            lineChart(
              'Accounts with root MFA, in per cent',
              points.map(({ at }) => utc(at).slice(5, 10)),
              [
                { name: 'Any MFA', values: points.map(({ coverage }) => whole(coverage.level1)) },
                { name: 'Hardware MFA', values: points.map(({ coverage }) => whole(coverage.level2)) },
              ],
              '%',
            ),
          ]
        : []),
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

/** Rounded down: 100 % is said only where nobody is missing. */
function whole(results: Coverage['level1']): number {
  return Math.floor((shareOf(results) ?? 0) * 100);
}

import type { TrendPoint } from '../../../domain/trend.ts';
import type { TargetsOverview } from '../../../usecases/targets/read-targets.ts';
import { header, joinMarkup, md, type RenderedMessage, section } from '../shared/blocks.ts';
import { type DataVisualizationBlock, lineChart } from '../shared/chart.ts';
import { targetBlocks, targetChart } from '../targets/targets.ts';

/** Renders coverage by week as a chart and a table. */
export function renderTrend(
  points: readonly TrendPoint[],
  { progress, history }: TargetsOverview = { progress: [], history: [] },
): RenderedMessage {
  const chart = targetChart(history);
  const last = points.at(-1);
  const first = points[0];
  if (!last || !first) {
    const sentence = 'There is no trend yet: no scan has finished in the last 12 weeks.';
    return { text: sentence, blocks: [header('Trend'), section(md`${sentence}`)] };
  }
  const lines = points.map(
    ({ week, level1, level2, noRootCredentials, noncompliant }) =>
      `${week}   any MFA ${paddedPercent(level1)}%   hardware ${paddedPercent(level2)}%   no root credentials ${paddedPercent(noRootCredentials)}%   non-compliant ${noncompliant}`,
  );
  const gained = toPercent(last.level1) - toPercent(first.level1);
  const direction = gained > 0 ? `up ${gained} points` : gained < 0 ? `down ${-gained} points` : 'unchanged';
  const sentence =
    points.length === 1
      ? `Any MFA: ${toPercent(last.level1)}%. Hardware MFA: ${toPercent(last.level2)}%. No root credentials: ${toPercent(last.noRootCredentials)}%. The trend starts with the second week.`
      : `Any MFA: ${toPercent(last.level1)}%, ${direction} since ${first.week}. Hardware MFA: ${toPercent(last.level2)}%. No root credentials: ${toPercent(last.noRootCredentials)}%.`;

  return {
    text: [sentence, ...lines].join('\n'),
    blocks: [
      header('Root MFA by week'),
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
      ...targetBlocks(progress),
      ...(chart ? [chart] : []),
    ],
  };
}

/** Renders the trend as a chart. */
export function trendChart(points: readonly TrendPoint[]): DataVisualizationBlock {
  return lineChart(
    'Root MFA and credentials (%)',
    points.map(({ week }) => week.slice(-3)),
    [
      { name: 'Any MFA', values: points.map(({ level1 }) => toPercent(level1)) },
      { name: 'Hardware MFA', values: points.map(({ level2 }) => toPercent(level2)) },
      {
        name: 'No root credentials',
        values: points.map(({ noRootCredentials }) => toPercent(noRootCredentials)),
      },
    ],
    { y: '%' },
  );
}

/** Rounds down, so that 100% means every account. */
function toPercent(share: number | null | undefined): number {
  return Math.floor((share ?? 0) * 100);
}

function paddedPercent(share: number | null | undefined): string {
  return String(toPercent(share)).padStart(3);
}

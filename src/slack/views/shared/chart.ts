/**
 * A line chart in a message.
 *
 * Not yet in `@slack/types`: https://docs.slack.dev/reference/block-kit/blocks. Clients that do not know it refuse the
 * message with `invalid_blocks`; it is then sent again without the chart.
 */
export interface DataVisualizationBlock {
  readonly type: 'data_visualization';
  readonly title: string;
  readonly chart: {
    readonly type: 'line';
    readonly series: readonly {
      readonly name: string;
      readonly data: readonly { readonly label: string; readonly value: number }[];
    }[];
    readonly axis_config: {
      readonly categories: readonly string[];
      readonly x_label?: string;
      readonly y_label?: string;
    };
  };
}

/** One line of a chart: a value for each category. */
export interface ChartLine {
  readonly name: string;
  readonly values: readonly number[];
}

/** Builds a line chart: at most six lines of at most twenty points, over the same categories. */
export function lineChart(
  title: string,
  categories: readonly string[],
  lines: readonly ChartLine[],
  { x, y }: { readonly x?: string | undefined; readonly y: string },
): DataVisualizationBlock {
  return {
    type: 'data_visualization',
    title,
    chart: {
      type: 'line',
      series: lines.map(({ name, values }) => ({
        name,
        data: categories.map((label, index) => ({ label, value: values[index] ?? 0 })),
      })),
      axis_config: { categories, ...(x && { x_label: x }), y_label: y },
    },
  };
}

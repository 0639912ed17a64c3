import { useId, useRef, useState } from 'preact/hooks';
import {
  type ChartBlockJson,
  categoryCentres,
  type Frame,
  heightOf,
  linePath,
  type Point,
  type Series,
  slicePath,
  ticks,
  visibleLabels,
} from './chart-geometry.ts';
import { replaceShortcodes } from './emoji.ts';
import { useWidth } from './use-width.ts';

const COLOURS = ['#1d7bd1', '#e8912d', '#2bac76', '#d6336c', '#7c5cdb', '#17a2b8'];
const DEFAULT_WIDTH = 560;
const HEIGHT = 250;
const SHAPES = { line: 'a line chart', bar: 'a bar chart', area: 'an area chart' };

/** A chart, with its legend, and the values under the pointer. */
export function Chart({ block }: { readonly block: ChartBlockJson }) {
  const { title, chart } = block;
  return (
    <figure class="chart" data-testid="chart">
      <figcaption class="chart__title">{replaceShortcodes(title)}</figcaption>
      {chart.type === 'pie' ? (
        <Pie title={title} segments={chart.segments} />
      ) : (
        <Plot title={title} shape={chart.type} series={chart.series} axes={chart.axis_config} />
      )}
    </figure>
  );
}

type Axes = Extract<ChartBlockJson['chart'], { series: unknown }>['axis_config'];

interface PlotProps {
  readonly title: string;
  readonly shape: 'line' | 'bar' | 'area';
  readonly series: readonly Series[];
  readonly axes: Axes;
}

/** What the parts of a plot are drawn from: its values and where they go. */
interface PlotLayout extends Omit<PlotProps, 'title'> {
  readonly width: number;
  readonly frame: Frame;
  /** The values of the horizontal rules. */
  readonly marks: readonly number[];
  /** The x of each category. */
  readonly centres: readonly number[];
  /** The width of a category. */
  readonly step: number;
  /** The y of zero. */
  readonly floor: number;
  readonly valueAt: (entry: Series, index: number) => number;
}

interface PlotPartProps {
  readonly layout: PlotLayout;
  readonly hovered: number | undefined;
}

function Plot({ title, ...props }: PlotProps) {
  const [hovered, setHovered] = useState<number>();
  const plot = useRef<HTMLDivElement>(null);
  // Drawn at its real width, so that the text keeps its size in a narrow window.
  const width = useWidth(plot, DEFAULT_WIDTH);
  const tableId = useId();
  const layout = layOut(props, width);
  const { series, shape } = layout;

  return (
    <>
      <div ref={plot} class="chart__plot">
        <svg
          viewBox={`0 0 ${width} ${HEIGHT}`}
          role="img"
          aria-label={`${title}: ${SHAPES[shape]}`}
          aria-describedby={tableId}
        >
          <PlotAxes layout={layout} />
          {shape === 'bar' ? (
            <Bars layout={layout} hovered={hovered} />
          ) : (
            <Lines layout={layout} hovered={hovered} />
          )}
          <HoverAreas layout={layout} onHover={setHovered} />
        </svg>
        {hovered !== undefined && <HoveredValues layout={layout} hovered={hovered} />}
      </div>
      <Legend names={series.map(({ name }) => name)} />
      <ValueTable id={tableId} title={title} layout={layout} />
    </>
  );
}

/** Returns where the parts of a plot of that width go. */
function layOut({ shape, series, axes }: Omit<PlotProps, 'title'>, width: number): PlotLayout {
  const { categories, x_label: xLabel, y_label: yLabel } = axes;
  const valueAt = (entry: Series, index: number) =>
    (entry.data.find(({ label }) => label === categories[index]) ?? entry.data[index])?.value ?? 0;
  const marks = ticks(series.flatMap((entry) => categories.map((_, index) => valueAt(entry, index))));
  const markWidth = Math.max(...marks.map((mark) => shown(mark).length)) * 7;
  const frame: Frame = {
    left: markWidth + 14 + (yLabel ? 18 : 0),
    top: 12,
    width: width - markWidth - 26 - (yLabel ? 18 : 0),
    height: HEIGHT - 12 - (xLabel ? 46 : 28),
  };
  return {
    shape,
    series,
    axes,
    width,
    frame,
    marks,
    centres: categoryCentres(categories.length, frame, shape),
    step: frame.width / Math.max(1, categories.length),
    floor: heightOf(0, marks, frame),
    valueAt,
  };
}

/** Rules with their values, the categories, and the labels of both axes. */
function PlotAxes({ layout: { axes, frame, marks, centres } }: { readonly layout: PlotLayout }) {
  const { categories, x_label: xLabel, y_label: yLabel } = axes;
  const named = visibleLabels(categories, frame.width);
  return (
    <>
      {marks.map((mark) => {
        const y = heightOf(mark, marks, frame);
        return (
          <g key={mark}>
            <line
              class={mark === 0 ? 'chart__floor' : 'chart__rule'}
              x1={frame.left}
              x2={frame.left + frame.width}
              y1={y}
              y2={y}
            />
            <text class="chart__mark" x={frame.left - 8} y={y + 4} text-anchor="end">
              {shown(mark)}
            </text>
          </g>
        );
      })}
      {categories.map(
        (category, index) =>
          named.has(index) && (
            <text
              key={category}
              class="chart__mark"
              x={centres[index]}
              y={frame.top + frame.height + 18}
              text-anchor="middle"
            >
              {category.length > 12 ? `${category.slice(0, 11)}…` : category}
            </text>
          ),
      )}
      {xLabel && (
        <text class="chart__axis" x={frame.left + frame.width / 2} y={HEIGHT - 6} text-anchor="middle">
          {xLabel}
        </text>
      )}
      {yLabel && (
        <text
          class="chart__axis"
          text-anchor="middle"
          transform={`translate(12 ${frame.top + frame.height / 2}) rotate(-90)`}
        >
          {yLabel}
        </text>
      )}
    </>
  );
}

function Bars({ layout, hovered }: PlotPartProps) {
  const { series, axes, step, floor } = layout;
  const barWidth = Math.min(34, (step * 0.72) / Math.max(1, series.length));
  return (
    <>
      {series.map((entry, which) =>
        pointsOf(entry, layout).map(([x, y], index) => (
          <rect
            key={`${entry.name} ${axes.categories[index]}`}
            x={x - (barWidth * series.length) / 2 + barWidth * which + 1}
            y={Math.min(y, floor)}
            width={Math.max(1, barWidth - 2)}
            height={Math.abs(floor - y)}
            rx="2"
            fill={colourOf(which)}
            opacity={hovered === undefined || hovered === index ? 1 : 0.45}
          />
        )),
      )}
    </>
  );
}

/** The lines of a line or an area chart, and a guide at the category under the pointer. */
function Lines({ layout, hovered }: PlotPartProps) {
  const { series, frame, centres } = layout;
  return (
    <>
      {hovered !== undefined && (
        <line
          class="chart__guide"
          x1={centres[hovered]}
          x2={centres[hovered]}
          y1={frame.top}
          y2={frame.top + frame.height}
        />
      )}
      {series.map((entry, which) => (
        <SeriesLine
          key={entry.name}
          layout={layout}
          points={pointsOf(entry, layout)}
          colour={colourOf(which)}
          hovered={hovered}
        />
      ))}
    </>
  );
}

function SeriesLine({
  layout: { shape, axes, floor },
  points,
  colour,
  hovered,
}: PlotPartProps & {
  readonly points: readonly (readonly [number, number])[];
  readonly colour: string | undefined;
}) {
  const [first, last] = [points[0], points.at(-1)];
  return (
    <g>
      {shape === 'area' && first && last && (
        <path
          d={`${linePath(points)} L${last[0]} ${floor} L${first[0]} ${floor} Z`}
          fill={colour}
          opacity="0.16"
        />
      )}
      <path
        d={linePath(points)}
        fill="none"
        stroke={colour}
        stroke-width="2.5"
        stroke-linejoin="round"
        stroke-linecap="round"
      />
      {points.map(([x, y], index) => (
        <circle
          key={axes.categories[index]}
          cx={x}
          cy={y}
          r={hovered === index ? 5 : points.length > 14 ? 0 : 3}
          fill={hovered === index ? 'var(--paper)' : colour}
          stroke={colour}
          stroke-width="2.5"
        />
      ))}
    </g>
  );
}

/** Invisible areas, one a category, that notice the pointer. */
function HoverAreas({
  layout: { axes, frame, centres, step },
  onHover,
}: {
  readonly layout: PlotLayout;
  readonly onHover: (category: number | undefined) => void;
}) {
  return (
    <>
      {axes.categories.map((category, index) => (
        <rect
          key={category}
          x={(centres[index] ?? 0) - step / 2}
          y={frame.top}
          width={step}
          height={frame.height}
          fill="transparent"
          onPointerEnter={() => onHover(index)}
          onPointerLeave={() => onHover(undefined)}
        />
      ))}
    </>
  );
}

/** The values of the category under the pointer, on the side with more room. */
function HoveredValues({ layout, hovered }: { readonly layout: PlotLayout; readonly hovered: number }) {
  const { axes, series, width, centres, valueAt } = layout;
  const centre = centres[hovered] ?? 0;
  const percentFromLeft = (centre / width) * 100;
  return (
    <div
      class="chart__values"
      style={
        centre > width * 0.6
          ? { right: `${100 - percentFromLeft + 2}%` }
          : { left: `${percentFromLeft + 2}%` }
      }
    >
      <strong>{axes.categories[hovered]}</strong>
      {series.map((entry, which) => (
        <span key={entry.name}>
          <i style={{ background: colourOf(which) }} />
          {entry.name} <b>{shown(valueAt(entry, hovered))}</b>
        </span>
      ))}
    </div>
  );
}

/** The same values as a table, for screen readers. */
function ValueTable({
  id,
  title,
  layout: { axes, series, valueAt },
}: {
  readonly id: string;
  readonly title: string;
  readonly layout: PlotLayout;
}) {
  return (
    <table id={id} class="unseen">
      <caption>{title}</caption>
      <tbody>
        {axes.categories.map((category, index) => (
          <tr key={category}>
            <th scope="row">{category}</th>
            {series.map((entry) => (
              <td key={entry.name}>
                {entry.name}: {valueAt(entry, index)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Returns where the values of a series are drawn. */
function pointsOf(entry: Series, { centres, marks, frame, valueAt }: PlotLayout) {
  return centres.map((x, index) => [x, heightOf(valueAt(entry, index), marks, frame)] as const);
}

function colourOf(index: number): string | undefined {
  return COLOURS[index % COLOURS.length];
}

function Pie({ title, segments }: { readonly title: string; readonly segments: readonly Point[] }) {
  const [hovered, setHovered] = useState<number>();
  const sharesId = useId();
  const total = segments.reduce((sum, { value }) => sum + Math.max(0, value), 0);
  const slices = segments.map(({ label, value }, index) => {
    const from =
      segments.slice(0, index).reduce((sum, before) => sum + Math.max(0, before.value), 0) / (total || 1);
    return { label, value, from, to: from + Math.max(0, value) / (total || 1) };
  });
  const chosen = hovered === undefined ? undefined : slices[hovered];

  return (
    <div class="chart__pie">
      <svg
        viewBox="0 0 200 200"
        width="190"
        height="190"
        role="img"
        aria-label={`${title}: a pie chart`}
        aria-describedby={sharesId}
      >
        {total === 0 && (
          <circle cx="100" cy="100" r="75" fill="none" stroke="var(--line)" stroke-width="36" />
        )}
        {slices.map(
          ({ label, from, to }, index) =>
            to > from && (
              <path
                key={label}
                d={slicePath(100, hovered === index ? 97 : 93, 56, from, to)}
                fill={colourOf(index)}
                stroke="var(--paper)"
                stroke-width="2"
                onPointerEnter={() => setHovered(index)}
                onPointerLeave={() => setHovered(undefined)}
              />
            ),
        )}
        <text class="chart__total" x="100" y="98" text-anchor="middle">
          {shown(chosen?.value ?? total)}
        </text>
        <text class="chart__mark" x="100" y="118" text-anchor="middle">
          {chosen ? percent(chosen.value, total) : 'in total'}
        </text>
      </svg>
      <ul id={sharesId} class="chart__shares">
        {slices.map(({ label, value }, index) => (
          <li
            key={label}
            class={hovered === index ? 'on' : ''}
            onPointerEnter={() => setHovered(index)}
            onPointerLeave={() => setHovered(undefined)}
          >
            <i style={{ background: colourOf(index) }} />
            <span>{replaceShortcodes(label)}</span>
            <b>{shown(value)}</b>
            <span class="quiet">{percent(value, total)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Legend({ names }: { readonly names: readonly string[] }) {
  return (
    <ul class="chart__legend" aria-hidden="true">
      {names.map((name, index) => (
        <li key={name}>
          <i style={{ background: colourOf(index) }} />
          {replaceShortcodes(name)}
        </li>
      ))}
    </ul>
  );
}

function shown(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

function percent(value: number, total: number): string {
  return total > 0 ? `${Math.round((value / total) * 100)}%` : '–';
}

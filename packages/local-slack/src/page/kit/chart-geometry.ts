/** Slack's chart block, which the published types do not know yet. */
export interface ChartBlockJson {
  readonly type: 'data_visualization';
  readonly block_id?: string;
  readonly title: string;
  readonly chart:
    | { readonly type: 'pie'; readonly segments: readonly Point[] }
    | {
        readonly type: 'line' | 'bar' | 'area';
        readonly series: readonly Series[];
        readonly axis_config: {
          readonly categories: readonly string[];
          readonly x_label?: string;
          readonly y_label?: string;
        };
      };
}

export interface Point {
  readonly label: string;
  readonly value: number;
}

export interface Series {
  readonly name: string;
  readonly data: readonly Point[];
}

/** The area inside the axes, in the picture's units. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Round numbers, about `count` of them, from the lowest to the highest value; zero is among them. */
export function ticks(values: readonly number[], count = 4): readonly number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const roughStep = (high - low || 1) / count;
  const magnitude = 10 ** Math.floor(Math.log10(roughStep));
  const matchingFactor = [1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= roughStep) ?? 10;
  // Half an account is no mark on an axis.
  const whole = values.every(Number.isInteger);
  const step = whole ? Math.max(1, Math.ceil(matchingFactor * magnitude)) : matchingFactor * magnitude;

  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Returns the y of a value. */
export function heightOf(value: number, marks: readonly number[], frame: Frame): number {
  const low = marks[0] ?? 0;
  const high = marks.at(-1) ?? 1;
  return frame.top + frame.height * (1 - (value - low) / (high - low || 1));
}

/** The middle of each category on the horizontal axis. Lines reach both ends, bars leave half a step. */
export function categoryCentres(
  count: number,
  frame: Frame,
  shape: 'line' | 'bar' | 'area',
): readonly number[] {
  if (shape === 'bar' || count === 1) {
    const step = frame.width / Math.max(1, count);
    return Array.from({ length: count }, (_, index) => frame.left + step * (index + 0.5));
  }
  const inset = 14;
  const step = (frame.width - 2 * inset) / (count - 1);
  return Array.from({ length: count }, (_, index) => frame.left + inset + step * index);
}

/** Which categories have room for their name: all of them, or every second, third, … and always the last. */
export function visibleLabels(labels: readonly string[], width: number): ReadonlySet<number> {
  const widest = Math.max(1, ...labels.map((label) => Math.min(label.length, 12)));
  const labelsThatFit = Math.max(1, Math.floor(width / (widest * 6.4 + 10)));
  const every = Math.ceil(labels.length / labelsThatFit);
  return new Set(
    labels.map((_, index) => index).filter((index) => (labels.length - 1 - index) % every === 0),
  );
}

/** A line through points, for an SVG path. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join(' ');
}

/** A slice of a pie with a hole, for an SVG path; shares run from 0 to 1, clockwise from the top. */
export function slicePath(centre: number, outer: number, inner: number, from: number, to: number): string {
  // A whole circle has no two ends to draw an arc between.
  const end = to - from >= 1 ? from + 0.9999 : to;
  const isLarge = end - from > 0.5 ? 1 : 0;
  const at = (share: number, radius: number) => {
    const angle = 2 * Math.PI * share - Math.PI / 2;
    return `${round(centre + radius * Math.cos(angle))} ${round(centre + radius * Math.sin(angle))}`;
  };
  return [
    `M${at(from, outer)}`,
    `A${outer} ${outer} 0 ${isLarge} 1 ${at(end, outer)}`,
    `L${at(end, inner)}`,
    `A${inner} ${inner} 0 ${isLarge} 0 ${at(from, inner)}`,
    'Z',
  ].join(' ');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

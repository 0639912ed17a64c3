import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { aContext } from '../support/context.ts';
import { testDatabase } from '../support/database.ts';

const db = await testDatabase();
const read = (file: string) =>
  readFileSync(new URL(`../../deploy/monitoring/${file}`, import.meta.url), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

const rules: readonly Rule[] = parse(read('alerts.yml')).groups.flatMap(
  ({ rules }: { rules: readonly Rule[] }) => rules,
);
const { panels }: { panels: readonly Panel[] } = JSON.parse(read('grafana-dashboard.json'));

/** The labels of each metric that the bot has, by its name. */
async function existingMetrics(): Promise<ReadonlySet<string>> {
  const metrics = createMetrics();
  metrics.instrumentCollector((() => undefined) as never);
  metrics.instrumentJobs([]);
  metrics.observe(aContext({ db }), () => null);
  const { text } = await metrics.render();
  return new Set(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

const metricsIn = (expression: string) => expression.match(/\b(?:root_mfa|nodejs|process)_\w+/g) ?? [];

describe.each([
  ['alerts.yml', rules.map(({ expr }) => expr)],
  ['grafana-dashboard.json', panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))],
])('%s', (_file, expressions) => {
  test('asks only for metrics that the bot has', async () => {
    const existing = await existingMetrics();

    expect(expressions.length).toBeGreaterThan(8);
    expect(expressions.filter((expression) => metricsIn(expression).length === 0)).toEqual([]);
    expect(expressions.flatMap(metricsIn).filter((name) => !existing.has(name))).toEqual([]);
  });
});

test('every alert that docs/operations.md names has a rule', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const advised = [...page.matchAll(/^\| `[^|]*root_mfa_[^|]*\| \S.*$/gm)].flatMap(([line]) =>
    metricsIn(line),
  );
  const alerted = new Set(rules.flatMap(({ expr }) => metricsIn(expr)));

  expect(advised.length).toBeGreaterThan(8);
  expect(advised.filter((name) => !alerted.has(name))).toEqual([]);
});

test('an alert on messages that could not be delivered does not wait for a yesterday to compare with', () => {
  const compared = rules.filter(({ expr }) => expr.includes('state="dead"'));

  expect(compared).toHaveLength(2);
  for (const { expr } of compared) expect(expr).toMatch(/offset 1d or \w+\{state="dead"\} \* 0\)$/);
});

test('every rule has a name of its own, a severity and words for a person', () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { labels, annotations } of rules) {
    expect(['critical', 'warning', 'info']).toContain(labels.severity);
    expect(annotations.summary.length).toBeGreaterThan(10);
    expect(annotations.description.length).toBeGreaterThan(10);
  }
});

test('no panel of the dashboard covers another', () => {
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  );

  expect(new Set(cells).size).toBe(cells.length);
  expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
});

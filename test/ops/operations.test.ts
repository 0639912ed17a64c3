import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { aContext } from '../support/context.ts';
import { emptyTables, testDatabase } from '../support/database.ts';

const db = await testDatabase();
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = read('docs/operations.md');

beforeEach(() => emptyTables(db));

describe('docs/operations.md', () => {
  test('names only commands that there are', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const main = read('src/cli/main.ts');
    const used = [...page.matchAll(/npm (?:run (?:--silent )?)([\w:-]+)/g)].map(([, name = '']) => name);
    const commands = [...page.matchAll(/main\.js ([a-z-]+)/g)].map(([, name = '']) => name);

    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !(name in scripts))).toEqual([]);
    expect(commands.filter((name) => !main.includes(`.command('${name}')`))).toEqual([]);
  });

  test('names every metric of ours, and no other', async () => {
    const metrics = createMetrics();
    metrics.observe(aContext({ db }), () => null);
    metrics.instrumentCollector(() => Promise.reject(new Error('not opened')));
    metrics.instrumentJobs([]);
    const { text } = await metrics.render();

    const exposed = [...text.matchAll(/^# TYPE (root_mfa_\w+)/gm)].map(([, name]) => name);
    const named = new Set([...page.matchAll(/\broot_mfa_\w+/g)].map(([name]) => name));
    expect([...named].sort()).toEqual([...exposed].sort());
  });
});

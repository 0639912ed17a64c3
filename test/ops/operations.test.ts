import { existsSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/config.ts';
import { jobHandlers } from '../../src/jobs/job-handlers.ts';
import { timetable } from '../../src/jobs/schedule.ts';
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

  test('names every job, and says that webhooks and the root event queue are none', () => {
    const config = parseConfig(
      'rootEvents: { queueUrl: "https://sqs.eu-west-1.amazonaws.com/111122223333/root-events" }',
    );
    const names = timetable(config, jobHandlers(aContext({ db, config }), 'test')).map(({ name }) => name);

    const [, table = ''] = page.split('## Jobs');
    const documented = [...(table.split('## ')[0] ?? '').matchAll(/^\| `([a-z-]+)` \|/gm)].map(
      ([, name]) => name,
    );
    expect(documented).toEqual(names);
    expect(names.filter((name) => /webhook|queue/.test(name))).toEqual([]);
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

describe('docs/reliability.md', () => {
  test('names only tests that there are, at least one for each promise', () => {
    const [table = ''] = read('docs/reliability.md').split('## Chaos');
    const promises = [...table.matchAll(/^\| .+ \| .+ \| (.+) \|$/gm)]
      .map(([, tests = '']) => [...tests.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path))
      .slice(2);

    expect(promises.length).toBeGreaterThan(8);
    expect(promises.filter((paths) => paths.length === 0)).toEqual([]);
    const paths = promises.flat();
    expect(paths.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([]);
  });
});

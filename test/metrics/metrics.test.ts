import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { parseConfig } from '../../src/config/config.ts';
import { instrumentCollector } from '../../src/metrics/instrument-collector.ts';
import { boundedLabel } from '../../src/metrics/labels.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { enqueue } from '../../src/store/outbox.ts';
import type { RootEventFailure } from '../../src/usecases/shared/context.ts';
import { startBotHarness } from '../support/bot-harness.ts';

const { bot, slack, scan } = await startBotHarness();

const ask = (path: string) => fetch(`http://127.0.0.1:${bot.port}${path}`);
/** The samples by name and labels. */
async function samples(): Promise<ReadonlyMap<string, number>> {
  const text = await (await ask('/metrics')).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.replace(/ [^ ]+$/, ''), Number(line.split(' ').at(-1))]));
}

describe('/metrics', () => {
  test('exports the compliance of accounts in the Prometheus format', async () => {
    const response = await ask('/metrics');
    const found = await samples();

    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(found.get('root_mfa_accounts{compliance="noncompliant"}')).toBeGreaterThan(5);
    expect(found.get('root_mfa_accounts_by_level{result="pass",level="1"}')).toBeGreaterThan(5);
    expect(found.get('root_mfa_accounts_by_mfa{mfa="virtual"}')).toBeGreaterThan(0);
    expect(found.get('root_mfa_last_scan_timestamp_seconds')).toBeGreaterThan(1_700_000_000);
    expect(found.get('root_mfa_database_up')).toBe(1);
    expect(found.get('root_mfa_slack_connected')).toBe(1);
    expect(found.get('root_mfa_notifications{state="dead"}')).toBe(0);
    expect(found.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
    expect(found.has('process_resident_memory_bytes')).toBe(true);
  });

  test('exports how long scans took, and what AWS refused', async () => {
    await scan();
    const found = await samples();

    expect(found.get('root_mfa_scan_duration_seconds_count{outcome="complete"}')).toBe(2);
    const refusals = [...found].filter(([name]) => name.startsWith('root_mfa_aws_errors_total'));
    expect(refusals.map(([name]) => name)).toContain(
      'root_mfa_aws_errors_total{call="sts:AssumeRoot",code="AccessDenied"}',
    );
  });

  test('counts a look that could not begin', async () => {
    const registry = new Registry();
    const open = instrumentCollector(registry, () => Promise.reject(new Error('no credentials')));

    await expect(open()).rejects.toThrow('no credentials');
    expect(await registry.metrics()).toContain('root_mfa_scan_duration_seconds_count{outcome="failed"} 1');
  });

  test('says whether root events can be received, where a queue is configured', async () => {
    const config = parseConfig(
      'rootEvents: { queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/q" }',
    );
    const queueUp = async (failure: RootEventFailure | null) => {
      const metrics = createMetrics();
      metrics.observe({ ...bot.ctx, config, rootEventFailure: () => failure }, () => null);
      return /^root_mfa_root_event_queue_up (\d)$/m.exec((await metrics.render()).text)?.[1];
    };

    expect(await queueUp(null)).toBe('1');
    expect(await queueUp({ reason: 'the queue does not exist', since: new Date() })).toBe('0');
    expect((await samples()).has('root_mfa_root_event_queue_up')).toBe(false);
  });

  test('counts calls to Slack by how they ended', async () => {
    await slack.as('U03ANA').command('#security', '/mfa-status');
    const found = await samples();

    expect(found.get('root_mfa_slack_calls_total{method="auth.test",outcome="ok"}')).toBeGreaterThan(0);
  });

  test('counts the runs of jobs, and exports how far behind they are', async () => {
    await bot.tick();
    const found = await samples();

    expect(found.get('root_mfa_job_runs_total{job="scan",outcome="done"}')).toBe(1);
    expect(found.get('root_mfa_job_runs_total{job="digest",outcome="failed"}')).toBe(0);
    expect(found.has('root_mfa_job_lag_seconds{job="scan"}')).toBe(true);
    expect(found.has('root_mfa_job_duration_seconds_count{job="scan"}')).toBe(true);
  }, 120_000);

  test('names no account and no person', async () => {
    const text = await (await ask('/metrics')).text();

    expect(text.match(/="[^"]*(\d{12}|U0\d\w+|@)[^"]*"/)).toBeNull();
  });
});

describe('/readyz', () => {
  test('reports undelivered notifications and late jobs, and is still ready', async () => {
    await enqueue(
      bot.ctx.db,
      { key: 'lost', kind: 'x', to: { kind: 'person', id: 'U1' }, payload: {} },
      bot.ctx.now(),
    );
    await bot.ctx.db.query(`update outbox set state = 'dead', due_at = null where key = 'lost'`);

    const response = await ask('/readyz');

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'ready',
      parts: { database: null, slack: null },
      information: { deadLetters: 1, jobs: { scan: { lagSeconds: expect.any(Number) } } },
    });
  });
});

describe('a label', () => {
  test('has as many values as it may, and then no more', () => {
    const label = boundedLabel(2);

    expect(['A', 'B', 'C', 'A'].map(label)).toEqual(['A', 'B', 'other', 'A']);
  });

  test('is never an account, nor anything that is no name', () => {
    const label = boundedLabel();

    expect(['acct111122223333', '111122223333', 'a"b', 'x y', '', 'sts:AssumeRoot'].map(label)).toEqual([
      'other',
      'other',
      'other',
      'other',
      'other',
      'sts:AssumeRoot',
    ]);
  });
});

import { beforeEach, expect, test } from '@jest/globals';
import { WebClient } from '@slack/web-api';
import { parseConfig } from '../../src/config/config.ts';
import { openGate } from '../../src/slack/authorizer.ts';
import { openPeople } from '../../src/slack/user-directory.ts';
import { aSlack, BEN } from '../../packages/local-slack/test/bolt-harness.ts';
import { emptyTables, testDatabase } from '../support/database.ts';

const db = await testDatabase();

beforeEach(() => emptyTables(db));

const TEN_MINUTES_MS = 10 * 60_000;

test('what was read while the clock ran ahead is not believed until it has caught up', async () => {
  const slack = await aSlack();
  let time = new Date('2031-01-01T00:00:00Z');
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl });
  const people = openPeople({ db, client, homeTeam: () => 'T0HOME', now: () => time });
  expect(await people.byId(BEN, TEN_MINUTES_MS)).toMatchObject({ kind: 'member' });

  time = new Date('2026-11-24T09:00:00Z');
  slack.deactivate(BEN);

  expect(await people.byId(BEN, TEN_MINUTES_MS)).toMatchObject({ kind: 'deactivated' });
});

test('whoever cannot be let in because Slack does not answer is turned away, and the log says why', async () => {
  const slack = await aSlack();
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const homeTeam = () => 'T0HOME';
  const people = openPeople({ db, client, homeTeam, now: () => new Date('2026-11-25T09:00:00Z') });
  const lines: object[] = [];
  const write = (fields: object) => void lines.push(fields);
  const gate = openGate({
    client,
    people,
    config: parseConfig(''),
    homeTeam,
    unreachable: async () => () => false,
    log: { info: write, warn: write, error: write },
  });
  slack.inject({ method: 'users.info', error: 'fatal_error' });
  slack.inject({ method: 'conversations.info', status: 503 });

  expect(await gate.admit({ userId: BEN, teamId: 'T0HOME' })).toEqual({
    kind: 'refused',
    because: 'cannot-ask',
  });
  expect(await gate.refusesChannel('C01SECURITY')).toBe('cannot-ask');
  expect(lines).toMatchObject([
    { user: BEN, err: expect.any(Error) },
    { channel: 'C01SECURITY', err: expect.any(Error) },
  ]);
});

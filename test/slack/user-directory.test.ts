import { beforeEach, expect, test } from '@jest/globals';
import { WebClient } from '@slack/web-api';
import { parseConfig } from '../../src/config/config.ts';
import { createAuthorizer } from '../../src/slack/authorizer.ts';
import { createUserDirectory } from '../../src/slack/user-directory.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { BEN, startTestSlack } from '../support/test-slack.ts';

const db = await testDatabase();

beforeEach(() => emptyTables(db));

const TEN_MINUTES_MS = 10 * 60_000;

test('what was read while the clock ran ahead is not believed until it has caught up', async () => {
  const slack = await startTestSlack();
  let time = new Date('2031-01-01T00:00:00Z');
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl });
  const people = createUserDirectory({ db, client, homeTeam: () => 'T0HOME', now: () => time });
  expect(await people.byId(BEN, TEN_MINUTES_MS)).toMatchObject({ kind: 'member' });

  time = new Date('2026-11-24T09:00:00Z');
  slack.deactivate(BEN);

  expect(await people.byId(BEN, TEN_MINUTES_MS)).toMatchObject({ kind: 'deactivated' });
});

test('whoever cannot be let in because Slack does not answer is turned away, and the log says why', async () => {
  const slack = await startTestSlack();
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const homeTeam = () => 'T0HOME';
  const people = createUserDirectory({ db, client, homeTeam, now: () => new Date('2026-11-25T09:00:00Z') });
  const lines: object[] = [];
  const write = (fields: object) => void lines.push(fields);
  const gate = createAuthorizer({
    client,
    people,
    config: parseConfig(''),
    homeTeam,
    unreachable: async () => () => false,
    log: { info: write, warn: write, error: write },
  });
  slack.injectFault({ method: 'users.info', error: 'fatal_error' });
  slack.injectFault({ method: 'conversations.info', status: 503 });

  expect(await gate.authorize({ userId: BEN, teamId: 'T0HOME' })).toEqual({
    kind: 'refused',
    because: 'lookup-failed',
  });
  expect(await gate.channelDenialReason('C01SECURITY')).toBe('lookup-failed');
  expect(lines).toMatchObject([
    { user: BEN, err: expect.any(Error) },
    { channel: 'C01SECURITY', err: expect.any(Error) },
  ]);
});

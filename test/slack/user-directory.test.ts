import { beforeEach, expect, test } from '@jest/globals';
import { WebClient } from '@slack/web-api';
import { createUserDirectory } from '../../src/slack/user-directory.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { BEN, startTestSlack } from '../support/test-slack.ts';

const db = await testDatabase();

beforeEach(() => emptyTables(db));

const TEN_MINUTES_MS = 10 * 60_000;

test('a person who was read while the clock was ahead is read again', async () => {
  const slack = await startTestSlack();
  let time = new Date('2031-01-01T00:00:00Z');
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl });
  const people = createUserDirectory({ db, client, homeTeam: () => 'T0HOME', now: () => time });
  expect(await people.byId(BEN, TEN_MINUTES_MS)).toMatchObject({ kind: 'member' });

  time = new Date('2026-11-24T09:00:00Z');
  slack.deactivate(BEN);

  expect(await people.byId(BEN, TEN_MINUTES_MS)).toMatchObject({ kind: 'deactivated' });
});

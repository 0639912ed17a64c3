import { beforeEach, describe, expect, test } from '@jest/globals';
import { WebClient } from '@slack/web-api';
import { parseConfig } from '../../src/config/config.ts';
import { createAdmins } from '../../src/slack/admins.ts';
import { createAuthorizer } from '../../src/slack/authorizer.ts';
import { createChannelPolicy } from '../../src/slack/channel-policy.ts';
import { createTeamCheck } from '../../src/slack/membership.ts';
import { createUserDirectory } from '../../src/slack/user-directory.ts';
import { type Database, DatabaseError } from '../../src/store/database.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { BEN, startTestSlack } from '../support/test-slack.ts';

const db = await testDatabase();
const CHANNEL = 'C01SECURITY';
const ben = { userId: BEN, teamId: 'T0HOME' };

/** A database that cannot be reached. */
const unreachableDb = {
  ...db,
  query: async () => {
    throw new DatabaseError('Cannot reach the database');
  },
} as Database;

beforeEach(() => emptyTables(db));

async function setUp({ admins = '', store = db }: { admins?: string; store?: Database } = {}) {
  const slack = await startTestSlack();
  /** Methods that Slack answers with "ok" and nothing else, once each. */
  const incomplete = new Set<string>();
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      return incomplete.delete(String(url).split('/').at(-1) ?? '') ? Response.json({ ok: true }) : response;
    },
  });
  const config = parseConfig(`slack: { admins: [${admins}] }`);
  const logLines: object[] = [];
  const write = (fields: object) => void logLines.push(fields);
  const log = { info: write, warn: write, error: write };
  const homeTeam = () => 'T0HOME';
  const isOurTeam = createTeamCheck(homeTeam, []);
  const now = () => new Date('2026-11-25T09:00:00Z');
  const people = createUserDirectory({ db: store, client, homeTeam, now });
  const adminList = createAdmins({ client, people, config, isOurTeam, log });
  const unreachable = async () => () => false;
  const authorizer = createAuthorizer({ people, admins: adminList, config, isOurTeam, unreachable, log });
  const policyOf = (database: Database) => createChannelPolicy({ client, db: database, log });
  return { slack, incomplete, authorizer, admins: adminList, policy: policyOf(store), policyOf, logLines };
}

describe('an answer of Slack that lacks what was asked for', () => {
  test('is no person that Slack does not know', async () => {
    const { incomplete, authorizer } = await setUp();
    incomplete.add('users.info');

    expect(await authorizer.authorize(ben)).toEqual({ kind: 'refused', reason: 'person-lookup-failed' });
    expect(await authorizer.authorize(ben)).toMatchObject({ kind: 'granted' });
  });

  test('is no empty group of admins', async () => {
    const { incomplete, authorizer } = await setUp({ admins: 'S01ADMINS' });
    incomplete.add('usergroups.users.list');

    expect(await authorizer.authorize(ben)).toEqual({ kind: 'refused', reason: 'person-lookup-failed' });
    expect(await authorizer.authorize(ben)).toMatchObject({ kind: 'granted' });
  });

  test('is no channel that only the company reads', async () => {
    const { slack, incomplete, policy } = await setUp();
    slack.shareChannel(CHANNEL);
    incomplete.add('conversations.info');

    expect(await policy.denialReason(CHANNEL)).toBe('channel-lookup-failed');
    expect(await policy.denialReason(CHANNEL)).toBe('shared-channel');
  });
});

describe('a person', () => {
  test('gets the reason when Slack does not answer', async () => {
    const { slack, authorizer, logLines } = await setUp();
    slack.injectFault({ method: 'users.info', error: 'fatal_error' });

    expect(await authorizer.authorize(ben)).toEqual({ kind: 'refused', reason: 'person-lookup-failed' });
    expect(logLines).toMatchObject([{ user: BEN, err: expect.any(Error) }]);
  });

  test('gets the reason when the database is unreachable', async () => {
    const { authorizer } = await setUp({ store: unreachableDb });

    expect(await authorizer.authorize(ben)).toEqual({ kind: 'refused', reason: 'database-unavailable' });
  });

  test('is no admin through a group that does not exist, and can still use the bot', async () => {
    const { slack, authorizer } = await setUp({ admins: 'S01ADMINS' });
    slack.injectFault({ method: 'usergroups.users.list', error: 'no_such_subteam' });

    expect(await authorizer.authorize(ben)).toMatchObject({ kind: 'granted', caller: { admin: false } });
  });

  test('is not taken for no admin when Slack could not read the group', async () => {
    const { slack, authorizer, admins } = await setUp({ admins: 'S01ADMINS' });
    for (let n = 0; n < 6; n += 1)
      slack.injectFault({ method: 'usergroups.users.list', error: 'internal_error' });

    expect(await authorizer.authorize(ben)).toEqual({ kind: 'refused', reason: 'person-lookup-failed' });
    await expect(admins.list()).rejects.toThrow('internal_error');
  });
});

describe('a channel', () => {
  test('stays readable through one error of Slack', async () => {
    const { slack, policy } = await setUp();
    slack.injectFault({ method: 'conversations.info', error: 'internal_error' });

    expect(await policy.denialReason(CHANNEL)).toBeUndefined();
  });

  test.each(['internal_error', 'some_new_error'])(
    'is not called unreadable because of %s, and is looked up again the next time',
    async (error) => {
      const { slack, policy } = await setUp();
      const attempts = error === 'internal_error' ? 3 : 1;
      for (let n = 0; n < attempts; n += 1) slack.injectFault({ method: 'conversations.info', error });

      expect(await policy.denialReason(CHANNEL)).toBe('channel-lookup-failed');
      expect(await policy.denialReason(CHANNEL)).toBeUndefined();
    },
  );

  test('that Slack does not show to the bot is unreadable', async () => {
    const { policy } = await setUp();

    expect(await policy.denialReason('C0NOWHERE')).toBe('unreadable-channel');
  });

  test('that was shared is looked up again by every instance', async () => {
    const { slack, policy, policyOf } = await setUp();
    const otherInstance = policyOf(db);
    expect(await otherInstance.denialReason(CHANNEL)).toBeUndefined();

    slack.shareChannel(CHANNEL);
    await policy.recordChange(CHANNEL);

    expect(await otherInstance.denialReason(CHANNEL)).toBe('shared-channel');
  });
});

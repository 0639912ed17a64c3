import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { saveUnknownName } from '../../../src/store/people.ts';
import { findUnreachableOwners } from '../../../src/usecases/owners/find-unreachable-owners.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { aPerson, savePeopleOf } from '../../support/owners.ts';

const db = await testDatabase();
const AT = new Date('2026-11-24T09:00:00Z');

beforeEach(async () => {
  await emptyTables(db);
  await savePeopleOf(
    db,
    aPerson('ana'),
    aPerson('frank', { kind: 'deactivated' }),
    aPerson('gus', { kind: 'guest' }),
    aPerson('ben', { slackId: 'U99OLDBEN', kind: 'deactivated' }),
    aPerson('ben'),
    aPerson('emi', { kind: 'external', teamId: 'T0SISTER' }),
  );
  await saveUnknownName(db, 'typo@example.com', AT);
  await saveUnknownName(db, 'U0UNKNOWN', AT);
});

describe('an owner cannot be reached', () => {
  test.each([
    ['who has left', 'frank@example.com'],
    ['who has left, by their Slack id', 'U07FRANK'],
    ['who is a guest', 'gus@example.com'],
    ['whose e-mail Slack does not know', 'typo@example.com'],
    ['whose id Slack does not know', 'U0UNKNOWN'],
    ['who belongs to another company', 'emi@example.com'],
  ])('%s', async (_, owner) => {
    const isUnreachable = await findUnreachableOwners(db, parseConfig(''));
    expect(isUnreachable(owner)).toBe(true);
  });
});

describe('an owner is reachable, or not looked up yet', () => {
  test.each([
    ['who is a member', 'ana@example.com'],
    ['who came back with the same e-mail', 'ben@example.com'],
    ['whose e-mail was not looked up yet', 'new@example.com'],
    ['whose id was not looked up yet', 'U0NEW1234'],
  ])('%s', async (_, owner) => {
    const isUnreachable = await findUnreachableOwners(db, parseConfig(''));
    expect(isUnreachable(owner)).toBe(false);
  });

  test('whose workspace is one of ours', async () => {
    const isUnreachable = await findUnreachableOwners(
      db,
      parseConfig('slack: { enterpriseTeams: [T0SISTER] }'),
    );
    expect(isUnreachable('emi@example.com')).toBe(false);
  });
});

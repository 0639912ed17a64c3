import { beforeEach, expect, test } from '@jest/globals';
import {
  allPeople,
  type Person,
  personByEmail,
  personById,
  rememberNobody,
  rememberPeople,
} from '../../src/store/people.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { day } from './examples.ts';

const db = await testDatabase();
const ana: Person = {
  slackId: 'UANA',
  teamId: 'T1',
  email: 'ana@example.com',
  name: 'Ana',
  timeZone: 'Europe/Madrid',
  kind: 'member',
  awayUntil: day(9),
  readAt: day(1),
};

beforeEach(() => emptyTables(db));

test('a person is found by id and by e-mail, however it is spelled', async () => {
  await rememberPeople(db, [{ ...ana, email: 'Ana@Example.com' }]);

  expect(await personById(db, 'UANA')).toEqual(ana);
  expect(await personByEmail(db, 'ANA@example.com')).toEqual({ kind: 'person', person: ana });
  expect(await personById(db, 'UBOB')).toBeUndefined();
});

test('a later reading of a person replaces the earlier one', async () => {
  const left = { ...ana, kind: 'deactivated', awayUntil: null, readAt: day(2) } as const;
  await rememberPeople(db, [ana]);

  await rememberPeople(db, [left]);

  expect(await allPeople(db)).toEqual([left]);
});

test('that nobody has an e-mail is remembered with its date, until somebody has it', async () => {
  expect(await personByEmail(db, 'ana@example.com')).toEqual({ kind: 'not-asked' });

  await rememberNobody(db, 'Ana@example.com', day(1));
  await rememberNobody(db, 'ana@example.com', day(2));
  expect(await personByEmail(db, 'ana@example.com')).toEqual({ kind: 'nobody', askedAt: day(2) });

  await rememberPeople(db, [ana]);
  expect(await personByEmail(db, 'ana@example.com')).toMatchObject({ kind: 'person' });
});

test('of two people with one e-mail, the one who is still here counts', async () => {
  await rememberPeople(db, [ana, { ...ana, slackId: 'UOLD', kind: 'deactivated', readAt: day(5) }]);

  expect(await personByEmail(db, 'ana@example.com')).toMatchObject({ person: { slackId: 'UANA' } });
});

import { beforeEach, expect, test } from '@jest/globals';
import {
  findPersonByEmail,
  findPersonById,
  listPeople,
  type Person,
  savePeople,
  saveUnknownName,
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
  await savePeople(db, [{ ...ana, email: 'Ana@Example.com' }]);

  expect(await findPersonById(db, 'UANA')).toEqual(ana);
  expect(await findPersonByEmail(db, 'ANA@example.com')).toEqual({ kind: 'person', person: ana });
  expect(await findPersonById(db, 'UBOB')).toBeUndefined();
});

test('a later reading of a person replaces the earlier one', async () => {
  const left = { ...ana, kind: 'deactivated', awayUntil: null, readAt: day(2) } as const;
  await savePeople(db, [ana]);

  await savePeople(db, [left]);

  expect(await listPeople(db)).toEqual([left]);
});

test('an email without a person is stored with its date, until a person has it', async () => {
  expect(await findPersonByEmail(db, 'ana@example.com')).toEqual({ kind: 'not-asked' });

  await saveUnknownName(db, 'Ana@example.com', day(1));
  await saveUnknownName(db, 'ana@example.com', day(2));
  expect(await findPersonByEmail(db, 'ana@example.com')).toEqual({ kind: 'not-found', askedAt: day(2) });

  await savePeople(db, [ana]);
  expect(await findPersonByEmail(db, 'ana@example.com')).toMatchObject({ kind: 'person' });
});

test('of two people with one e-mail, the one who is still here counts', async () => {
  await savePeople(db, [ana, { ...ana, slackId: 'UOLD', kind: 'deactivated', readAt: day(5) }]);

  expect(await findPersonByEmail(db, 'ana@example.com')).toMatchObject({ person: { slackId: 'UANA' } });
});

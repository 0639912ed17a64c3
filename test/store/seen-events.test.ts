import { expect, test } from '@jest/globals';
import { firstTime, forgetEvents } from '../../src/store/seen-events.ts';
import { testDatabases } from '../support/database.ts';
import { day } from './examples.ts';

const instances = await testDatabases(3);
const [db] = instances as [(typeof instances)[number]];

test('an event that is delivered to several instances is new to one of them', async () => {
  const answers = await Promise.all(instances.map((instance) => firstTime(instance, 'Ev1', day(1))));

  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await firstTime(db, 'Ev2', day(2))).toBe(true);
});

test('events are forgotten once Slack no longer repeats them', async () => {
  await firstTime(db, 'EvOld', day(1));
  await firstTime(db, 'EvNew', day(3));

  await forgetEvents(db, day(2));

  expect(await firstTime(db, 'EvOld', day(4))).toBe(true);
  expect(await firstTime(db, 'EvNew', day(4))).toBe(false);
});

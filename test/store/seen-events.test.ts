import { expect, test } from '@jest/globals';
import { claimEvent, deleteOldEvents } from '../../src/store/seen-events.ts';
import { testDatabases } from '../support/database.ts';
import { day } from './examples.ts';

const instances = await testDatabases(3);
const [db] = instances as [(typeof instances)[number]];

test('an event that is delivered to several instances is new to one of them', async () => {
  const answers = await Promise.all(instances.map((instance) => claimEvent(instance, 'Ev1', day(1))));

  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await claimEvent(db, 'Ev2', day(2))).toBe(true);
});

test('events are forgotten once Slack no longer repeats them', async () => {
  await claimEvent(db, 'EvOld', day(1));
  await claimEvent(db, 'EvNew', day(3));

  await deleteOldEvents(db, day(2));

  expect(await claimEvent(db, 'EvOld', day(4))).toBe(true);
  expect(await claimEvent(db, 'EvNew', day(4))).toBe(false);
});

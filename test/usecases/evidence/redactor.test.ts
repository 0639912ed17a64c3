import { expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/usecases/evidence/redactor.ts';

const people = [{ slackId: 'U03ANA', name: 'Ana Costa', email: 'ana@example.com' }];
const redactor = createRedactor('salt', people);

test('one person has one pseudonym, by id, by email and by name', () => {
  const pseudonym = redactor.person('U03ANA');

  expect(pseudonym).toMatch(/^person-[0-9a-f]{10}$/);
  expect(redactor.person('ana@example.com')).toBe(pseudonym);
  expect(redactor.text('Ana Costa asked U03ANA (Ana@example.com)')).toBe(
    `${pseudonym} asked ${pseudonym} (${pseudonym})`,
  );
});

test('pseudonyms are stable in one database and differ between two', () => {
  expect(createRedactor('salt', []).person('U03ANA')).toBe(redactor.person('U03ANA'));
  expect(createRedactor('other', people).person('U03ANA')).not.toBe(redactor.person('U03ANA'));
});

test('the bot and the schedule are not people', () => {
  expect(redactor.person('bot')).toBe('bot');
  expect(redactor.person('schedule')).toBe('schedule');
});

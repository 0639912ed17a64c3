import { expect, test } from '@jest/globals';
import { rootLastUseOf } from '../../src/domain/root-last-use.ts';

const madeAt = new Date('2026-11-24T08:00:00Z');

test('the last use of root is what the report says, with the time of the report', () => {
  const row = {
    password_last_used: '2025-03-04T08:00:00+00:00',
    access_key_1_last_used_date: '2024-01-01T00:00:00+00:00',
    access_key_2_last_used_date: '2026-02-01T00:00:00+00:00',
  };

  expect(rootLastUseOf(row, madeAt)).toEqual({
    password: '2025-03-04T08:00:00.000Z',
    accessKey: '2026-02-01T00:00:00.000Z',
    reportedAt: '2026-11-24T08:00:00.000Z',
  });
});

test.each(['no_information', 'N/A', 'not_supported', ''])('"%s" is no use', (nothing) => {
  const row = { password_last_used: nothing, access_key_1_last_used_date: nothing };

  expect(rootLastUseOf(row, madeAt)).toMatchObject({ password: null, accessKey: null });
});

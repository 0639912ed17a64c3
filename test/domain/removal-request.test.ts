import { expect, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import { slackUserId } from '../../src/domain/person.ts';
import { isFollowUpDue, type RemovalRequest, removalState } from '../../src/domain/removal-request.ts';

const at = (day: string, time = '09:00') => new Date(`2026-11-${day}T${time}:00Z`);
const calendar = { zone: 'UTC', hours: '09:00-17:00' };

/** A request of a Tuesday. */
const request: RemovalRequest = {
  id: 'r1',
  accountId: accountId('111122223333'),
  requestedBy: slackUserId('U03ANA'),
  requestedAt: at('24'),
  assignedTo: null,
  assignedAt: null,
  doneAt: null,
  withdrawnAt: null,
  followedUpAt: null,
  followUps: 0,
};
const sam = slackUserId('U01SAM');
const december = (day: string, time = '09:00') => new Date(`2026-12-${day}T${time}:00Z`);

test.each<[string, Partial<RemovalRequest>, Date, boolean]>([
  ['that waits for two business days', {}, at('26'), false],
  ['that waits for three', {}, at('27'), true],
  ['before the working day begins', {}, at('27', '08:59'), false],
  ['at the weekend', {}, at('28'), false],
  ['on the Monday after it', {}, at('30'), true],
  ['that an admin took on yesterday', { assignedTo: sam, assignedAt: at('26') }, at('27'), false],
  [
    'that an admin took on three business days ago',
    { assignedTo: sam, assignedAt: at('25') },
    at('30'),
    true,
  ],
  [
    'that was followed up, for twice as long',
    { followedUpAt: at('27'), followUps: 1 },
    december('04'),
    false,
  ],
  ['and then again', { followedUpAt: at('27'), followUps: 1 }, december('07'), true],
  ['that is done', { doneAt: at('25') }, at('30'), false],
  ['that was withdrawn', { withdrawnAt: at('25') }, at('30'), false],
])('a request %s: due %#', (_what, change, now, due) => {
  expect(isFollowUpDue({ ...request, ...change }, calendar, now)).toBe(due);
});

test('the state of a request follows from what happened to it', () => {
  expect(removalState(request)).toBe('requested');
  expect(removalState({ ...request, assignedTo: sam })).toBe('assigned');
  expect(removalState({ ...request, assignedTo: sam, withdrawnAt: at('25') })).toBe('withdrawn');
  expect(removalState({ ...request, withdrawnAt: at('25'), doneAt: at('26') })).toBe('done');
});

import { expect, test } from '@jest/globals';
import { ownerGap } from '../../src/domain/owner-gap.ts';

const tagged = { source: 'tag' } as const;

test.each([
  ['can be reached as a member', tagged, 'member', null],
  ['has left', tagged, 'deactivated', 'left'],
  ['is a guest', tagged, 'guest', 'guest'],
  ['belongs to another company', tagged, 'external', 'external'],
  ['is not known to Slack', tagged, null, 'not-found'],
  ['is no person', tagged, 'bot', 'not-found'],
  ['is not named', null, null, 'none-named'],
  ['only stands in', { source: 'fallback' } as const, 'member', 'none-named'],
] as const)('an owner who %s', (_name, owner, kind, gap) => {
  expect(ownerGap(owner, kind && { kind })).toBe(gap);
});

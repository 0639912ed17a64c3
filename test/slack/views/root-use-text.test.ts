import { expect, test } from '@jest/globals';
import { rootUseText } from '../../../src/slack/views/root-events/root-use-text.ts';

const QUIET = { incidents: 0, explained: 0, open: 0, denied: 0, failedAttempts: 0, notWired: 0 };

test.each([
  [
    { incidents: 3, explained: 2, open: 1 },
    ':key: *Root was used 3 times*: 2 explained, 1 open · `/mfa-status events`',
  ],
  [{ incidents: 1, denied: 1 }, ':key: *Root was used once*: 1 denied · `/mfa-status events`'],
  [{ incidents: 1, explained: 1 }, ':key: *Root was used once*: 1 explained'],
  [{ failedAttempts: 12 }, ':key: No use of root was reported · 12 failed attempts to sign in'],
  [{ notWired: 4 }, ':key: No use of root was reported · :warning: 4 accounts not connected'],
])('%j', (over, text) => {
  expect(rootUseText({ ...QUIET, ...over }).markup).toBe(text);
});

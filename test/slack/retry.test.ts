import { expect, test } from '@jest/globals';
import { retryUntilSlackResponds } from '../../src/slack/retry.ts';

/** An error as the Slack client wraps a refused connection. */
function connectionRefused(): Error {
  const cause = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:443') });
  return new Error('A request error occurred: fetch failed', { cause });
}

test('an unreachable Slack is one line with the reason, without a stack trace', async () => {
  const lines: [object, string][] = [];
  const log = {
    info: (fields: object, text: string) => lines.push([fields, text]),
    warn: (fields: object, text: string) => lines.push([fields, text]),
    error: () => undefined,
  };
  const stopped = new AbortController();
  const call = async () => {
    queueMicrotask(() => setImmediate(() => stopped.abort(new Error('stopped'))));
    throw connectionRefused();
  };

  await expect(retryUntilSlackResponds(call, log, stopped.signal)).rejects.toThrow();

  expect(lines).toEqual([
    [{ reason: 'connect ECONNREFUSED 127.0.0.1:443' }, 'Slack is unreachable, retrying'],
  ]);
});

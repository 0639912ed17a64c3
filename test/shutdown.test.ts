import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { createShutdown, exitOnUnexpectedError } from '../src/shutdown.ts';

function createTestLog() {
  const lines: string[] = [];
  const write = (level: string) => (_: object, text: string) => void lines.push(`${level}: ${text}`);
  const log = { info: write('info'), warn: write('warn'), error: write('error'), fatal: write('fatal') };
  return { lines, log };
}

test('a worker or a resource that fails to end does not keep the others from ending', async () => {
  const { lines, log } = createTestLog();
  const ended: string[] = [];
  const shutdown = createShutdown(log, undefined);
  const fail = async () => {
    throw new Error('The connection is gone');
  };
  shutdown.onClose(async () => void ended.push('database'));
  shutdown.onClose(fail);
  shutdown.onDrain(fail);
  shutdown.onDrain(async () => void ended.push('deliveries'));

  await shutdown.stop();

  expect(ended).toEqual(['deliveries', 'database']);
  expect(lines).toEqual(['warn: Could not stop cleanly', 'warn: Could not stop cleanly']);
});

describe('an error that nothing handles', () => {
  const setUp = () => {
    const process = new EventEmitter();
    const stopping = new AbortController();
    const exits: number[] = [];
    const { lines, log } = createTestLog();
    exitOnUnexpectedError({
      process,
      log,
      stopping: stopping.signal,
      exit: (code) => void exits.push(code),
    });
    return { process, stopping, exits, lines };
  };

  test.each(['unhandledRejection', 'uncaughtException'])('ends the process (%s)', (event) => {
    const { process, exits, lines } = setUp();

    process.emit(event, new Error('A library failed'));

    expect({ exits, lines }).toEqual({ exits: [1], lines: ['fatal: Unhandled error; the process exits'] });
  });

  test.each(['unhandledRejection', 'uncaughtException'])(
    'is logged during a stop, which goes on (%s)',
    (event) => {
      const { process, stopping, exits, lines } = setUp();
      stopping.abort();

      process.emit(event, undefined);

      expect({ exits, lines }).toEqual({ exits: [], lines: ['warn: Unhandled error during the stop'] });
    },
  );
});

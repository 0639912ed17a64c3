import { beforeEach, expect, test } from '@jest/globals';
import { watchRevision } from '../../../src/slack/home/revision-watcher.ts';
import { bumpRevision, readRevision } from '../../../src/store/account-cache.ts';
import { testDatabases } from '../../support/database.ts';

const instances = await testDatabases(2);
const [db, other] = instances as [(typeof instances)[number], (typeof instances)[number]];

let changes: number;
let warnings: string[];
const homePublisher = {
  invalidate: () => {
    changes += 1;
  },
};
const log = { info: () => {}, error: () => {}, warn: (_: object, text: string) => void warnings.push(text) };

beforeEach(() => {
  changes = 0;
  warnings = [];
});

/** Watches for as long as there is something to do in the pauses. */
async function watching(
  during: readonly (() => Promise<unknown>)[],
  read = () => readRevision(db),
): Promise<void> {
  const stop = new AbortController();
  const rest = [...during];
  await watchRevision({
    readRevision: read,
    homePublisher,
    log,
    signal: stop.signal,
    async sleep() {
      const next = rest.shift();
      if (next) await next();
      else stop.abort();
    },
  });
}

const nothing = async () => undefined;

test('Homes follow what another instance changed, once for each look', async () => {
  await watching([() => bumpRevision(other), nothing, () => bumpRevision(other)]);

  expect(changes).toBe(2);
});

test('while nothing changes, Homes are not updated', async () => {
  await watching([nothing, nothing]);

  expect(changes).toBe(0);
});

test('changes during a database outage are shown afterwards, and the outage is logged once', async () => {
  let away = false;
  const read = async () => {
    if (away) throw new Error('Connection refused');
    return readRevision(db);
  };
  const goes = async () => {
    away = true;
    await bumpRevision(other);
  };
  const comes = async () => {
    away = false;
  };

  await watching([goes, nothing, comes], read);

  expect(warnings).toEqual(['Home refresh failed']);
  expect(changes).toBe(1);
});

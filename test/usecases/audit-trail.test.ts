import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const USE_CASES = fileURLToPath(new URL('../../src/usecases', import.meta.url));

/** Started by the clock or a scan, not by a person: no actor to record. */
const WITHOUT_ACTOR = [
  // The use case of each step records it.
  'apply-ticket-call',
  'ask-about-mfa-removals',
  'ask-to-confirm-keys',
  'check-account',
  'follow-up-owner-proposals',
  'follow-up-removals',
  'follow-up-token-requests',
  'import-keys',
  'notify-incidents',
  'receive-root-events',
  'report-root-event-failure',
  'report-scan-failure',
  'send-digest',
  'write-reminders',
];

const sources = new Map(
  readdirSync(USE_CASES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [basename(file, '.ts'), readFileSync(`${USE_CASES}/${file}`, 'utf8')]),
);

test('every decision of a person is recorded in the transaction that makes it', () => {
  const deciding = [...sources].filter(([, source]) => /\bdb\.transaction\(/.test(source));

  const unrecorded = deciding.filter(
    ([, source]) => !/\b(recordAuditEvent\(\s*tx|recordTokenStep\(\s*work)\b/.test(source),
  );

  expect(deciding.length).toBeGreaterThan(10);
  expect(unrecorded.map(([name]) => name).sort()).toEqual(WITHOUT_ACTOR);
});

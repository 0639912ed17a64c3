import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { verifyEvidence } from '../../../src/cli/evidence.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { startBotHarness } from '../../support/bot-harness.ts';
import { unzip } from '../../support/unzip.ts';

const { slack, bot } = await startBotHarness();
const sam = slack.as('U01SAM');
const ben = slack.as('U04BEN');
const folder = mkdtempSync(join(tmpdir(), 'evidence-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));

const month = new Date().toISOString().slice(0, 7);
const answer = (person: typeof sam, words: string) =>
  slack.waitUntil(() => person.messages('#security').find(({ shown }) => shown.includes(words)));
const evidenceEntries = async () =>
  (await listAuditEntries(bot.ctx.db, { limit: 10 })).filter(({ kind }) => kind === 'evidence-exported');

test('an admin gets the pack of a month as a ZIP that verifies, and it is in the audit log', async () => {
  const before = sam.messages('dm').length;
  await sam.command('#security', `/mfa-status evidence ${month}`);
  const { files, text } = await slack.waitUntil(() => sam.messages('dm').slice(before).at(-1));
  const response = await fetch(`${slack.url}${files[0]?.url}`);
  for (const { name, content } of unzip(Buffer.from(await response.arrayBuffer()))) {
    writeFileSync(join(folder, name), content);
  }
  let report = '';
  const code = await verifyEvidence(folder, {
    stdout: { write: (part: string) => (report += part) } as never,
  });

  expect(files.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^root-mfa-evidence-\d{4}-\d\d-01-\d{4}-\d\d-\d\d\.zip$/),
  ]);
  expect(text).toContain(`Evidence of root user MFA for *${month}-01 to `);
  expect(text).toContain('add `redact` to the command');
  expect({ code, report }).toEqual({ code: 0, report: 'The pack is unchanged.\n' });
  expect(await evidenceEntries()).toMatchObject([{ actor: 'U01SAM', detail: { from: `${month}-01` } }]);
});

test('with “redact” people have pseudonyms, and the audit log says so', async () => {
  const before = sam.messages('dm').length;
  await sam.command('#security', `/mfa-status evidence ${month} redact`);
  const { files, text } = await slack.waitUntil(() => sam.messages('dm').slice(before).at(-1));
  const response = await fetch(`${slack.url}${files[0]?.url}`);
  const pack = unzip(Buffer.from(await response.arrayBuffer()));
  const accounts = pack.find(({ name }) => name === 'accounts.csv')?.content.toString() ?? '';

  expect(files[0]?.name).toMatch(/-redacted\.zip$/);
  expect(text).toContain('People have pseudonyms.');
  expect(accounts).toContain('payments-prod');
  expect(accounts).not.toContain('ana@example.com');
  expect((await evidenceEntries())[0]).toMatchObject({ detail: { from: `${month}-01`, redacted: true } });
});

test.each([
  ['yesterday', 'I can’t read “yesterday” as a period.'],
  ['2026-09-30 2026-07-01', 'Use a quarter, a month or two dates'],
  ['2999-01', 'That period has not started yet.'],
])('“%s” is answered with what is wrong', async (period, words) => {
  const before = (await evidenceEntries()).length;
  await sam.command('#security', `/mfa-status evidence ${period}`);

  expect(await answer(sam, words)).toBeDefined();
  expect(await evidenceEntries()).toHaveLength(before);
});

test('anyone else is refused, and gets nothing', async () => {
  const before = ben.messages('dm').length;
  await ben.command('#security', '/mfa-status evidence Q3');

  expect(await answer(ben, 'Only admins can export evidence.')).toBeDefined();
  expect(ben.messages('dm')).toHaveLength(before);
});

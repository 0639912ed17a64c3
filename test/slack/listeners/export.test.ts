import { beforeEach, describe, expect, test } from '@jest/globals';
import type { LocalSlack, PersonDriver } from '@root-mfa-bot/local-slack';
import { demoCompany, PEOPLE } from '../../../src/demo/company.ts';
import { demoConfig } from '../../../src/demo/demo-config.ts';
import type { StatusReport } from '../../../src/reports/status-export.ts';
import { startBotHarness } from '../../support/bot-harness.ts';
import { csvRows } from '../../support/csv.ts';

const config = demoConfig();
/** Emi's accounts went to Ana. */
const handedOver = demoCompany()
  .accounts.filter(({ ownerEmail }) => ownerEmail === PEOPLE.emi.email)
  .map(({ id }) => [id, PEOPLE.ana.email]);
const owners = await startBotHarness({
  config: {
    ...config,
    slack: { ...config.slack, visibility: 'owners' },
    owners: { ...config.owners, accounts: Object.fromEntries(handedOver) },
  },
});
const everyone = await startBotHarness();

/** What the person gets by direct message: the words, and the files. */
async function received(slack: LocalSlack, person: PersonDriver, typed: string) {
  const before = person.messages('dm').length;
  await person.command('#security', `/mfa-status ${typed}`);
  const message = await slack.waitUntil(() => person.messages('dm').slice(before).at(-1));
  const files = await Promise.all(
    message.files.map(async ({ name, url }) => {
      const response = await fetch(`${slack.url}${url}`);
      return { name, text: Buffer.from(await response.arrayBuffer()).toString() };
    }),
  );
  return { text: message.text, files };
}

const saysLast = (slack: LocalSlack, person: PersonDriver, words: string) =>
  slack.waitUntil(() => {
    const shown = person.messages('#security').at(-1)?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });

describe('an admin', () => {
  const { slack, bot } = everyone;
  const sam = slack.as('U01SAM');

  test('gets the company and the audit log as CSV, byte by byte, with a sentence about them', async () => {
    const { text, files } = await received(slack, sam, 'export');

    expect(text).toMatch(/^Root user MFA of \*39 accounts\*, as of <!date\^/);
    expect(text).toContain('The last scan ended');
    expect(text).toContain('The second file is the audit log: 1 line.');
    expect(files.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^root-mfa-accounts-\d{4}-\d\d-\d\d\.csv$/),
      expect.stringMatching(/^root-mfa-audit-log-\d{4}-\d\d-\d\d\.csv$/),
      expect.stringMatching(/^root-mfa-keys-\d{4}-\d\d-\d\d\.csv$/),
    ]);
    expect(csvRows(files[2]?.text ?? '')).toContainEqual(
      expect.objectContaining({ accountName: 'payments-prod', rootDevices: '1', role: '' }),
    );
    const accounts = csvRows(files[0]?.text ?? '');
    const known = (await bot.ctx.accounts.accounts()).map(({ id, name }) => ({ id, name }));
    // A leading zero is kept from spreadsheets by an apostrophe.
    expect(accounts.map(({ accountId = '', name }) => ({ id: accountId.replace(/^'/, ''), name }))).toEqual(
      known,
    );
    expect(csvRows(files[1]?.text ?? '')).toMatchObject([
      { actor: 'U01SAM', actorName: 'sam.okafor', what: 'Exported 39 accounts and the key register as CSV.' },
    ]);
    expect(await saysLast(slack, sam, 'I’m sending you')).toContain('39 accounts');
  });

  test('gets both as one JSON document', async () => {
    const { text, files } = await received(slack, sam, 'export JSON');

    const report = JSON.parse(files[0]?.text ?? '') as StatusReport;
    expect(text).toContain('It includes the audit log: 2 lines.');
    expect(report).toMatchObject({ version: 2, totals: { accounts: 39 } });
    expect(report.audit).toHaveLength(2);
  });

  test('gets the list of formats', async () => {
    await sam.command('#security', '/mfa-status export excel');

    expect(await saysLast(slack, sam, 'export csv')).toContain('export json');
  });
});

describe('a member', () => {
  test('gets every account where everybody sees them, and never the log', async () => {
    const { slack } = everyone;

    const { text, files } = await received(slack, slack.as('U04BEN'), 'export');

    expect(text).not.toContain('audit log');
    expect(files).toHaveLength(1);
    expect(csvRows(files[0]?.text ?? '')).toHaveLength(39);
  });

  test('gets their own where owners see only those', async () => {
    const { slack } = owners;

    const { text, files } = await received(slack, slack.as('U04BEN'), 'export json');

    const report = JSON.parse(files[0]?.text ?? '') as StatusReport;
    expect(text).toContain('*1 account*');
    expect(report.accounts.map(({ name }) => name)).toEqual(['ben-prototype']);
    expect(report.totals.accounts).toBe(1);
    expect(report).not.toHaveProperty('audit');
  });

  test('gets the reason where none is theirs', async () => {
    const { slack } = owners;
    const emi = slack.as('U06EMI');

    await emi.command('#security', '/mfa-status export');

    expect(await saysLast(slack, emi, 'There is nothing to export: you own no accounts')).toContain(
      'Admins can export all accounts',
    );
  });
});

describe('Slack that does not take the file', () => {
  const { slack, logged, clock } = everyone;
  const sam = slack.as('U01SAM');

  // A person can start ten exports in ten minutes.
  beforeEach(() => clock.advance(10 * 60_000));

  test.each([
    ['files.getUploadURLExternal', { error: 'missing_scope' }, 'files:write'],
    ['files.getUploadURLExternal', { error: 'file_uploads_disabled' }, 'A Slack admin can allow'],
    ['files.getUploadURLExternal', { error: 'file_upload_size_restricted' }, 'larger than this workspace'],
    ['files.completeUploadExternal', { error: 'storage_limit_reached' }, 'no file storage left'],
    ['files.completeUploadExternal', { error: 'internal_error' }, 'try again in a few minutes'],
    ['upload', { status: 413 }, 'larger than this workspace'],
  ])('%s answers %j', async (method, answer, words) => {
    const before = sam.messages('dm').length;
    // All its files are refused: an earlier export can still be asking for one of its own.
    const fault = slack.injectFault({ method, times: Number.POSITIVE_INFINITY, ...answer });

    await sam.command('#security', '/mfa-status export');

    const shown = await saysLast(slack, sam, words);
    fault.remove();
    expect(shown).toContain('npm run --silent scan -- --details --format csv --output accounts.csv');
    expect(sam.messages('dm')).toHaveLength(before);
    expect(logged.findLast(({ level }) => level === 'error')).toMatchObject({
      message: 'File upload refused',
    });
  });
});

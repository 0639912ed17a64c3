import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rootEventMessage } from '@root-mfa-bot/aws-simulator';
import { type EvidenceOptions, evidence, verifyEvidence } from '../../src/cli/evidence.ts';
import { parseConfig } from '../../src/config/config.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import { listAuditEntries, recordAuditEvent } from '../../src/store/audit-log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { insertRecovery, saveRecovery } from '../../src/store/recovery-windows.ts';
import { saveRegisteredKey } from '../../src/store/registered-keys.ts';
import { createScan, finishScan } from '../../src/store/scans.ts';
import { saveObservations } from '../../src/store/verdicts.ts';
import { receiveRootEvents } from '../../src/usecases/root-events/receive-root-events.ts';
import { anAccount, aVerdict } from '../support/builders.ts';
import { csvRows } from '../support/csv.ts';
import { migratedDataDir } from '../support/database.ts';
import { aRegisteredKey } from '../support/registered-keys.ts';
import { ANA, SAM } from '../support/reminders.ts';

const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
afterAll(() => rmSync(folder, { recursive: true }));
const dataDir = await migratedDataDir();
const DAY_MS = 24 * 60 * 60_000;
const now = new Date('2026-11-24T09:00:00Z');
const july = (day: number) => new Date(Date.UTC(2026, 6, day, 9));
const payments = anAccount({ name: 'payments-prod' });
const sandbox = anAccount({ id: '444455556666', name: '<b>sandbox</b>' });
const hardware = aVerdict({ mfa: 'fido', level1: 'pass', level2: 'pass' });
const none = aVerdict({ mfa: 'none', level1: 'fail', level2: 'fail' });
const unreadable = aVerdict({ mfa: 'unknown', level1: 'unknown', level2: 'unknown', confidence: 'none' });
const denied = [{ call: 'sts:AssumeRoot', code: 'AccessDenied', message: 'no' }];

/** July: payments lost its MFA on the 10th and has it again on the 12th; sandbox could not be read from the 20th on. */
beforeAll(async () => {
  const db = await openDatabase({ dataDir });
  await saveAccounts(db, [payments, sandbox], july(1));
  for (let day = 1; day <= 31; day += 1) {
    const at = july(day);
    const { id } = await createScan(db, { startedBy: 'schedule', at });
    const lost = day >= 10 && day < 12;
    await saveObservations(db, id, [
      { account: payments, verdict: lost ? none : hardware, errors: [], checkedAt: at },
      day < 20
        ? { account: sandbox, verdict: hardware, errors: [], checkedAt: at }
        : { account: sandbox, verdict: unreadable, errors: denied, checkedAt: at },
    ]);
    await finishScan(db, id, { at, accounts: 2, unread: day < 20 ? 0 : 1, coverage: {} });
  }
  const spare = { role: 'spare', place: 'desk of ana@example.com', addedAt: july(2) } as const;
  await saveRegisteredKey(db, aRegisteredKey({ accountId: payments.id, holder: ANA, ...spare }));
  await recordAuditEvent(db, july(11), 'U01SAM', { kind: 'scan-requested', detail: {} });
  await recordAuditEvent(db, july(12), 'U03ANA', {
    kind: 'exported',
    detail: { format: 'csv', accounts: 2 },
  });
  await recordAuditEvent(db, july(13), 'U01SAM', { kind: 'scan-requested', detail: {} });
  const window = {
    id: 'W1',
    accountId: payments.id,
    askedBy: ANA,
    askedAt: july(15),
    reason: 'Unlock a bucket (ask ana@example.com)',
    ticket: null,
    endsAt: july(16),
  };
  await insertRecovery(db, { ...window, state: 'asked' });
  await saveRecovery(db, {
    ...window,
    state: 'ended',
    decidedBy: SAM,
    decidedAt: july(15),
    decisionNote: null,
    credentialsSeenAt: null,
    endAnnouncedAt: null,
    closedAt: july(16),
  });
  const signIn = rootEventMessage({
    accountId: payments.id,
    action: 'sign-in',
    at: july(20),
    source: '203.0.113.7',
    eventId: 'E1',
  });
  await receiveRootEvents({ db, config: parseConfig(''), now: () => july(20) }, [signIn]);
  await db.close();
});

async function pack(name: string, options: Partial<EvidenceOptions> = {}) {
  const output = join(folder, name);
  let stderr = '';
  const terminal = {
    env: { DATA_DIR: dataDir, USER: 'sam' },
    stderr: { write: (text: string) => (stderr += text) } as never,
  };
  const code = await evidence({ from: '2026-07-01', to: '2026-07-31', output, ...options }, terminal, now);
  return { code, output, stderr, read: (file: string) => readFileSync(join(output, file), 'utf8') };
}

async function verify(output: string) {
  let text = '';
  const code = await verifyEvidence(output, { stdout: { write: (part: string) => (text += part) } as never });
  return { code, text };
}

describe('the pack of July', () => {
  test('holds what root did, and what became of it', async () => {
    const { read } = await pack('root-events');

    expect(csvRows(read('root-events.csv'))).toEqual([
      expect.objectContaining({
        accountName: 'payments-prod',
        event: 'ConsoleLogin',
        kind: 'signed-in',
        source: '203.0.113.7',
        mfaUsed: 'false',
        eventId: 'E1',
        state: 'open',
      }),
    ]);

    const june = await pack('june', { from: '2026-06-01', to: '2026-06-30' });
    expect(csvRows(june.read('root-events.csv'))).toEqual([]);
  });

  test('has every file, unchanged', async () => {
    const { code, output } = await pack('whole');

    expect(code).toBe(0);
    expect(readdirSync(output).sort()).toEqual([
      'accounts.csv',
      'assessment-results.oscal.json',
      'audit-chain.jsonl',
      'audit.csv',
      'controls.json',
      'exemptions.csv',
      'findings.ocsf.jsonl',
      'index.html',
      'keys.csv',
      'manifest.json',
      'recovery-windows.csv',
      'root-events.csv',
      'scans.csv',
      'token-requests.csv',
    ]);
    expect(await verify(output)).toEqual({ code: 0, text: 'The pack is unchanged.\n' });
  });

  test('shows when a control was not met and what was not observed', async () => {
    const { read } = await pack('states');
    const rows = csvRows(read('accounts.csv'));
    const of = (id: string) =>
      rows
        .filter((row) => row['accountId']?.replace("'", '') === id)
        .map(({ from, to, state }) => [from, to, state]);

    expect(of(payments.id)).toEqual([
      ['2026-07-01T00:00:00.000Z', '2026-07-01T09:00:00.000Z', 'not_observed'],
      ['2026-07-01T09:00:00.000Z', '2026-07-10T09:00:00.000Z', 'compliant'],
      ['2026-07-10T09:00:00.000Z', '2026-07-12T09:00:00.000Z', 'noncompliant'],
      ['2026-07-12T09:00:00.000Z', '2026-08-01T00:00:00.000Z', 'compliant'],
    ]);
    expect(of(sandbox.id).at(-1)).toEqual([
      '2026-07-20T09:00:00.000Z',
      '2026-08-01T00:00:00.000Z',
      'not_observed',
    ]);
  });

  test('its page escapes names, loads nothing and names the accounts that could not be seen', async () => {
    const { read } = await pack('page');
    const html = read('index.html');

    expect(html).toContain('&lt;b&gt;sandbox&lt;/b&gt;');
    expect(html).not.toMatch(/<script|<b>sandbox|https?:\/\/[^ ]*\.(?:js|css|png)/);
    expect(html).toContain('sts:AssumeRoot AccessDenied: no');
    expect(html).toContain('Company policy, at the end of the period: 1 compliant, 1 not observed.');
    expect(html).toContain('The root user has MFA, at the end of the period: 1 pass, 1 not observed.');
    expect(html).toContain('0 of 2 accounts were observed for the whole period');
    expect(html).toMatch(
      /<td>payments-prod \(111122223333\)<\/td><td class="moment">2026-07-12 09:00 UTC<\/td>/,
    );
  });

  test('account-days add up to the population of the period', async () => {
    const { read } = await pack('sums');
    const rows = csvRows(read('accounts.csv'));
    const days = rows.reduce(
      (sum, { from = '', to = '' }) => sum + (Date.parse(to) - Date.parse(from)) / DAY_MS,
      0,
    );

    expect(days).toBeCloseTo(2 * 31, 6);
  });
});

describe('what was altered afterwards is named', () => {
  test('a changed, a removed and an added file', async () => {
    const { output } = await pack('altered');
    writeFileSync(join(output, 'accounts.csv'), 'accountId\n');
    rmSync(join(output, 'scans.csv'));
    writeFileSync(join(output, 'extra.txt'), '');

    expect(await verify(output)).toEqual({
      code: 1,
      text: 'accounts.csv was changed\nscans.csv is missing\nextra.txt is not part of the pack\n',
    });
  });

  test('an entry of the audit log, even if the manifest was changed with it', async () => {
    const { output, read } = await pack('rewritten');
    const chain = read('audit-chain.jsonl').replaceAll('U01SAM', 'U09EVE');
    writeFileSync(join(output, 'audit-chain.jsonl'), chain);

    expect((await verify(output)).text).toContain('audit-chain.jsonl: entry 1 does not fit the hash chain');
  });
});

test('an entry removed from the audit log shows, in a redacted pack and in one of a single account, too', async () => {
  const packs = [
    await pack('removed'),
    await pack('removed-redacted', { redact: true }),
    await pack('removed-account', { account: [payments.id] }),
  ];
  for (const { output, read } of packs) {
    expect(await verify(output)).toMatchObject({ code: 0 });
    const [first = '', , ...rest] = read('audit-chain.jsonl').split('\n');
    writeFileSync(join(output, 'audit-chain.jsonl'), [first, ...rest].join('\n'));

    expect((await verify(output)).text).toContain('audit-chain.jsonl: entry 3 does not fit the hash chain');
  }
});

test('who made it is on record before it is written', async () => {
  await pack('recorded', { redact: true });
  const db = await openDatabase({ dataDir });
  const entries = await listAuditEntries(db, { limit: 1 });
  await db.close();

  expect(entries).toMatchObject([
    {
      actor: 'bot',
      kind: 'evidence-exported',
      detail: { from: '2026-07-01', to: '2026-07-31', redacted: true, operator: 'sam' },
    },
  ]);
});

test('recovery windows are in it, with the person who decided', async () => {
  const { read } = await pack('windows');

  expect(csvRows(read('recovery-windows.csv'))).toMatchObject([
    {
      accountId: payments.id,
      state: 'ended',
      requestedBy: 'U03ANA',
      decidedBy: 'U01SAM',
      openFrom: '2026-07-15T09:00:00.000Z',
      openTo: '2026-07-16T09:00:00.000Z',
    },
  ]);
  expect(read('index.html')).toContain('Unlock a bucket (ask ana@example.com)');
});

test('the key register is in it as it is when the pack is made', async () => {
  const { read } = await pack('keys');

  expect(csvRows(read('keys.csv'))).toMatchObject([
    { accountName: '<b>sandbox</b>', role: '', findings: 'no-spare-named' },
    {
      accountId: payments.id,
      role: 'spare',
      holder: 'U03ANA',
      place: 'desk of ana@example.com',
      findings: '',
    },
  ]);
});

test('a redacted pack names no one, and the same person in the same way each time', async () => {
  const [first, second] = [
    await pack('redacted', { redact: true }),
    await pack('redacted-again', { redact: true }),
  ];

  for (const file of readdirSync(first.output)) {
    expect(first.read(file)).not.toMatch(/U01SAM|U03ANA|ana@example\.com|"sam"/);
  }
  expect(first.read('audit.csv')).toBe(second.read('audit.csv'));
  expect((await verify(first.output)).code).toBe(0);
});

test.each([
  [{ from: '2026-07-31', to: '2026-07-01' }, /expected two dates in order/],
  [{ quarter: '2026Q3' }, /Use either --quarter or --from and --to/],
  [{ from: '2027-01-01', to: '2027-01-31' }, /has not started/],
])('bad input %j is refused with what is expected', async (options, message) => {
  await expect(pack('never', options)).rejects.toThrow(message);
});

test('a folder that is not empty is not touched', async () => {
  await expect(pack('whole')).rejects.toThrow(/is not empty/);
});

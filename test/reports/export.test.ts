import { describe, expect, test } from '@jest/globals';
import { reportAsJson, rowsAsCsv } from '../../src/reports/account-export.ts';
import type { AccountRow } from '../../src/reports/account-row.ts';
import {
  type AuditRow,
  auditAsCsv,
  type StatusReport,
  type StatusRow,
  statusAsCsv,
  statusAsJson,
} from '../../src/reports/status-export.ts';
import { csvCells, csvRows } from '../support/csv.ts';

const NONE = { pass: 0, fail: 0, not_applicable: 0, unknown: 0 };
const totals = {
  accounts: 0,
  level1: NONE,
  level2: NONE,
  rootCredentials: { absent: 0, present: 0, unknown: 0, not_applicable: 0 },
  compliance: { compliant: 0, noncompliant: 0, exempt: 0, unknown: 0, not_applicable: 0 },
};

function anAccountRow(over: Partial<AccountRow> = {}): AccountRow {
  return {
    accountId: '111122223333',
    name: 'payments-prod',
    partition: 'aws',
    state: 'ACTIVE',
    managementAccount: false,
    orgUnit: '/Production',
    owner: 'ana@example.com',
    requiredLevel: 2,
    mfa: 'virtual',
    level1: 'pass',
    level2: 'fail',
    rootCredentials: 'present',
    confidence: 'observed',
    flags: ['root_access_key_present'],
    why: 'Root signs in with an authenticator app.',
    compliance: 'noncompliant',
    checkedAt: '2026-11-24T09:00:00.000Z',
    errors: [],
    rootCredentialsWhy: 'Root has a password and an MFA device.',
    guardrails: null,
    ...over,
  };
}

function aStatusRow(over: Partial<StatusRow> = {}): StatusRow {
  return {
    ...anAccountRow(),
    noncompliantSince: '2026-11-01T09:00:00.000Z',
    noncompliantDays: 23,
    tokenRequest: { id: 'R1', state: 'shipped', ticket: 'SEC-1' },
    exemption: { state: 'granted', until: '2026-12-31', reason: 'The key is ordered' },
    ownerSource: 'tag',
    ownerCorrection: null,
    ...over,
  };
}

function anAuditRow(over: Partial<AuditRow> = {}): AuditRow {
  return {
    id: 1,
    at: '2026-11-24T09:00:00.000Z',
    actor: 'U03ANA',
    actorName: 'Ana',
    actorEmail: 'ana@example.com',
    kind: 'account-disowned',
    accountId: '111122223333',
    accountName: 'payments-prod',
    what: 'Said that the account is not theirs: moved on.',
    detail: { reason: 'moved on' },
    ...over,
  };
}

const report: StatusReport = {
  version: 2,
  exportedAt: '2026-11-24T10:00:00.000Z',
  scannedAt: '2026-11-24T09:00:00.000Z',
  cisVersion: '7.0.0',
  totals,
  accounts: [],
};
const all = (chunks: Iterable<string>) => [...chunks].join('');
async function allOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}
/** A page for each row: where one ends must not show. */
async function* pagesOf(...rows: readonly AuditRow[]) {
  for (const row of rows) yield [row];
  yield [];
}

describe('CSV', () => {
  test('has one header line, whatever comes after it', async () => {
    expect(all(statusAsCsv([]))).toBe(
      '\uFEFFaccountId,name,partition,state,managementAccount,orgUnit,owner,requiredLevel,mfa,level1,level2,rootCredentials,confidence,flags,why,compliance,checkedAt,errors,rootCredentialsWhy,guardrails,noncompliantSince,noncompliantDays,tokenRequestId,tokenRequestState,tokenRequestTicket,exemptionState,exemptionUntil,exemptionReason,ownerSource,ownerCorrection\n',
    );
    expect(await allOf(auditAsCsv(pagesOf()))).toBe(
      '\uFEFFid,at,actor,actorName,actorEmail,kind,accountId,accountName,what,detail\n',
    );
  });

  test('begins with the columns of a scan', () => {
    const [scan] = csvCells(rowsAsCsv([anAccountRow()]));
    const [exported] = csvCells(all(statusAsCsv([aStatusRow()])));

    expect(exported?.slice(0, scan?.length)).toEqual(scan);
  });

  test('gives back what went in, with commas, quotes and line breaks', () => {
    const reason = 'First, "the key"\nthen the rest';
    const rows = csvRows(
      all(
        statusAsCsv([
          aStatusRow({ exemption: { state: 'granted', until: '2026-12-31', reason } }),
          aStatusRow({
            accountId: '000000000002',
            exemption: null,
            tokenRequest: null,
            noncompliantDays: null,
          }),
        ]),
      ),
    );

    expect(rows).toMatchObject([
      {
        accountId: '111122223333',
        managementAccount: 'false',
        flags: 'root_access_key_present',
        noncompliantDays: '23',
        tokenRequestId: 'R1',
        tokenRequestState: 'shipped',
        tokenRequestTicket: 'SEC-1',
        exemptionState: 'granted',
        exemptionUntil: '2026-12-31',
        exemptionReason: reason,
      },
      { accountId: "'000000000002", exemptionReason: '', tokenRequestId: '', noncompliantDays: '' },
    ]);
  });

  test('has the audit log line by line, with its details', async () => {
    const [row] = csvRows(await allOf(auditAsCsv(pagesOf(anAuditRow()))));

    expect(row).toMatchObject({ actorName: 'Ana', what: expect.stringContaining('not theirs') });
    expect(JSON.parse(row?.['detail'] ?? '')).toEqual({ reason: 'moved on' });
  });
});

describe('a spreadsheet that opens it', () => {
  const MALICIOUS = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =1',
    '＝1',
    '＋1',
    '－1',
    '＠SUM(A1)',
    '=HYPERLINK("http://evil.example","x")',
  ];
  const FORMULA = /^[\s"]*[=+\-@＝＋－＠]/u;

  test.each(MALICIOUS)('takes %j for text, wherever it stands', async (evil) => {
    const accounts = all(
      statusAsCsv([
        aStatusRow({
          name: evil,
          owner: evil,
          orgUnit: evil,
          why: evil,
          exemption: { state: 'granted', until: '2026-12-31', reason: evil },
        }),
      ]),
    );
    const log = await allOf(
      auditAsCsv(pagesOf(anAuditRow({ actorName: evil, accountName: evil, what: evil }))),
    );

    for (const cell of [...csvCells(accounts), ...csvCells(log)].flat()) expect(cell).not.toMatch(FORMULA);
    const [row] = csvRows(accounts);
    expect(row?.['name']?.replaceAll("'", '')).toBe(evil);
    expect(row?.['exemptionReason']).toBe(row?.['name']);
  });

  test.each(['a;=1+1', 'a; @SUM(A1)', 'a\n=1+1', 'a;"=1+1"', 'a;\t-1'])(
    'finds no formula in %j either, where lists are separated by semicolons',
    (evil) => {
      const text = all(statusAsCsv([aStatusRow({ name: evil, why: evil })]));

      const cells = text.split(/[;\n]/).slice(1);
      for (const cell of cells) expect(cell).not.toMatch(FORMULA);
    },
  );

  test.each(['000000000002', '1234567890123456'])('shows every digit of %s', (id) => {
    expect(csvRows(all(statusAsCsv([aStatusRow({ accountId: id })])))[0]).toMatchObject({
      accountId: `'${id}`,
    });
  });

  test('starts with a byte order mark, once', () => {
    const text = all(statusAsCsv([aStatusRow({ name: '請求書' })]));

    expect(text.lastIndexOf('\uFEFF')).toBe(0);
  });

  test('finds one row for each account although a cell holds a bare carriage return', () => {
    const text = all(statusAsCsv([aStatusRow({ name: 'payments\rprod' })]));

    expect(text).toContain(',"payments\rprod",');
  });

  test('gets ordinary text unchanged', () => {
    const name = 'payments - prod; a=b @ home';

    expect(csvRows(all(statusAsCsv([aStatusRow({ name })])))[0]).toMatchObject({ name });
  });
});

describe('JSON', () => {
  test('is one document with a line for each account and each line of the log', async () => {
    const audit = [anAuditRow({ id: 2 }), anAuditRow({ id: 1 })];
    const text = await allOf(statusAsJson({ ...report, accounts: [aStatusRow()] }, pagesOf(...audit)));

    expect(JSON.parse(text)).toEqual({ ...report, accounts: [aStatusRow()], audit });
    expect(text.split('\n')).toHaveLength(7);
  });

  test('omits a log that was not given, and is complete without accounts', async () => {
    expect(JSON.parse(await allOf(statusAsJson(report)))).toEqual(report);
    expect(
      JSON.parse(
        reportAsJson({
          ...report,
          partial: false,
          scannedAt: '',
          centralRootAccess: 'enabled',
          accounts: [],
        }),
      ),
    ).toMatchObject({
      accounts: [],
    });
  });
});

describe('10,000 accounts', () => {
  const accounts = Array.from({ length: 10_000 }, (_, number) =>
    aStatusRow({ accountId: String(100_000_000_000 + number), name: `account, "${number}"` }),
  );

  test('come back as they went in', async () => {
    const audit = accounts.map((_, id) => anAuditRow({ id }));

    const csv = csvRows(all(statusAsCsv(accounts)));
    const log = csvRows(await allOf(auditAsCsv(pagesOf(...audit))));

    expect(csv.map(({ accountId, name }) => ({ accountId, name }))).toEqual(
      accounts.map(({ accountId, name }) => ({ accountId, name })),
    );
    expect(log.map(({ id }) => Number(id))).toEqual(audit.map(({ id }) => id));
    expect(JSON.parse(await allOf(statusAsJson({ ...report, accounts }, pagesOf(...audit))))).toEqual({
      ...report,
      accounts,
      audit,
    });
  });

  test('are written in small pieces', async () => {
    let pieces = 0;
    for await (const _ of statusAsJson({ ...report, accounts })) pieces += 1;

    expect([...statusAsCsv(accounts)].length).toBeGreaterThanOrEqual(40);
    expect(pieces).toBeGreaterThanOrEqual(40);
  });
});

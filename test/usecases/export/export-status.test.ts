import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import type { StatusReport } from '../../../src/reports/status-export.ts';
import { saveAccounts } from '../../../src/store/accounts.ts';
import { listAuditEntries, recordAuditEvent } from '../../../src/store/audit-log.ts';
import { createExemption, saveExemption } from '../../../src/store/exemptions.ts';
import { savePeople } from '../../../src/store/people.ts';
import { saveReminder } from '../../../src/store/reminders.ts';
import { insertTokenRequest } from '../../../src/store/token-requests.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import {
  type ExportFormat,
  type ExportOutcome,
  exportStatus,
} from '../../../src/usecases/export/export-status.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { anAccount, anObservation, noMfa, noVerdict, virtualMfa } from '../../store/examples.ts';
import { anAccountView } from '../../support/account-views.ts';
import { aContext } from '../../support/context.ts';
import { csvRows } from '../../support/csv.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { aGrantedExemption, aRequestedExemption } from '../../support/exemptions.ts';
import { aReminder } from '../../support/reminders.ts';
import {
  admin,
  ana,
  aPendingTokenRequest,
  aTokenRequestAccount,
  PAYMENTS,
} from '../../support/token-requests.ts';

const db = await testDatabase();
const config = parseConfig(`owners: { accounts: { "${PAYMENTS}": ana@example.com } }`);
let ctx: Context;
const payments = anAccount(1, { id: PAYMENTS, name: 'payments' });
const seenAt = new Date('2026-11-10T09:00:00Z');

beforeEach(async () => {
  await emptyTables(db);
  ctx = aContext({ db, config });
});

async function saveKnownAccounts(...observations: ReturnType<typeof anObservation>[]): Promise<void> {
  await saveAccounts(
    db,
    observations.map(({ account }) => account),
    seenAt,
  );
  await saveObservations(db, null, observations);
}

const seesAll = () => true;
const expectExported = (outcome: ExportOutcome) => {
  if (outcome.kind !== 'exported') throw new Error(`Nothing was exported: ${outcome.kind}`);
  return outcome;
};
async function filesFor(by: typeof admin, format: ExportFormat = 'csv') {
  const { files } = expectExported(await exportStatus(ctx, { by, format, canSee: seesAll }));
  return files.map(({ name, content }) => ({ name, text: content.toString() }));
}
const first = <T>([item]: readonly T[]): T => {
  if (item === undefined) throw new Error('There is none');
  return item;
};

describe('an account in the file', () => {
  test('is non-compliant since a day, with its owner and its days counted', async () => {
    await saveKnownAccounts(anObservation(payments, noMfa, seenAt));

    const row = first(csvRows(first(await filesFor(ana)).text));

    expect(row).toMatchObject({
      accountId: PAYMENTS,
      name: 'payments',
      owner: 'ana@example.com',
      mfa: 'none',
      compliance: 'noncompliant',
      checkedAt: '2026-11-10T09:00:00.000Z',
      noncompliantSince: '2026-11-10T09:00:00.000Z',
      noncompliantDays: '14',
    });
  });

  test('is non-compliant since its reminder says so, whatever changed about it later', async () => {
    await saveKnownAccounts(anObservation(payments, noMfa, seenAt));
    const noncompliantSince = new Date('2026-10-25T09:00:00Z');
    await saveReminder(
      db,
      aReminder({ accountId: PAYMENTS, noncompliantSince, graceStartsAt: noncompliantSince }),
    );

    const row = first(csvRows(first(await filesFor(ana)).text));

    expect(row).toMatchObject({ noncompliantSince: '2026-10-25T09:00:00.000Z', noncompliantDays: '30' });
  });

  test('has its pending key and its exemption', async () => {
    await saveKnownAccounts(anObservation(payments, noMfa, seenAt));
    await insertTokenRequest(db, aPendingTokenRequest(aTokenRequestAccount()));
    await createExemption(db, aRequestedExemption());
    await saveExemption(db, aGrantedExemption());

    const report = JSON.parse(first(await filesFor(ana, 'json')).text) as StatusReport;

    expect(report.totals.compliance).toMatchObject({ exempt: 1, noncompliant: 0 });
    expect(report.accounts).toMatchObject([
      {
        compliance: 'exempt',
        noncompliantDays: 14,
        tokenRequest: { id: 'r1', state: 'requested' },
        exemption: { state: 'granted', until: '2026-12-31', reason: 'The key is stuck at customs' },
      },
    ]);
  });

  test('that could not be read again is unknown, and says what it was', async () => {
    await saveKnownAccounts(anObservation(payments, virtualMfa, seenAt));
    await saveObservations(db, null, [anObservation(payments, noVerdict, new Date('2026-11-12T09:00:00Z'))]);

    const row = first(csvRows(first(await filesFor(ana)).text));

    expect(row).toMatchObject({
      mfa: 'unknown',
      level1: 'unknown',
      compliance: 'unknown',
      confidence: 'none',
      checkedAt: '2026-11-10T09:00:00.000Z',
      errors: 'sts:AssumeRoot AccessDenied: Not allowed.',
      noncompliantSince: '',
    });
    expect(row['why']).toContain('on 2026-11-10: Root signs in with an authenticator app.');
  });

  test('that was never read is there, too', async () => {
    await saveAccounts(db, [payments], seenAt);

    const row = first(csvRows(first(await filesFor(ana)).text));

    expect(row).toMatchObject({ mfa: 'unknown', compliance: 'unknown', checkedAt: '' });
    expect(row['why']).toContain('have not checked this account yet');
  });
});

describe('who gets what', () => {
  test('a member gets the accounts that they may see, and no log', async () => {
    await saveKnownAccounts(
      anObservation(payments, noMfa, seenAt),
      anObservation(anAccount(2), noMfa, seenAt),
    );

    const outcome = expectExported(
      await exportStatus(ctx, { by: ana, format: 'csv', canSee: ({ owner }) => owner !== null }),
    );

    expect(outcome).toMatchObject({ accounts: 1, auditLines: null, scannedAt: null });
    expect(outcome.files.map(({ name }) => name)).toEqual(['root-mfa-accounts-2026-11-24.csv']);
  });

  test('a person who can see nothing gets nothing, and nothing is on record', async () => {
    await saveKnownAccounts(anObservation(payments, noMfa, seenAt));

    const outcome = await exportStatus(ctx, { by: ana, format: 'json', canSee: () => false });

    expect(outcome).toEqual({ kind: 'nothing-to-export' });
    expect(await listAuditEntries(db, { limit: 9 })).toEqual([]);
  });

  test('an admin gets the log as well, in names and sentences; its last line is this very export', async () => {
    await saveKnownAccounts(anObservation(payments, noMfa, seenAt));
    await savePeople(db, [
      {
        slackId: ana.id,
        teamId: 'T0HOME',
        email: 'ana@example.com',
        name: 'Ana',
        timeZone: null,
        kind: 'member',
        awayUntil: null,
        readAt: seenAt,
      },
    ]);
    await recordAuditEvent(db, seenAt, ana.id, {
      kind: 'account-disowned',
      accountId: PAYMENTS,
      detail: { reason: 'moved on' },
    });

    const [, log] = await filesFor(admin);
    const { audit } = JSON.parse(first(await filesFor(admin, 'json')).text) as StatusReport;

    expect(log?.name).toBe('root-mfa-audit-log-2026-11-24.csv');
    expect(csvRows(log?.text ?? '')).toMatchObject([
      { actor: admin.id, kind: 'exported', what: 'Exported 1 account as CSV.' },
      { actor: ana.id, actorName: 'Ana', actorEmail: 'ana@example.com', accountName: 'payments' },
    ]);
    expect(audit?.map(({ what }) => what)).toEqual([
      'Exported 1 account as JSON.',
      'Exported 1 account as CSV.',
      'Said that the account is not theirs: moved on.',
    ]);
  });
});

describe('a large company', () => {
  const accounts = Array.from({ length: 10_000 }, (_, number) => ({
    ...anAccountView().account,
    ...anAccount(number),
  }));
  const large = aContext({ db, config, accounts: { accounts: async () => accounts } });

  test.each(['csv', 'json'] as const)('is exported as %s while others are served', async (format) => {
    let turns = 0;
    let open = true;
    const serve = () => {
      turns += 1;
      if (open) setImmediate(serve);
    };
    serve();

    const outcome = expectExported(await exportStatus(large, { by: ana, format, canSee: seesAll }));
    open = false;

    expect(outcome.accounts).toBe(10_000);
    expect(turns).toBeGreaterThan(75);
  });

  test('gets every line of its log', async () => {
    await saveKnownAccounts(anObservation(payments, noMfa, seenAt));
    await db.query(
      `insert into audit_log (at, actor, kind, account_id, detail)
       select $1, 'U03ANA', 'token-approved', $2, '{"requestId":"r1"}'::jsonb from generate_series(1, 10001)`,
      [seenAt, PAYMENTS],
    );

    const outcome = expectExported(await exportStatus(ctx, { by: admin, format: 'csv', canSee: seesAll }));

    // The export itself is a line of it, too.
    expect(outcome.auditLines).toBe(10_002);
    expect(csvRows(outcome.files[1]?.content.toString() ?? '')).toHaveLength(10_002);
  });
});

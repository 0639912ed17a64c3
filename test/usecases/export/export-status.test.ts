import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import type { StatusReport } from '../../../src/reports/status-export.ts';
import { rememberAccounts } from '../../../src/store/accounts.ts';
import { auditLog, record } from '../../../src/store/audit-log.ts';
import { newExemption, saveExemption } from '../../../src/store/exemptions.ts';
import { rememberPeople } from '../../../src/store/people.ts';
import { saveReminder } from '../../../src/store/reminders.ts';
import { newTokenRequest } from '../../../src/store/token-requests.ts';
import { rememberReadings } from '../../../src/store/verdicts.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import {
  AUDIT_LINES,
  type ExportFormat,
  type ExportOutcome,
  exportStatus,
} from '../../../src/usecases/export/export-status.ts';
import { anAccount, aReading, noMfa, nothingTold, virtualMfa } from '../../store/examples.ts';
import { aContext } from '../../support/context.ts';
import { csvRows } from '../../support/csv.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { aGranted, anAsked } from '../../support/exemptions.ts';
import { aReminder } from '../../support/reminders.ts';
import { admin, anAccountInQuestion, ana, aRequested, PAYMENTS } from '../../support/token-requests.ts';
import { aView } from '../../support/account-views.ts';

const db = await testDatabase();
const config = parseConfig(`owners: { accounts: { "${PAYMENTS}": ana@example.com } }`);
let ctx: Context;
const payments = anAccount(1, { id: PAYMENTS, name: 'payments' });
const seenAt = new Date('2026-11-10T09:00:00Z');

beforeEach(async () => {
  await emptyTables(db);
  ctx = aContext({ db, config });
});

async function known(...readings: ReturnType<typeof aReading>[]): Promise<void> {
  await rememberAccounts(
    db,
    readings.map(({ account }) => account),
    seenAt,
  );
  await rememberReadings(db, null, readings);
}

const everything = () => true;
const exported = (outcome: ExportOutcome) => {
  if (outcome.kind !== 'exported') throw new Error(`Nothing was exported: ${outcome.kind}`);
  return outcome;
};
async function filesFor(by: typeof admin, format: ExportFormat = 'csv') {
  const { files } = exported(await exportStatus(ctx, { by, format, sees: everything }));
  return files.map(({ name, content }) => ({ name, text: content.toString() }));
}
const first = <T>([one]: readonly T[]): T => {
  if (one === undefined) throw new Error('There is none');
  return one;
};

describe('an account in the file', () => {
  test('falls short since a day, with its owner and its days counted', async () => {
    await known(aReading(payments, noMfa, seenAt));

    const row = first(csvRows(first(await filesFor(ana)).text));

    expect(row).toMatchObject({
      accountId: PAYMENTS,
      name: 'payments',
      owner: 'ana@example.com',
      mfa: 'none',
      standing: 'unmet',
      checkedAt: '2026-11-10T09:00:00.000Z',
      unmetSince: '2026-11-10T09:00:00.000Z',
      unmetDays: '14',
    });
  });

  test('falls short since its reminder says so, whatever changed about it later', async () => {
    await known(aReading(payments, noMfa, seenAt));
    const unmetSince = new Date('2026-10-25T09:00:00Z');
    await saveReminder(db, aReminder({ accountId: PAYMENTS, unmetSince, owedSince: unmetSince }));

    const row = first(csvRows(first(await filesFor(ana)).text));

    expect(row).toMatchObject({ unmetSince: '2026-10-25T09:00:00.000Z', unmetDays: '30' });
  });

  test('tells of the key on its way and of the leave that it has', async () => {
    await known(aReading(payments, noMfa, seenAt));
    await newTokenRequest(db, aRequested(anAccountInQuestion()));
    await newExemption(db, anAsked());
    await saveExemption(db, aGranted());

    const report = JSON.parse(first(await filesFor(ana, 'json')).text) as StatusReport;

    expect(report.totals.standing).toMatchObject({ exempt: 1, unmet: 0 });
    expect(report.accounts).toMatchObject([
      {
        standing: 'exempt',
        unmetDays: 14,
        tokenRequest: { id: 'r1', state: 'requested' },
        exemption: { state: 'granted', until: '2026-12-31', reason: 'The key is stuck at customs' },
      },
    ]);
  });

  test('that could not be read again is not known, and says what it was', async () => {
    await known(aReading(payments, virtualMfa, seenAt));
    await rememberReadings(db, null, [aReading(payments, nothingTold, new Date('2026-11-12T09:00:00Z'))]);

    const row = first(csvRows(first(await filesFor(ana)).text));

    expect(row).toMatchObject({
      mfa: 'unknown',
      level1: 'unknown',
      standing: 'unknown',
      confidence: 'none',
      checkedAt: '2026-11-10T09:00:00.000Z',
      errors: 'sts:AssumeRoot AccessDenied: Not allowed.',
      unmetSince: '',
    });
    expect(row['why']).toContain('on 2026-11-10: Root signs in with an authenticator app.');
  });

  test('that was never read is there, too', async () => {
    await rememberAccounts(db, [payments], seenAt);

    const row = first(csvRows(first(await filesFor(ana)).text));

    expect(row).toMatchObject({ mfa: 'unknown', standing: 'unknown', checkedAt: '' });
    expect(row['why']).toContain('has not been looked at yet');
  });
});

describe('who gets what', () => {
  test('a member gets the accounts that they may see, and no log', async () => {
    await known(aReading(payments, noMfa, seenAt), aReading(anAccount(2), noMfa, seenAt));

    const outcome = exported(
      await exportStatus(ctx, { by: ana, format: 'csv', sees: ({ owner }) => owner !== null }),
    );

    expect(outcome).toMatchObject({ accounts: 1, auditLines: null, scannedAt: null });
    expect(outcome.files.map(({ name }) => name)).toEqual(['root-mfa-accounts-2026-11-24.csv']);
  });

  test('who may see nothing gets nothing, and nothing is on record', async () => {
    await known(aReading(payments, noMfa, seenAt));

    const outcome = await exportStatus(ctx, { by: ana, format: 'json', sees: () => false });

    expect(outcome).toEqual({ kind: 'nothing-to-export' });
    expect(await auditLog(db, { limit: 9 })).toEqual([]);
  });

  test('an admin gets the log as well, in names and sentences; its last line is this very export', async () => {
    await known(aReading(payments, noMfa, seenAt));
    await rememberPeople(db, [
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
    await record(db, seenAt, ana.id, {
      kind: 'account-disowned',
      accountId: PAYMENTS,
      detail: { reason: 'moved on' },
    });

    const [, log] = await filesFor(admin);
    const { audit } = JSON.parse(first(await filesFor(admin, 'json')).text) as StatusReport;

    expect(log?.name).toBe('root-mfa-audit-log-2026-11-24.csv');
    expect(csvRows(log?.text ?? '')).toMatchObject([
      { actor: admin.id, kind: 'exported', what: '1 account was exported as CSV.' },
      { actor: ana.id, actorName: 'Ana', actorEmail: 'ana@example.com', accountName: 'payments' },
    ]);
    expect(audit?.map(({ what }) => what)).toEqual([
      '1 account was exported as JSON.',
      '1 account was exported as CSV.',
      'The owner said that the account is not theirs: moved on.',
    ]);
  });
});

describe('a large company', () => {
  const accounts = Array.from({ length: 10_000 }, (_, number) => ({
    ...aView().account,
    ...anAccount(number),
  }));
  const large = aContext({ db, config, book: { accounts: async () => accounts } });

  test.each(['csv', 'json'] as const)('is exported as %s while others are served', async (format) => {
    let turns = 0;
    let open = true;
    const serve = () => {
      turns += 1;
      if (open) setImmediate(serve);
    };
    serve();

    const outcome = exported(await exportStatus(large, { by: ana, format, sees: everything }));
    open = false;

    expect(outcome.accounts).toBe(10_000);
    expect(turns).toBeGreaterThan(75);
  });

  test('gets the newest 10,000 lines of its log', async () => {
    await known(aReading(payments, noMfa, seenAt));
    await db.query(
      `insert into audit_log (at, actor, kind, account_id, detail)
       select $1, 'U03ANA', 'token-approved', $2, '{"requestId":"r1"}'::jsonb from generate_series(1, 10001)`,
      [seenAt, PAYMENTS],
    );

    const outcome = exported(await exportStatus(ctx, { by: admin, format: 'csv', sees: everything }));

    expect(outcome.auditLines).toBe(AUDIT_LINES);
    expect(csvRows(outcome.files[1]?.content.toString() ?? '')).toHaveLength(AUDIT_LINES);
  });
});

import type { Company, CompanyAccount } from '../src/demo/company.ts';
import { accountId } from '../src/domain/account.ts';
import { coverageOf } from '../src/domain/coverage.ts';
import type { AccountObservation } from '../src/domain/scan.ts';
import type { Verdict } from '../src/domain/verdict.ts';
import { saveAccounts, saveDirectoryEntries } from '../src/store/accounts.ts';
import { openDatabase } from '../src/store/database.ts';
import { claimRun, finishRun } from '../src/store/job-runs.ts';
import { migrate } from '../src/store/migrate.ts';
import { createScan, finishScan } from '../src/store/scans.ts';
import { saveObservations } from '../src/store/verdicts.ts';

const DAY_MS = 24 * 60 * 60_000;
const DAYS = 365;
/** One in this many accounts changes each day. */
const CHANGES_EVERY = 500;

const NO_MFA: Verdict = {
  mfa: 'none',
  level1: 'fail',
  level2: 'fail',
  rootCredentials: 'present',
  rootCredentialsFound: ['password'],
  rootCredentialsWhy: 'Root has a password.',
  confidence: 'observed',
  flags: [],
  why: 'No MFA device is registered for root.',
  hardwareAssumed: false,
};

/** A store as it is after a year of daily scans of a company: every scan, and each verdict that changed. */
export async function seedYear({
  url,
  dataDir,
  company,
}: {
  readonly url: string | undefined;
  readonly dataDir: string;
  readonly company: Company;
}): Promise<{ readonly scans: number; readonly changes: number }> {
  const db = await openDatabase({ url, dataDir });
  await migrate(db);
  const start = Date.now() - DAYS * DAY_MS;
  const accounts = company.accounts.map(toAccount);
  const verdicts = new Map(company.accounts.map((account) => [accountId(account.id), verdictOf(account)]));
  const first = new Date(start);
  await saveAccounts(db, accounts, first);
  await saveDirectoryEntries(
    db,
    company.accounts.map(({ id, orgUnit = '/', tags = {} }) => ({
      id: accountId(id),
      entry: { orgUnit, tags, securityContact: null },
    })),
    new Date(),
  );

  let changes = 0;
  for (let day = 0; day <= DAYS; day += 1) {
    const at = new Date(start + day * DAY_MS);
    const scan = await createScan(db, { startedBy: 'schedule', at });
    const changedAccounts = accounts.filter((_, n) => day === 0 || n % CHANGES_EVERY === day % CHANGES_EVERY);
    const observations = changedAccounts.map((account): AccountObservation => {
      const verdict = verdicts.get(account.id) ?? NO_MFA;
      return {
        account,
        verdict: day % 2 === 1 && day < DAYS - 1 ? NO_MFA : verdict,
        errors: [],
        checkedAt: at,
      };
    });
    changes += (await saveObservations(db, scan.id, observations)).length;
    const coverage = coverageOf(
      [...verdicts.values()].map(({ level1, level2, rootCredentials }) => ({
        level1,
        level2,
        rootCredentials,
        compliance: level1 === 'fail' ? ('noncompliant' as const) : ('compliant' as const),
      })),
    );
    await finishScan(db, scan.id, { at, accounts: accounts.length, unread: 0, coverage });
  }
  // The bot has been there all the year: its next start is not its first, which would begin with a scan.
  const run = { job: 'scan', period: 'a year of them', by: 'bench' };
  await claimRun(db, { ...run, leaseMs: DAY_MS });
  await finishRun(db, run);
  await db.maintain();
  await db.close();
  return { scans: DAYS + 1, changes };
}

function toAccount({ id, name }: CompanyAccount) {
  return {
    id: accountId(id),
    name,
    partition: 'aws',
    state: 'ACTIVE',
    managementAccount: false,
  } as const;
}

function verdictOf({ expected, story }: CompanyAccount): Verdict {
  return { ...NO_MFA, ...expected, why: story };
}

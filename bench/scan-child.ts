import { openCollector } from '../src/aws/collector.ts';
import { loadConfig } from '../src/config/config.ts';
import { coverageOf } from '../src/domain/coverage.ts';
import { type AccountObservation, hasNoData } from '../src/domain/scan.ts';
import { reportAsJson } from '../src/reports/account-export.ts';
import { accountRow } from '../src/reports/account-row.ts';
import { readAllAccounts } from '../src/usecases/scan/read-all-accounts.ts';

// One scan, measured from the inside: what the benchmark starts as a process of its own.

const concurrency = Number(process.argv[2] ?? 50);
const config = loadConfig({});
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();

const collector = await openCollector({ ...config.aws, concurrency });
const observations: AccountObservation[] = [];
await readAllAccounts(collector.accounts(), collector.read, {
  concurrency,
  onObservation: (reading) => observations.push(reading),
});
const accounts = observations.map((reading) => accountRow(reading, undefined, config));
const report = reportAsJson({
  version: 2,
  scannedAt: '',
  cisVersion: '7.0.0',
  partial: false,
  totals: coverageOf(accounts),
  centralRootAccess: await collector.centralRootAccess(),
  accounts,
});
collector.close();

const wallMs = performance.now() - startedAt;
const cpu = process.cpuUsage(cpuBefore);
process.stdout.write(
  `${JSON.stringify({
    wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    maxRssMb: process.resourceUsage().maxRSS / 1024,
    accounts: observations.length,
    unread: observations.filter(hasNoData).length,
    bytes: report.length,
  })}\n`,
);

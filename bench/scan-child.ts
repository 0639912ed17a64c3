import { openCollector } from '../src/aws/collector.ts';
import { loadConfig } from '../src/config/config.ts';
import { coverageOf } from '../src/domain/coverage.ts';
import type { Reading } from '../src/domain/scan.ts';
import { accountRow } from '../src/reports/account-row.ts';
import { reportAsJson } from '../src/reports/account-export.ts';
import { sweep } from '../src/usecases/scan/read-all-accounts.ts';

// One scan, measured from the inside: what the benchmark starts as a process of its own.

const concurrency = Number(process.argv[2] ?? 50);
const config = loadConfig({});
const cpuBefore = process.cpuUsage();
const begun = performance.now();

const collector = await openCollector({ ...config.aws, concurrency });
const readings: Reading[] = [];
await sweep(collector.accounts(), collector.read, {
  concurrency,
  onReading: (reading) => readings.push(reading),
});
const accounts = readings.map((reading) => accountRow(reading, undefined, config));
const report = reportAsJson({
  version: 1,
  scannedAt: '',
  cisVersion: '7.0.0',
  totals: coverageOf(accounts),
  accounts,
});
collector.close();

const wallMs = performance.now() - begun;
const cpu = process.cpuUsage(cpuBefore);
process.stdout.write(
  `${JSON.stringify({
    wallMs,
    cpuMs: (cpu.user + cpu.system) / 1000,
    maxRssMb: process.resourceUsage().maxRSS / 1024,
    accounts: readings.length,
    bytes: report.length,
  })}\n`,
);

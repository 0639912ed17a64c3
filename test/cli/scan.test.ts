import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SimulatedAws, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { demoCompany, organizationOf } from '../../src/demo/company.ts';
import type { ScanReport } from '../../src/reports/account-row.ts';
import { compiled } from '../support/compiled.ts';

const company = demoCompany();
const folder = mkdtempSync(join(tmpdir(), 'scan-'));
let aws: SimulatedAws;

// Policies are read at the pace of a small quota, and most examples are not about them.
writeFileSync(join(folder, 'root-mfa.yml'), 'guardrails: { check: "off" }\n');
writeFileSync(join(folder, 'guardrails.yml'), 'guardrails: { check: auto }\n');

beforeAll(async () => {
  const organization = organizationOf(company);
  // For ever throttled: true to life, and seconds of back-off that these tests do not wait for.
  organization.clearFaults('444455550004');
  aws = await startSimulatedAws({ organization });
});

afterAll(() => aws.close());

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run --silent scan -- …` as a script would run it, in an empty folder. */
function scan(
  args: readonly string[],
  env: Record<string, string> = {},
  interruptAfter?: () => boolean,
): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [compiled('src/cli/main.ts'), 'scan', ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, ...aws.environment('management'), ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    if (interruptAfter) {
      const poll = setInterval(() => {
        if (!interruptAfter()) return;
        clearInterval(poll);
        child.kill('SIGINT');
      }, 20);
    }
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('the result', () => {
  test('says which policies bear on root, of a single account too', async () => {
    const { stdout } = await scan(['--account', '555566660006', '--account', '555566660003'], {
      ROOT_MFA_CONFIG: 'guardrails.yml',
    });

    const { accounts } = JSON.parse(stdout) as ScanReport;
    expect(accounts.map(({ guardrails }) => guardrails)).toMatchObject([
      {
        deniesRoot: 'yes',
        blocksRootSession: 'yes',
        policies: [{ name: 'aws-guardrails-SaNdBx', target: '/Sandbox/Experiments', because: 'denied' }],
      },
      {
        deniesRoot: 'yes',
        blocksRootSession: 'no',
        blocksAddingMfa: 'yes',
        policies: [{ name: 'deny-root', target: '555566660003' }],
      },
    ]);
  }, 120_000);

  test('says null where guardrails are not checked', async () => {
    const { stdout } = await scan(['--account', '555566660003']);

    expect((JSON.parse(stdout) as ScanReport).accounts[0]?.guardrails).toBeNull();
  }, 120_000);

  test('is JSON of version 2 when piped, sorted by name, with nothing else on standard output', async () => {
    const { code, stdout, stderr } = await scan([]);

    const report = JSON.parse(stdout) as ScanReport;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(report).toMatchObject({
      version: 2,
      cisVersion: '7.0.0',
      partial: false,
      totals: { accounts: company.accounts.length, compliance: { exempt: 0 } },
    });
    expect(report.accounts.find(({ accountId }) => accountId === '111122223333')).toMatchObject({
      name: 'payments-prod',
      mfa: 'virtual',
      level1: 'pass',
      level2: 'fail',
      requiredLevel: 1,
      compliance: 'compliant',
      rootCredentials: 'present',
      orgUnit: null,
      owner: null,
      state: 'ACTIVE',
      errors: [],
    });
    const names = report.accounts.map(({ name }) => name);
    expect(names).toEqual([...names].sort(new Intl.Collator('en', { numeric: true }).compare));
  }, 120_000);

  test('is CSV with one header line, and account ids keep their zero', async () => {
    const { stdout } = await scan(['--format', 'csv', '--account', '012345678901']);

    const [header, row, ...rest] = stdout.trimEnd().split('\n');
    expect(header).toMatch(
      /^\uFEFFaccountId,name,partition,state,managementAccount,orgUnit,owner,requiredLevel,mfa,/,
    );
    expect(row).toMatch(/^'012345678901,請求書システム-開発,aws,ACTIVE,false,/);
    expect(rest).toEqual([]);
  }, 120_000);

  test('as OCSF it is a Compliance Finding for each account and control', async () => {
    const { stdout } = await scan(['--format', 'ocsf', '--account', '012345678901']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    expect(events.map(({ finding_info: { uid } }) => uid)).toEqual([
      '012345678901/root-mfa',
      '012345678901/root-hardware-mfa',
      '012345678901/no-root-credentials',
    ]);
    expect(events.map(({ class_uid }) => class_uid)).toEqual([2003, 2003, 2003]);
  }, 120_000);

  test('is a table, worst first, with a summary and what to do next', async () => {
    const { stdout } = await scan(['--format', 'table']);

    const lines = stdout.split('\n');
    const firstLineWith = (text: string) => lines.findIndex((line) => line.startsWith(`│ ${text}`));
    expect(firstLineWith('non-compliant')).toBeLessThan(firstLineWith('unknown'));
    expect(firstLineWith('unknown')).toBeLessThan(firstLineWith('compliant'));
    expect(stdout).toMatch(/Level 1, any MFA: \d+% \(\d+ of \d+ pass; CIS 7\.0\.0 2\.5\)/);
    expect(stdout).toContain('What to do next:');
    expect(stdout).not.toContain('\u001b[');
  }, 120_000);

  test('holds org units and owners when details are asked for', async () => {
    const { stdout } = await scan(['--details', '--account', '555566660002']);

    expect((JSON.parse(stdout) as ScanReport).accounts[0]).toMatchObject({
      orgUnit: '/Sandbox',
      owner: 'ben@example.com',
    });
  }, 120_000);

  test('follows the level that the command line asks for', async () => {
    const { stdout } = await scan(['--level', '2', '--account', '111122223333']);

    expect((JSON.parse(stdout) as ScanReport).accounts[0]).toMatchObject({
      requiredLevel: 2,
      compliance: 'noncompliant',
    });
  }, 120_000);

  test('is written whole or not at all', async () => {
    const target = join(folder, 'report.json');
    const good = await scan(['--output', target, '--account', '111122223333']);
    const bad = await scan(['--output', join(folder, 'nowhere', 'x.json'), '--account', '111122223333']);

    expect(good).toMatchObject({ code: 0, stdout: '' });
    expect(JSON.parse(readFileSync(target, 'utf8'))).toMatchObject({ version: 2 });
    expect(bad).toMatchObject({ code: 1, stdout: '' });
    expect(bad.stderr).toMatch(/^Cannot write .*x\.json \(ENOENT\): its folder does not exist\n$/);
    expect(readdirSync(folder).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  }, 120_000);
});

describe('the exit code', () => {
  test.each([
    [
      'a compliance that fails the build',
      ['--fail-on', 'noncompliant', '--account', '555566660002'],
      3,
      /^$/,
    ],
    ['a compliance that no account has', ['--fail-on', 'noncompliant', '--account', '111122223333'], 0, /^$/],
    ['an unknown option', ['--bogus'], 2, /unknown option '--bogus'/],
    ['a malformed account id', ['--account', '12'], 2, /expected an AWS account ID, 12 digits/],
    [
      'an account that is not listed',
      ['--account', '999999999999'],
      2,
      /999999999999: not among the accounts/,
    ],
    ['a compliance that cannot fail', ['--fail-on', 'compliant'], 2, /expected noncompliant or unknown/],
  ])(
    'for %s',
    async (_what, args, code, stderr) => {
      const run = await scan(args);

      expect(run.code).toBe(code);
      expect(run.stderr).toMatch(stderr);
    },
    30_000,
  );

  test.each([
    [
      'no credentials',
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
      /there are no AWS credentials; set AWS_PROFILE/,
    ],
    [
      'an endpoint that is down',
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      /nothing listens at 127\.0\.0\.1:9/,
    ],
    [
      'a host that does not exist',
      { AWS_ENDPOINT_URL: 'http://aws.invalid' },
      /aws\.invalid cannot be found; check AWS_REGION/,
    ],
    [
      'a configuration with mistakes',
      { ROOT_MFA_CONFIG: 'broken.yml' },
      /broken\.yml:1: aws\.memberRol: unknown key; did you mean memberRole\?/,
    ],
    [
      'no account at all',
      { ROOT_MFA_CONFIG: 'nobody.yml' },
      /There is no account to scan: check that the accounts can be listed/,
    ],
  ])(
    'is 1 for %s, with one clear sentence',
    async (_what, env, sentence) => {
      writeFileSync(join(folder, 'broken.yml'), 'aws: { memberRol: x }\n');
      const ids = company.accounts.map(({ id }) => `"${id}"`).join(', ');
      writeFileSync(join(folder, 'nobody.yml'), `aws: { exclude: [${ids}] }\n`);

      const { code, stdout, stderr } = await scan([], env);

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(sentence);
    },
    60_000,
  );
});

test('an interrupted scan prints what was read and says that it is partial', async () => {
  aws.organization.setFault('444455550005', '*', { kind: 'hang' });
  aws.resetCalls();

  const { code, stdout, stderr } = await scan([], {}, () => (aws.calls.byAccount['111122223333'] ?? 0) >= 3);

  aws.organization.clearFaults('444455550005');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ version: 2, partial: true });
  expect(stderr).toMatch(
    /^Interrupted\. The report is partial: it covers \d+ of the \d+ accounts found so far/,
  );
}, 120_000);

import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import type { AccountId } from '../../../src/domain/account.ts';
import { EVIDENCE_CONTROLS } from '../../../src/domain/evidence-pack/control-results.ts';
import { closeAccounts, saveAccounts } from '../../../src/store/accounts.ts';
import { createExemption, saveExemption } from '../../../src/store/exemptions.ts';
import { createScan, finishScan } from '../../../src/store/scans.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { buildEvidencePack } from '../../../src/usecases/evidence/build-evidence-pack.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { csvRows } from '../../support/csv.ts';
import { testDatabase } from '../../support/database.ts';
import { schemaErrors } from '../../support/json-schema.ts';
import { ANA, SAM } from '../../support/reminders.ts';

const DAY_MS = 24 * 60 * 60_000;
const db = await testDatabase();
const config = parseConfig(
  'policy: { level: 1, rules: [{ match: { accounts: ["111111111103"] }, level: 2 }] }',
  'test',
);

/** Scans are daily at six in London: the clocks change on 29 March. */
const FIRST_SCAN = new Date('2026-03-10T06:00:00Z');
const SPRING = new Date('2026-03-29T01:00:00Z');
const scanTimes = Array.from({ length: 60 }, (_, n) => {
  const at = new Date(FIRST_SCAN.getTime() + n * DAY_MS);
  return at < SPRING ? at : new Date(at.getTime() - 60 * 60_000);
});
const on = (date: string) => new Date(`${date}T00:00:00Z`);

const hardware = aVerdict({ mfa: 'fido', level1: 'pass', level2: 'pass' });
const none = aVerdict({ mfa: 'none', level1: 'fail', level2: 'fail' });
const unclear = aVerdict({ mfa: 'unknown', level1: 'pass', level2: 'unknown', rootCredentials: 'unknown' });
const empty = aVerdict({
  mfa: 'no_credentials',
  level1: 'not_applicable',
  level2: 'not_applicable',
  rootCredentials: 'absent',
});
const unreadable = aVerdict({ mfa: 'unknown', level1: 'unknown', level2: 'unknown', confidence: 'none' });

const account = (n: number, name: string) =>
  anAccount({ id: `1111111111${String(n).padStart(2, '0')}`, name });
const accounts = {
  steady: account(1, 'steady'),
  empty: account(2, 'empty'),
  unclear: account(3, 'unclear'),
  exempt: account(4, 'exempt'),
  lost: account(5, 'lost'),
  denied: account(6, 'denied'),
  neverRead: account(7, 'never-read'),
  joined: account(8, 'joined'),
  left: account(9, 'left'),
};

function verdictAt(name: keyof typeof accounts, at: Date) {
  switch (name) {
    case 'empty':
      return empty;
    case 'unclear':
      return unclear;
    case 'exempt':
      return none;
    case 'lost':
      return at > on('2026-03-27') && at < on('2026-04-03') ? none : hardware;
    case 'denied':
      return at > on('2026-04-01') ? unreadable : hardware;
    case 'neverRead':
      return unreadable;
    default:
      return hardware;
  }
}

beforeAll(async () => {
  for (const at of scanTimes) {
    // The bot was off for a week.
    if (at > on('2026-04-14') && at < on('2026-04-21')) continue;
    const listed = (Object.keys(accounts) as (keyof typeof accounts)[]).filter(
      (name) => (name !== 'joined' || at > on('2026-03-20')) && (name !== 'left' || at < on('2026-04-10')),
    );
    await saveAccounts(
      db,
      listed.map((name) => accounts[name]),
      at,
    );
    if (!listed.includes('left')) await closeAccounts(db, [accounts.left.id], at);
    const { id } = await createScan(db, { startedBy: 'schedule', at });
    await saveObservations(
      db,
      id,
      listed.map((name) => {
        const verdict = verdictAt(name, at);
        const errors =
          verdict === unreadable ? [{ call: 'sts:AssumeRoot', code: 'AccessDenied', message: 'no' }] : [];
        return { account: accounts[name], verdict, errors, checkedAt: at };
      }),
    );
    await finishScan(db, id, { at, accounts: listed.length, unread: 1, coverage: {} });
  }
  const exemption = {
    id: 'x1',
    accountId: accounts.exempt.id,
    askedBy: ANA,
    askedAt: on('2026-03-20'),
    reason: 'The key is stuck at customs',
    compensatingControl: null,
    endsAt: on('2026-04-05'),
  };
  await createExemption(db, { ...exemption, state: 'asked' });
  await saveExemption(db, {
    ...exemption,
    state: 'ended',
    decidedBy: SAM,
    decidedAt: on('2026-03-22'),
    decisionNote: null,
    endAnnouncedAt: null,
    control: null,
    controlLostAt: null,
    closedAt: on('2026-04-05'),
  });
});

async function packOf(from: string, to: string, accountIds?: ReadonlySet<AccountId>) {
  const { files } = await buildEvidencePack(
    { db, config },
    {
      period: { from: on(from), to: on(to) },
      controls: EVIDENCE_CONTROLS,
      accountIds,
      redact: false,
      madeAt: on('2026-06-01'),
      madeBy: 'sam',
      toolVersion: '1.0.0',
    },
  );
  const texts = new Map<string, string>();
  for (const { name, content } of files) {
    let text = '';
    for await (const chunk of content) text += chunk;
    texts.set(name, text);
  }
  return (name: string) => texts.get(name) ?? '';
}

type Counts = Record<string, number>;
interface Prop {
  readonly name: string;
  readonly value: string;
}

const withoutZeros = (counts: Counts) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
const countOf = (values: readonly string[]) => {
  const counts: Counts = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

/** What accounts.csv says of one control, as an auditor would add it up. */
function csvResults(text: string, control: string, to: string) {
  const column = { 'root-mfa': 'level1', 'root-hardware-mfa': 'level2' }[control] ?? 'rootCredentials';
  const days: Counts = {};
  const atEnd: string[] = [];
  for (const row of csvRows(text)) {
    const cell = row[column] ?? '';
    const passOrFail = { absent: 'pass', present: 'fail' }[cell] ?? cell;
    const isExempt = passOrFail === 'fail' && row['state'] === 'exempt' && column !== 'rootCredentials';
    const result = isExempt ? 'exempt' : passOrFail;
    const length = Date.parse(row['to'] ?? '') - Date.parse(row['from'] ?? '');
    days[result] = (days[result] ?? 0) + length / DAY_MS;
    if (row['to'] === on(to).toISOString()) atEnd.push(result);
  }
  return { days, atEnd: countOf(atEnd) };
}

function pageResults(html: string, control: string) {
  const section = html.split(`<section id="${control}">`)[1]?.split('</table>')[0] ?? '';
  const atEnd: Counts = {};
  const days: Counts = {};
  for (const [, name = '', count, accountDays] of section.matchAll(
    /<tr><td>([^<]+)<\/td><td>(\d+)<\/td><td>([\d.]+)<\/td>/g,
  )) {
    const result = name === 'not in the organization' ? 'not_a_member' : name.replaceAll(' ', '_');
    atEnd[result] = Number(count);
    days[result] = Number(accountDays);
  }
  return { atEnd, days };
}

const PERIODS = [
  ['before the first scan', '2026-01-01', '2026-03-01'],
  ['with the first scan in it', '2026-03-01', '2026-04-01'],
  ['over the change of clocks', '2026-03-28', '2026-03-31'],
  ['with a week without scans', '2026-04-01', '2026-05-01'],
  ['of a quarter', '2026-03-15', '2026-05-05'],
  ['after the last scan', '2026-05-20', '2026-05-25'],
] as const;

describe.each(PERIODS)('in a period %s', (_, from, to) => {
  test.each(EVIDENCE_CONTROLS)('page, CSV, OCSF and OSCAL agree on %s', async (control) => {
    const read = await packOf(from, to);
    const csv = csvResults(read('accounts.csv'), control, to);
    const page = pageResults(read('index.html'), control);
    const events = read('findings.ocsf.jsonl')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    const [oscal] = JSON.parse(read('assessment-results.oscal.json'))['assessment-results'].results;
    const finding = oscal.findings.find(
      ({ target }: { target: { 'target-id': string } }) => target['target-id'] === control,
    );

    expect(withoutZeros(page.atEnd)).toEqual(csv.atEnd);
    // The page rounds to a tenth of a day.
    for (const [result, days] of Object.entries(csv.days)) {
      expect(Math.abs((page.days[result] ?? 0) - days)).toBeLessThan(0.06);
    }

    const { not_a_member: _left, ...present } = csv.atEnd;
    const ofControl = events.filter(({ compliance }) => compliance.control === control);
    expect(countOf(ofControl.map(({ compliance }) => compliance.status_code))).toEqual(present);
    const props = (finding.props ?? []) as Prop[];
    expect(Object.fromEntries(props.map(({ name, value }) => [name, Number(value)]))).toEqual(present);
    const observed = ((oscal.observations ?? []) as { props: Prop[] }[]).map(
      (observation) => observation.props.find(({ name }) => name === control)?.value ?? '',
    );
    expect(countOf(observed)).toEqual(present);

    const population = Object.values(csv.days).reduce((sum, days) => sum + days, 0);
    const inScope = new Set(csvRows(read('accounts.csv')).map(({ accountId }) => accountId)).size;
    expect(population).toBeCloseTo((inScope * (on(to).getTime() - on(from).getTime())) / DAY_MS, 6);
  });

  test('OCSF and OSCAL are valid against their schemas', async () => {
    const read = await packOf(from, to);
    const oscal = JSON.parse(read('assessment-results.oscal.json'));

    expect(schemaErrors('oscal-1.2-assessment-results', oscal)).toEqual([]);
    for (const line of read('findings.ocsf.jsonl').trimEnd().split('\n')) {
      if (line !== '') expect(schemaErrors('ocsf-1.6.0-compliance-finding', JSON.parse(line))).toEqual([]);
    }
  });
});

test('before the first scan nothing is observed, and nothing counts as met', async () => {
  const read = await packOf('2026-01-01', '2026-03-01');
  const states = csvRows(read('accounts.csv')).map(({ state }) => state);

  // Joined is left out: a scan shows that it was not there.
  expect(states).toEqual(Array(8).fill('not_observed'));
  expect(read('index.html')).toContain('0 of 8 accounts were observed for the whole period');
  expect(read('index.html')).toContain(
    '8 accounts were never observed in the period. No scan ran in the period.',
  );
});

test('who joined and who left is dated to the scan that shows it', async () => {
  const html = (await packOf('2026-03-15', '2026-05-05'))('index.html');

  expect(html).toContain(
    '<td>joined</td><td>111111111108</td><td>joined</td><td class="moment">2026-03-20 06:00 UTC</td>',
  );
  expect(html).toContain(
    '<td>left</td><td>111111111109</td><td>left</td><td class="moment">2026-04-10 05:00 UTC</td>',
  );
  expect(html).toContain('8 accounts at the start, 1 joined, 1 left, 8 at the end.');
});

test('an exemption shows who approved it, why, and until when, and never counts as a pass', async () => {
  const html = (await packOf('2026-03-15', '2026-05-05'))('index.html');

  expect(html).toContain('<td>The key is stuck at customs</td><td>none named</td>');
  expect(html).toContain('approved by U01SAM, 2026-03-22 00:00 UTC; ended');
  expect(html).toContain('<td>2026-03-22 00:00 UTC to 2026-04-05 00:00 UTC</td>');
});

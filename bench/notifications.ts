import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { type Config, parseConfig } from '../src/config/config.ts';
import type { Company } from '../src/demo/company.ts';
import { syntheticCompany } from '../src/demo/synthetic-company.ts';
import { slackUserId } from '../src/domain/person.ts';
import type { AccountObservation } from '../src/domain/scan.ts';
import type { Verdict } from '../src/domain/verdict.ts';
import type { Caller } from '../src/slack/authorizer.ts';
import { createHomePublisher } from '../src/slack/home/publisher.ts';
import { createAccountCache } from '../src/store/account-cache.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { createDecisionCache } from '../src/store/decision-cache.ts';
import { findPersonByEmail, findPersonById, savePeople } from '../src/store/people.ts';
import { createScan } from '../src/store/scans.ts';
import { saveObservations } from '../src/store/verdicts.ts';
import { readDigest, sendDigest } from '../src/usecases/digest/send-digest.ts';
import { exportStatus } from '../src/usecases/export/export-status.ts';
import { findOwnerGaps } from '../src/usecases/owners/find-owner-gaps.ts';
import { readReminderPreview } from '../src/usecases/reminders/read-reminder-preview.ts';
import { remindOwners } from '../src/usecases/reminders/remind-owners.ts';
import { applyScanEffects } from '../src/usecases/scan/apply-scan-effects/index.ts';
import type { Context } from '../src/usecases/shared/context.ts';
import { findAccount, suggestAccounts } from '../src/usecases/shared/find-account.ts';
import { readAccounts } from '../src/usecases/shared/read-accounts.ts';
import { readChanges } from '../src/usecases/status/read-changes.ts';
import { timed } from './event-loop.ts';
import { withManyOwners } from './owners.ts';
import { seedYear } from './seed-year.ts';

const ACCOUNTS = 10_000;
const OWNERS = 2_000;
const CHANGED = 500;
const DAY_MS = 24 * 60 * 60_000;
// All are due at once: it is working time everywhere, and hardware is asked of every account.
const SETTINGS = `
slack: { channel: C01SECURITY, admins: [U01SAM] }
policy: { level: 2 }
reminders: { mode: on, workingHours: "00:00-23:59" }
`;

/**
 * Measures everything that the bot writes and shows to people, with 10,000 accounts, 2,000 owners and a year of history.
 * `--seeded FOLDER` keeps the year there, for the next run.
 */
export async function notificationsBench(args: readonly string[]): Promise<void> {
  const seededFolder = args[0] === '--seeded' ? args[1] : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'root-mfa-bench-'));
  const source = seededFolder ?? join(folder, 'seeded');
  const workingCopy = join(folder, 'used');
  const company = withManyOwners(syntheticCompany(ACCOUNTS), OWNERS);
  try {
    if (!existsSync(source)) await seedYear({ url: undefined, dataDir: source, company });
    await cp(source, workingCopy, { recursive: true });
    const db = await openDatabase({ url: undefined, dataDir: workingCopy });
    const now = nextWorkingDay();
    await saveEveryone(db, company, now);
    process.stdout.write(`Node ${process.version}, embedded store\n${await measure(db, now)}\n`);
    await db.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(db: Database, now: Date): Promise<string> {
  const table = new Table({
    head: [
      'what',
      'cold ms',
      'warm ms',
      'cold/warm',
      'CPU ms',
      'ms/1,000 accounts',
      'longest gap ms',
      'came to',
    ],
    style: { head: [], border: [], compact: true },
  });
  let ctx = createContext(db, now);
  /** Cold: nothing of the company is in memory yet. */
  const row = async (
    what: string,
    work: (ctx: Context) => Promise<unknown>,
    { warmUp = true, twice = true } = {},
  ) => {
    ctx = createContext(db, now);
    if (warmUp) await readAccounts(ctx);
    const first = await timed(() => work(ctx));
    const second = twice ? await timed(() => work(ctx)) : undefined;
    process.stderr.write(`${what}: ${first.ms.toFixed(0)} ms, CPU ${first.cpuMs.toFixed(0)} ms\n`);
    table.push([
      what,
      first.ms.toFixed(0),
      second ? second.ms.toFixed(0) : '',
      second ? (first.ms / second.ms).toFixed(1) : '',
      (second ?? first).cpuMs.toFixed(0),
      (((second ?? first).ms / ACCOUNTS) * 1_000).toFixed(1),
      Math.max(first.longestGapMs, second?.longestGapMs ?? 0).toFixed(0),
      String(first.result),
    ]);
  };
  const once = { twice: false };
  const since = new Date(now.getTime() - 7 * DAY_MS);

  await row('company views', async (c) => (await readAccounts(c)).length, { warmUp: false });
  await row('find an account by a part of its name', async (c) =>
    kindOf(findAccount(await readAccounts(c), 'billing-prod-44')),
  );
  await row('find an account by a typo', async (c) =>
    kindOf(findAccount(await readAccounts(c), 'biling-prod-4418x')),
  );
  await row('suggest accounts', async (c) => suggestAccounts(await readAccounts(c), '17', 100).length);
  await row('what changed in a week', async (c) => (await readChanges(c, since)).regressed.length);
  await row('accounts without an owner', async (c) => (await findOwnerGaps(c)).gaps.length);
  await row('preview of reminders, all due', async (c) => (await readReminderPreview(c)).reminders.length);
  await row("an admin's Home", (c) => showHome(c, caller('U01SAM', 'sam@example.com', true)));
  await row('the Home of an owner of 300', (c) =>
    showHome(c, caller('U9OWNER0000', 'owner-0000@example.com', false)),
  );
  await row('export as CSV', (c) => exportAndMeasure(c, 'csv'));
  await row('export as JSON', (c) => exportAndMeasure(c, 'json'));
  await row('digest, read', async (c) => (await readDigest(c, now)).outstanding.count);
  await row('digest, written', async (c) => (await sendDigest(c, { dueAt: now })).kind, once);
  await row('reminders, a round in which all are due', async (c) => runReminders(c), once);
  await row('reminders, a round in which none is', async (c) => runReminders(c));
  await row('preview of reminders, none due', async (c) => (await readReminderPreview(c)).reminders.length);
  await row("an admin's Home after the round", (c) => showHome(c, caller('U01SAM', 'sam@example.com', true)));
  await row('digest after the round, read', async (c) => (await readDigest(c, now)).graceEnding.count);
  await row(`a scan that changed ${CHANGED}: what it saw, and settled`, (c) => saveAndApplyScan(c), once);
  return table.toString();
}

function kindOf({ kind }: { readonly kind: string }): string {
  return kind;
}

async function runReminders(ctx: Context): Promise<string> {
  const { people, accounts } = await remindOwners(ctx, []);
  return `${people} letters, ${accounts} accounts`;
}

async function exportAndMeasure(ctx: Context, format: 'csv' | 'json'): Promise<string> {
  const outcome = await exportStatus(ctx, {
    by: { id: slackUserId('U01SAM'), admin: true },
    format,
    canSee: () => true,
  });
  if (outcome.kind !== 'exported') return outcome.kind;
  const bytes = outcome.files.reduce((sum, { content }) => sum + content.length, 0);
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Draws a Home, and throws it away instead of sending it to Slack. */
async function showHome(ctx: Context, viewer: Caller): Promise<string> {
  let bytes = 0;
  const client = {
    views: {
      publish: async ({ view }: { view: unknown }) => {
        bytes = JSON.stringify(view).length;
      },
    },
  };
  const homes = createHomePublisher({ ctx, config: ctx.config } as never, client as never);
  await homes.show(viewer);
  await homes.stop();
  return `${(bytes / 1_000).toFixed(0)} kB`;
}

function caller(id: string, email: string, admin: boolean): Caller {
  return { id: slackUserId(id), email, admin, name: id, timeZone: 'Europe/London' };
}

/** Remembers a look at every account in which half of the changed ones were fixed, and half lost their MFA. */
async function saveAndApplyScan(ctx: Context): Promise<string> {
  const views = await readAccounts(ctx);
  const noncompliant = views.filter(({ compliance }) => compliance === 'noncompliant').slice(0, CHANGED / 2);
  const compliant = views.filter(({ compliance }) => compliance === 'compliant').slice(0, CHANGED / 2);
  const newVerdicts = new Map<string, Verdict>([
    ...noncompliant.map(({ account }) => [account.id, SECURITY_KEY] as const),
    ...compliant.map(({ account }) => [account.id, NO_MFA] as const),
  ]);
  const checkedAt = ctx.now();
  const observations = views.flatMap(({ account }): AccountObservation[] => {
    const verdict = newVerdicts.get(account.id) ?? account.verdict;
    return verdict ? [{ account, verdict, errors: [], checkedAt }] : [];
  });
  const scan = await createScan(ctx.db, { startedBy: 'schedule', at: checkedAt });
  return ctx.db.transaction(async (tx) => {
    const changes = await saveObservations(tx, scan.id, observations);
    const applied = await timed(() => applyScanEffects({ tx, ctx, at: checkedAt }, changes));
    return `${changes.length} changes, settled in ${applied.ms.toFixed(0)} ms`;
  });
}

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
const SECURITY_KEY: Verdict = {
  ...NO_MFA,
  mfa: 'fido',
  level1: 'pass',
  level2: 'pass',
  why: 'Root signs in with a security key.',
};

/** Everyone is stored as Slack described them a moment ago, so that Slack is not asked. */
async function saveEveryone(db: Database, { people, teamId }: Company, readAt: Date): Promise<void> {
  await savePeople(
    db,
    people.map(({ id, email, name, timezone, teamId: team, kind }) => ({
      slackId: id,
      teamId: team ?? teamId,
      email,
      name,
      timeZone: timezone,
      kind,
      awayUntil: null,
      readAt,
    })),
  );
}

function createContext(db: Database, now: Date, config: Config = parseConfig(SETTINGS)): Context {
  return {
    db,
    config,
    accounts: createAccountCache(db),
    decisions: createDecisionCache(db),
    collector: () => Promise.reject(new Error('AWS is not measured here')),
    people: {
      async byName(viewer) {
        if (!viewer.includes('@')) return findPersonById(db, viewer);
        const answer = await findPersonByEmail(db, viewer);
        return answer.kind === 'person' ? answer.person : undefined;
      },
      admins: async () => [slackUserId('U01SAM')],
    },
    channels: { digest: 'C01SECURITY', tokens: 'C01SECURITY', channelBlockReason: async () => undefined },
    notificationsQueued: () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => now,
  };
}

/** Noon of the next Wednesday: a business day in every zone. */
function nextWorkingDay(): Date {
  const day = new Date();
  day.setUTCHours(12, 0, 0, 0);
  do day.setTime(day.getTime() + DAY_MS);
  while (day.getUTCDay() !== 3);
  return day;
}

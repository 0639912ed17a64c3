import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { type Config, parseConfig } from '../src/config/config.ts';
import type { Company } from '../src/demo/company.ts';
import { syntheticCompany } from '../src/demo/synthetic-company.ts';
import { slackUserId } from '../src/domain/person.ts';
import type { Reading } from '../src/domain/scan.ts';
import type { Verdict } from '../src/domain/verdict.ts';
import type { Caller } from '../src/slack/authorizer.ts';
import { openHomes } from '../src/slack/home/publisher.ts';
import { keepBook } from '../src/store/account-cache.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { keepDecisions } from '../src/store/decision-cache.ts';
import { personByEmail, personById, rememberPeople } from '../src/store/people.ts';
import { openScan } from '../src/store/scans.ts';
import { rememberReadings } from '../src/store/verdicts.ts';
import type { Context } from '../src/usecases/shared/context.ts';
import { exportStatus } from '../src/usecases/export/export-status.ts';
import { findAccount, suggestAccounts } from '../src/usecases/shared/find-account.ts';
import { findOwnerGaps } from '../src/usecases/owners/find-owner-gaps.ts';
import { readChange } from '../src/usecases/status/read-changes.ts';
import { readReminderPreview } from '../src/usecases/reminders/read-reminder-preview.ts';
import { readAccounts } from '../src/usecases/shared/read-accounts.ts';
import { remindOwners } from '../src/usecases/reminders/remind-owners.ts';
import { readDigest, sendDigest } from '../src/usecases/digest/send-digest.ts';
import { settle } from '../src/usecases/scan/apply-scan-effects/index.ts';
import { timed } from './event-loop.ts';
import { ofManyOwners } from './owners.ts';
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
export async function lettersBench(args: readonly string[]): Promise<void> {
  const kept = args[0] === '--seeded' ? args[1] : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'root-mfa-bench-'));
  const seeded = kept ?? join(folder, 'seeded');
  const used = join(folder, 'used');
  const company = ofManyOwners(syntheticCompany(ACCOUNTS), OWNERS);
  try {
    if (!existsSync(seeded)) await seedYear({ url: undefined, dataDir: seeded, company });
    await cp(seeded, used, { recursive: true });
    const db = await openDatabase({ url: undefined, dataDir: used });
    const now = aWorkingDay();
    await rememberAll(db, company, now);
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
  let ctx = aContext(db, now);
  /** Cold: nothing of the company is in memory yet. */
  const row = async (
    what: string,
    work: (ctx: Context) => Promise<unknown>,
    { warmUp = true, twice = true } = {},
  ) => {
    ctx = aContext(db, now);
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
  await row('what changed in a week', async (c) => (await readChange(c, since)).regressed.length);
  await row('accounts without an owner', async (c) => (await findOwnerGaps(c)).gaps.length);
  await row('preview of reminders, all due', async (c) => (await readReminderPreview(c)).letters.length);
  await row("an admin's Home", (c) => showHome(c, caller('U01SAM', 'sam@example.com', true)));
  await row('the Home of an owner of 300', (c) =>
    showHome(c, caller('U9OWNER0000', 'owner-0000@example.com', false)),
  );
  await row('export as CSV', (c) => exported(c, 'csv'));
  await row('export as JSON', (c) => exported(c, 'json'));
  await row('digest, read', async (c) => (await readDigest(c, now)).outstanding.count);
  await row('digest, written', async (c) => (await sendDigest(c, { dueAt: now })).kind, once);
  await row('reminders, a round in which all are due', async (c) => rounded(c), once);
  await row('reminders, a round in which none is', async (c) => rounded(c));
  await row('preview of reminders, none due', async (c) => (await readReminderPreview(c)).letters.length);
  await row("an admin's Home after the round", (c) => showHome(c, caller('U01SAM', 'sam@example.com', true)));
  await row('digest after the round, read', async (c) => (await readDigest(c, now)).graceEnding.count);
  await row(`a scan that changed ${CHANGED}: what it saw, and settled`, (c) => afterAScan(c), once);
  return table.toString();
}

function kindOf({ kind }: { readonly kind: string }): string {
  return kind;
}

async function rounded(ctx: Context): Promise<string> {
  const { people, accounts } = await remindOwners(ctx, []);
  return `${people} letters, ${accounts} accounts`;
}

async function exported(ctx: Context, format: 'csv' | 'json'): Promise<string> {
  const outcome = await exportStatus(ctx, {
    by: { id: slackUserId('U01SAM'), admin: true },
    format,
    sees: () => true,
  });
  if (outcome.kind !== 'exported') return outcome.kind;
  const bytes = outcome.files.reduce((sum, { content }) => sum + content.length, 0);
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Draws a Home, and throws it away instead of sending it to Slack. */
async function showHome(ctx: Context, who: Caller): Promise<string> {
  let bytes = 0;
  const client = {
    views: {
      publish: async ({ view }: { view: unknown }) => {
        bytes = JSON.stringify(view).length;
      },
    },
  };
  const homes = openHomes({ ctx, config: ctx.config } as never, client as never);
  await homes.show(who);
  await homes.stop();
  return `${(bytes / 1_000).toFixed(0)} kB`;
}

function caller(id: string, email: string, admin: boolean): Caller {
  return { id: slackUserId(id), email, admin, name: id, timeZone: 'Europe/London' };
}

/** Remembers a look at every account in which half of the changed ones were fixed, and half lost their MFA. */
async function afterAScan(ctx: Context): Promise<string> {
  const views = await readAccounts(ctx);
  const unmet = views.filter(({ standing }) => standing === 'unmet').slice(0, CHANGED / 2);
  const met = views.filter(({ standing }) => standing === 'met').slice(0, CHANGED / 2);
  const news = new Map<string, Verdict>([
    ...unmet.map(({ account }) => [account.id, SECURITY_KEY] as const),
    ...met.map(({ account }) => [account.id, NO_MFA] as const),
  ]);
  const checkedAt = ctx.now();
  const readings = views.flatMap(({ account }): Reading[] => {
    const verdict = news.get(account.id) ?? account.verdict;
    return verdict ? [{ account, verdict, errors: [], checkedAt }] : [];
  });
  const scan = await openScan(ctx.db, { startedBy: 'schedule', at: checkedAt });
  return ctx.db.transaction(async (tx) => {
    const changes = await rememberReadings(tx, scan.id, readings);
    const settling = await timed(() => settle(tx, ctx, changes, checkedAt));
    return `${changes.length} changes, settled in ${settling.ms.toFixed(0)} ms`;
  });
}

const NO_MFA: Verdict = {
  mfa: 'none',
  level1: 'fail',
  level2: 'fail',
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

/** Everybody is remembered as Slack described them a moment ago, so Slack need not be asked. */
async function rememberAll(db: Database, { people, teamId }: Company, readAt: Date): Promise<void> {
  await rememberPeople(
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

function aContext(db: Database, now: Date, config: Config = parseConfig(SETTINGS)): Context {
  return {
    db,
    config,
    book: keepBook(db),
    decisions: keepDecisions(db),
    collector: () => Promise.reject(new Error('AWS is not measured here')),
    people: {
      async byName(who) {
        if (!who.includes('@')) return personById(db, who);
        const answer = await personByEmail(db, who);
        return answer.kind === 'person' ? answer.person : undefined;
      },
      admins: async () => [slackUserId('U01SAM')],
    },
    channels: { digest: 'C01SECURITY', tokens: 'C01SECURITY', whyNot: async () => undefined },
    lettersWritten: () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => now,
  };
}

/** Noon of the next Wednesday: a business day in every zone. */
function aWorkingDay(): Date {
  const day = new Date();
  day.setUTCHours(12, 0, 0, 0);
  do day.setTime(day.getTime() + DAY_MS);
  while (day.getUTCDay() !== 3);
  return day;
}

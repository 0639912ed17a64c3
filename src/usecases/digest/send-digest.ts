import type { AccountId } from '../../domain/account.ts';
import { businessDaysAfter, isoWeek, timeZoneOrDefault } from '../../domain/calendar.ts';
import type { AccountComparison } from '../../domain/change.ts';
import type { Coverage } from '../../domain/coverage.ts';
import {
  type Digest,
  type DigestAccount,
  digestOf,
  figuresByOrgUnit,
  shouldPost,
  withShortLists,
} from '../../domain/digest.ts';
import {
  digestKey,
  type NotificationContent,
  quietNoteKey,
  sharedChannelAlertKey,
} from '../../domain/notification.ts';
import { matchesOrgUnit } from '../../domain/policy.ts';
import { remainingRootCredential } from '../../domain/remediation.ts';
import { TREND_WEEKS } from '../../domain/trend.ts';
import { latestActors } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { exemptionsClosedSince } from '../../store/exemptions.ts';
import { enqueue, latestNotification, listDeadLetters } from '../../store/outbox.ts';
import { type KnownPeople, readKnownPeople } from '../../store/people.ts';
import { recoveriesClosedSince } from '../../store/recovery-windows.ts';
import { type ReportedKeyFindings, saveReportedKeyFindings } from '../../store/reported-key-findings.ts';
import { lastScan, scansSince } from '../../store/scans.ts';
import { saveTargetFigures, type TargetFigures } from '../../store/target-figures.ts';
import { saveWeeklyFigures, type WeeklyFigures, weeklyFiguresSince } from '../../store/weekly-figures.ts';
import { reportKeyFindings } from '../keys/report-key-findings.ts';
import { type OwnerResolution, resolveOwners } from '../owners/resolve-owners.ts';
import { readReminderProgress } from '../reminders/read-reminder-progress.ts';
import { readUnresponsiveOwners } from '../reminders/read-unresponsive-owners.ts';
import { readDigestRootUse } from '../root-events/read-root-events.ts';
import type { AccountView } from '../shared/account-view.ts';
import { coverageOfViews } from '../shared/company-views.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { readAccountChanges } from '../status/read-changes.ts';
import { reportTargets } from '../targets/read-targets.ts';

/** What became of a digest. */
export type DigestOutcome =
  | { readonly kind: 'posted'; readonly digest: Digest }
  /** Everything is met, and the company wants no digest then; once a month a line says so. */
  | { readonly kind: 'quiet'; readonly notePosted: boolean }
  /** The channel would be read by others, so every admin got it instead. */
  | { readonly kind: 'to-admins'; readonly reason: string; readonly admins: number }
  | { readonly kind: 'no-channel' };

const WEEK_MS = 7 * 24 * 60 * 60_000;
const MAX_UNDELIVERED = 50;
/** The accounts that a digest covers. */
interface DigestScope {
  /** Under which its figures are saved: empty for the whole company, otherwise the channel. */
  readonly key: string;
  /** `null`: every account. */
  readonly orgUnits: readonly string[] | null;
}

const WHOLE_COMPANY: DigestScope = { key: '', orgUnits: null };
/** Items that one message lists; the command lists all of them. */
const MAX_ITEMS = 30;

/** Writes the weekly digest: one for each week, however often it is called. It triggers no scan, and says how old its reading is. */
export async function sendDigest(ctx: Context, { dueAt }: { readonly dueAt: Date }): Promise<DigestOutcome> {
  const { digest: channel, parts = [] } = ctx.channels;
  const outcome: DigestOutcome =
    channel === null
      ? { kind: 'no-channel' }
      : await postDigest(ctx, { dueAt, channel, scope: WHOLE_COMPANY });
  for (const part of parts) {
    const scope = { key: part.channel, orgUnits: part.orgUnits };
    await postDigest(ctx, { dueAt, channel: part.channel, scope });
  }
  return outcome;
}

interface DigestPost {
  readonly dueAt: Date;
  readonly channel: string;
  readonly scope: DigestScope;
}

async function postDigest(ctx: Context, { dueAt, channel, scope }: DigestPost): Promise<DigestOutcome> {
  const { config, channels } = ctx;
  const { digest, figures } = await composeDigest(ctx, dueAt, scope);
  const lastNote = await latestNotification(ctx.db, 'quiet-note');
  const now = ctx.now();
  const action = shouldPost(digest, config.digest, lastNote?.createdAt ?? null, now);
  // Only the channel of the whole company hears that silence is meant.
  if (action === 'nothing' || (action === 'quiet-note' && scope !== WHOLE_COMPANY)) {
    await saveFigures(ctx.db, scope, figures);
    return { kind: 'quiet', notePosted: false };
  }

  const content: NotificationContent =
    action === 'digest'
      ? { kind: 'digest', digest: withShortLists(digest, MAX_ITEMS) }
      : {
          kind: 'quiet-note',
          week: digest.week,
          sentence: digest.headline.sentence,
          readAt: digest.reading.at,
        };
  const key =
    action === 'quiet-note'
      ? quietNoteKey(now, config.schedule.timezone)
      : scope === WHOLE_COMPANY
        ? digestKey(digest)
        : `${digestKey(digest)}/${scope.key}`;

  const reason = await channels.channelBlockReason(channel);
  if (reason !== undefined) {
    const admins = await ctx.people.admins();
    await ctx.db.transaction(async (tx) => {
      await saveFigures(tx, scope, figures);
      for (const admin of admins) {
        const to = { kind: 'person', id: admin } as const;
        const alert = { kind: 'finding', finding: 'digest-channel-shared', channel } as const;
        const adminAlertKey = `${sharedChannelAlertKey(channel, now, config.schedule.timezone)}/${admin}`;
        await enqueue(tx, { key: adminAlertKey, kind: alert.kind, to, payload: alert }, now);
        await enqueue(tx, { key: `${key}/${admin}`, kind: content.kind, to, payload: content }, now);
      }
    });
    ctx.notificationsQueued();
    return { kind: 'to-admins', reason, admins: admins.length };
  }

  const to = { kind: 'channel', id: channel } as const;
  await ctx.db.transaction(async (tx) => {
    await saveFigures(tx, scope, figures);
    await enqueue(tx, { key, kind: content.kind, to, payload: content }, now);
  });
  ctx.notificationsQueued();
  return action === 'digest' ? { kind: 'posted', digest } : { kind: 'quiet', notePosted: true };
}

/** Returns the digest as it would be written now; nothing is sent. */
export async function readDigest(ctx: Context, dueAt: Date): Promise<Digest> {
  return (await composeDigest(ctx, dueAt, WHOLE_COMPANY)).digest;
}

interface ComposedDigest {
  readonly digest: Digest;
  readonly figures: ReportedFigures;
}

/** What a digest reports, to be saved with it. */
interface ReportedFigures {
  /** Of its own week and the week before. */
  readonly weeks: readonly WeeklyFigures[];
  readonly targets: readonly TargetFigures[];
  readonly keyFindings: ReportedKeyFindings;
}

async function composeDigest(ctx: Context, dueAt: Date, scope: DigestScope): Promise<ComposedDigest> {
  const { db, config } = ctx;
  const now = ctx.now();
  const zone = config.schedule.timezone;
  const weekEarlier = new Date(dueAt.getTime() - WEEK_MS);
  const views = (await readAccounts(ctx)).filter(({ account }) => isCovered(scope, account.orgUnit));
  const figures = await readReportedFigures(ctx, dueAt, scope);
  const since = figures.previous?.reportedAt ?? weekEarlier;
  const [
    accounts,
    owners,
    scans,
    latestScan,
    undelivered,
    ownerActions,
    decisions,
    closedExemptions,
    answers,
    closedWindows,
  ] = await Promise.all([
    readAccountChanges(ctx, since),
    resolveOwners(ctx, views),
    scansSince<Coverage>(db, new Date(now.getTime() - TREND_WEEKS * WEEK_MS)),
    lastScan<Coverage>(db),
    listDeadLetters(db, MAX_UNDELIVERED),
    latestActors(db),
    ctx.decisions.current(),
    exemptionsClosedSince(db, since),
    readAnswers(ctx, views),
    recoveriesClosedSince(db, since),
  ]);
  const knownPeople = await readKnownPeople(db);
  const isWhole = scope.orgUnits === null;
  const isInScope = (id: AccountId) => isWhole || viewById.has(id);
  const viewById = new Map(views.map((view) => [view.account.id, view]));
  const lastWeek =
    figures.previous?.coverage ??
    (isWhole ? scans.findLast(({ startedAt }) => startedAt <= weekEarlier)?.coverage : undefined) ??
    null;
  const current = figures.current?.coverage ?? coverageOfViews(views);
  const targets = await reportTargets(ctx, { key: scope.key, views }, dueAt);
  const reported = new Map(figures.byWeek);
  const lastWeekName = isoWeek(weekEarlier, zone);
  if (lastWeek) reported.set(lastWeekName, lastWeek);
  reported.set(isoWeek(dueAt, zone), current);

  const digest = digestOf({
    now,
    dueAt,
    zone,
    accounts: accounts
      .filter(({ id }) => isInScope(id))
      .map((account) =>
        digestAccountOf(account, {
          view: viewById.get(account.id),
          owner: owners.get(account.id),
          knownPeople,
          reminders: answers.reminders.get(account.id),
        }),
      ),
    coverage: { now: current, lastWeek },
    ...(config.digest.groupBy === 'orgUnit' && {
      byOrgUnit: figuresByOrgUnit(views.map((view) => ({ ...view, orgUnit: view.account.orgUnit }))),
    }),
    targets: targets.progress,
    scope: scope.orgUnits,
    // Scans count the whole company.
    scans: isWhole ? scans.map(({ startedAt, coverage }) => ({ at: startedAt, coverage })) : [],
    reported,
    readAt: latestScan?.startedAt ?? null,
    exemptions: [...decisions.exemptions.values(), ...closedExemptions].filter(({ accountId }) =>
      isInScope(accountId),
    ),
    recoveryWindows: [...decisions.recoveryWindows.values(), ...closedWindows].filter(({ accountId }) =>
      isInScope(accountId),
    ),
    requests: [...new Set(decisions.tokenRequests.values())].filter((request) =>
      request.accounts.some(({ id }) => isInScope(id)),
    ),
    ownerActions,
    daysWithoutAnswer: answers.daysWithoutAnswer,
    undelivered: (isWhole ? undelivered : []).map(({ key, kind, to, lastError }) => ({
      key,
      kind,
      to: to.id,
      error: lastError,
    })),
    graceEnds: graceEnds(ctx, decisions.reminders.values(), (id) => {
      const resolution = owners.get(id);
      return resolution?.kind === 'person' ? resolution.person.timeZone : undefined;
    }),
  });
  // Thanks name the person.
  const fixedItems = digest.fixed.items.map((line) => {
    const resolution = owners.get(line.id);
    return resolution?.kind === 'person' && resolution.gap === null
      ? { ...line, owner: resolution.person.id }
      : line;
  });
  const rootUse = await readDigestRootUse(ctx, views, since);
  const keys = await reportKeyFindings(ctx, {
    scope: scope.key,
    week: digest.week,
    accounts: views.map(({ account }) => account),
  });
  return {
    digest: {
      ...digest,
      fixed: { ...digest.fixed, items: fixedItems },
      ...(rootUse && { rootUse }),
      ...(keys.changes && { keyFindings: keys.changes }),
    },
    figures: {
      weeks: [
        ...(lastWeek ? [{ week: lastWeekName, reportedAt: since, coverage: lastWeek }] : []),
        { week: digest.week, reportedAt: now, coverage: current },
      ],
      targets: targets.figures,
      keyFindings: keys.reported,
    },
  };
}

/** How far reminders have come, and who does not answer them. */
async function readAnswers(ctx: Context, views: readonly AccountView[]) {
  const unresponsive = await readUnresponsiveOwners(ctx, views);
  return {
    reminders: await readReminderProgress(ctx, views),
    daysWithoutAnswer: new Map(unresponsive.map(({ owner, days }) => [owner, days])),
  };
}

/** Returns an account as the digest reads it: what changed, its place, its owner, and how far reminders have come. */
function digestAccountOf(
  account: AccountComparison,
  {
    view,
    owner,
    knownPeople,
    reminders,
  }: {
    readonly view: AccountView | undefined;
    readonly owner: OwnerResolution | undefined;
    readonly knownPeople: KnownPeople;
    readonly reminders: DigestAccount['reminders'];
  },
): DigestAccount {
  const gap = owner && owner.kind !== 'unknown' ? owner.gap : null;
  return {
    ...account,
    owner: gap === null ? account.owner : unreachableName(account.owner, knownPeople),
    orgUnit: view?.account.orgUnit ?? null,
    readFailure: view?.account.readFailure ?? null,
    policyCure: view?.policyCure ?? null,
    ownerGap: gap,
    ownerId: owner?.kind === 'person' && owner.gap === null ? owner.person.id : null,
    rootKey: view && rootKeyOf(view),
    reminders,
  };
}

/** Returns the name of an owner who cannot be reached; `null` if none is known: an address alone helps no reader. */
function unreachableName(owner: string | null, knownPeople: KnownPeople): string | null {
  const lookup = owner === null ? undefined : knownPeople(owner);
  return lookup?.kind === 'person' ? `${lookup.person.name} (cannot be reached)` : null;
}

async function saveFigures(
  db: Database,
  { key }: DigestScope,
  { weeks, targets, keyFindings }: ReportedFigures,
): Promise<void> {
  for (const one of weeks) await saveWeeklyFigures(db, key, one);
  for (const one of targets) await saveTargetFigures(db, key, one);
  await saveReportedKeyFindings(db, key, keyFindings);
}

function isCovered({ orgUnits }: DigestScope, orgUnit: string | null): boolean {
  if (orgUnits === null) return true;
  return orgUnit !== null && orgUnits.some((pattern) => matchesOrgUnit(orgUnit, pattern));
}

/** What digests reported since the trend begins: every week, the week before this digest, and this one's, if it was reported. */
async function readReportedFigures({ db, config }: Context, dueAt: Date, { key }: DigestScope) {
  const zone = config.schedule.timezone;
  const week = isoWeek(new Date(dueAt.getTime() - TREND_WEEKS * WEEK_MS), zone);
  const figures = await weeklyFiguresSince(db, { scope: key, week });
  const find = (at: Date) => figures.find((one) => one.week === isoWeek(at, zone));
  return {
    byWeek: figures.map((one) => [one.week, one.coverage] as const),
    previous: find(new Date(dueAt.getTime() - WEEK_MS)),
    current: find(dueAt),
  };
}

function rootKeyOf({ account: { verdict, readFailure } }: AccountView): string | undefined {
  return verdict && readFailure === null ? remainingRootCredential(verdict) : undefined;
}

function graceEnds(
  { config }: Context,
  reminders: Iterable<{
    readonly accountId: AccountId;
    readonly graceStartsAt: Date;
    readonly timesSent: number;
    readonly regressed: boolean;
  }>,
  zoneOf: (id: AccountId) => string | undefined,
): ReadonlyMap<AccountId, Date> {
  const ends = new Map<AccountId, Date>();
  for (const { accountId, graceStartsAt, timesSent, regressed } of reminders) {
    if (timesSent > 0 || regressed) continue;
    const zone = timeZoneOrDefault(zoneOf(accountId) ?? null, config.schedule.timezone);
    ends.set(accountId, businessDaysAfter(graceStartsAt, config.reminders.graceDays, zone));
  }
  return ends;
}

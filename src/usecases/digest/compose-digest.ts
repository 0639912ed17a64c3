import type { AccountId } from '../../domain/account.ts';
import { businessDaysAfter, isoWeek, timeZoneOrDefault } from '../../domain/calendar.ts';
import type { AccountComparison } from '../../domain/change.ts';
import type { Coverage } from '../../domain/coverage.ts';
import {
  type Digest,
  type DigestAccount,
  type DigestInput,
  digestOf,
  figuresByOrgUnit,
  figuresByTag,
  hasOwnerGap,
} from '../../domain/digest.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { matchesOrgUnit } from '../../domain/policy.ts';
import { remainingRootCredential } from '../../domain/remediation.ts';
import { TREND_WEEKS } from '../../domain/trend.ts';
import { latestActors } from '../../store/audit-log.ts';
import { exemptionsClosedSince } from '../../store/exemptions.ts';
import { listDeadLetters } from '../../store/outbox.ts';
import { type KnownPeople, readKnownPeople } from '../../store/people.ts';
import { recoveriesClosedSince } from '../../store/recovery-windows.ts';
import type { ReportedKeyFindings } from '../../store/reported-key-findings.ts';
import { lastScan, scansSince } from '../../store/scans.ts';
import type { TargetFigures } from '../../store/target-figures.ts';
import { type WeeklyFigures, weeklyFiguresSince } from '../../store/weekly-figures.ts';
import { reportKeyFindings } from '../keys/report-key-findings.ts';
import { type OwnerResolution, resolveOwners, toReachablePerson } from '../owners/resolve-owners.ts';
import { readReminderProgress } from '../reminders/read-reminder-progress.ts';
import { readUnresponsiveOwners } from '../reminders/read-unresponsive-owners.ts';
import { readDigestRootUse } from '../root-events/read-root-events.ts';
import type { AccountView } from '../shared/account-view.ts';
import { coverageOfViews } from '../shared/company-views.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { readAccountChanges } from '../status/read-changes.ts';
import { reportTargets } from '../targets/read-targets.ts';

/** The accounts that a digest covers. */
export interface DigestScope {
  /** Under which its figures are saved: empty for the whole company, otherwise the channel. */
  readonly key: string;
  /** `null`: every account. */
  readonly orgUnits: readonly string[] | null;
}

/** The scope of the company's own digest. */
export const WHOLE_COMPANY: DigestScope = { key: '', orgUnits: null };

/** A digest, and what is saved when it is sent. */
export interface ComposedDigest {
  readonly digest: Digest;
  readonly figures: ReportedFigures;
}

/** What a digest reports, to be saved with it. */
export interface ReportedFigures {
  /** Of its own week and the week before. */
  readonly weeks: readonly WeeklyFigures[];
  readonly targets: readonly TargetFigures[];
  readonly keyFindings: ReportedKeyFindings;
}

const WEEK_MS = 7 * 24 * 60 * 60_000;
const MAX_UNDELIVERED = 50;

/** Returns the digest of a scope as it would be written now, and the figures to save with it. */
export async function composeDigest(ctx: Context, dueAt: Date, scope: DigestScope): Promise<ComposedDigest> {
  const now = ctx.now();
  const zone = ctx.config.schedule.timezone;
  const facts = await readFacts(ctx, dueAt, scope);
  const { views, figures, owners, decisions, answers } = facts;
  const isWhole = scope.orgUnits === null;
  const viewById = new Map(views.map((view) => [view.account.id, view]));
  const isInScope = (id: AccountId) => isWhole || viewById.has(id);

  const weekEarlier = new Date(dueAt.getTime() - WEEK_MS);
  const lastWeekName = isoWeek(weekEarlier, zone);
  const lastWeek =
    figures.previous?.coverage ??
    (isWhole ? facts.scans.findLast(({ startedAt }) => startedAt <= weekEarlier)?.coverage : undefined) ??
    null;
  const current = figures.current?.coverage ?? coverageOfViews(views);
  const reported = new Map(figures.byWeek);
  if (lastWeek) reported.set(lastWeekName, lastWeek);
  reported.set(isoWeek(dueAt, zone), current);
  const targets = await reportTargets(ctx, { key: scope.key, views }, dueAt);

  const accounts = facts.accounts
    .filter(({ id }) => isInScope(id))
    .map((account) =>
      digestAccountOf(account, {
        view: viewById.get(account.id),
        owner: owners.get(account.id),
        knownPeople: facts.knownPeople,
        reminders: answers.reminders.get(account.id),
      }),
    );
  const digest = digestOf({
    now,
    dueAt,
    zone,
    accounts,
    coverage: { now: current, lastWeek },
    ...groupedFigures(ctx.config, views),
    targets: targets.progress,
    scope: scope.orgUnits,
    // Scans and undelivered messages are counted for the whole company.
    scans: isWhole ? facts.scans.map(({ startedAt, coverage }) => ({ at: startedAt, coverage })) : [],
    undelivered: isWhole ? facts.undelivered : [],
    reported,
    readAt: facts.readAt,
    exemptions: facts.exemptions.filter(({ accountId }) => isInScope(accountId)),
    recoveryWindows: facts.recoveryWindows.filter(({ accountId }) => isInScope(accountId)),
    requests: [...new Set(decisions.tokenRequests.values())].filter((request) =>
      request.accounts.some(({ id }) => isInScope(id)),
    ),
    unreachable: unreachableAmong(ctx.config, facts.knownPeople, [
      ...[...decisions.tokenRequests.values()].map(({ requestedBy }) => requestedBy),
      ...[...facts.ownerActions].map(({ by }) => by),
    ]),
    knownGaps: figures.previous?.withoutOwner && new Set(figures.previous.withoutOwner),
    ownerActions: facts.ownerActions,
    daysWithoutAnswer: answers.daysWithoutAnswer,
    graceEnds: graceEnds(ctx.config, decisions.reminders.values(), (id) => {
      const resolution = owners.get(id);
      return resolution?.kind === 'person' ? resolution.person.timeZone : undefined;
    }),
  });
  const rootUse = await readDigestRootUse(ctx, views, facts.since);
  const keys = await reportKeyFindings(ctx, {
    scope: scope.key,
    week: digest.week,
    accounts: views.map(({ account }) => account),
  });
  return {
    digest: {
      ...withThanks(digest, owners),
      ...(rootUse && { rootUse }),
      ...(keys.changes && { keyFindings: keys.changes }),
    },
    figures: {
      weeks: [
        ...(lastWeek ? [{ week: lastWeekName, reportedAt: facts.since, coverage: lastWeek }] : []),
        {
          week: digest.week,
          reportedAt: now,
          coverage: current,
          withoutOwner: accounts.filter(hasOwnerGap).map(({ id }) => id),
        },
      ],
      targets: targets.figures,
      keyFindings: keys.reported,
    },
  };
}

/** Returns the figures by org unit or by a tag, where the company groups them. */
function groupedFigures(
  { digest: { groupBy } }: Context['config'],
  views: readonly AccountView[],
): Pick<DigestInput, 'byOrgUnit' | 'byTag'> {
  if (groupBy === undefined) return {};
  const accounts = views.map((view) => ({
    ...view,
    orgUnit: view.account.orgUnit,
    tags: view.account.tags,
  }));
  return groupBy === 'orgUnit'
    ? { byOrgUnit: figuresByOrgUnit(accounts) }
    : { byTag: figuresByTag(accounts, groupBy.slice('tag:'.length)) };
}

/** Reads what a digest is made of, in one go. Decisions and changes are those of all accounts. */
async function readFacts(ctx: Context, dueAt: Date, scope: DigestScope) {
  const { db } = ctx;
  const views = (await readAccounts(ctx)).filter(({ account }) => isCovered(scope, account.orgUnit));
  const figures = await readReportedFigures(ctx, dueAt, scope);
  const since = figures.previous?.reportedAt ?? new Date(dueAt.getTime() - WEEK_MS);
  const trendStart = new Date(ctx.now().getTime() - TREND_WEEKS * WEEK_MS);
  const [
    accounts,
    owners,
    scans,
    latestScan,
    deadLetters,
    ownerActions,
    decisions,
    closedExemptions,
    closedWindows,
    answers,
    knownPeople,
  ] = await Promise.all([
    readAccountChanges(ctx, since),
    resolveOwners(ctx, views),
    scansSince<Coverage>(db, trendStart),
    lastScan<Coverage>(db),
    listDeadLetters(db, MAX_UNDELIVERED),
    latestActors(db),
    ctx.decisions.current(),
    exemptionsClosedSince(db, since),
    recoveriesClosedSince(db, since),
    readAnswers(ctx, views),
    readKnownPeople(db),
  ]);
  return {
    views,
    figures,
    since,
    accounts,
    owners,
    scans,
    readAt: latestScan?.startedAt ?? null,
    undelivered: deadLetters.map(({ key, kind, to, lastError }) => ({
      key,
      kind,
      to: to.id,
      error: lastError,
    })),
    ownerActions,
    decisions,
    exemptions: [...decisions.exemptions.values(), ...closedExemptions],
    recoveryWindows: [...decisions.recoveryWindows.values(), ...closedWindows],
    answers,
    knownPeople,
  };
}

/** Names the reachable owner of each fixed account, who is thanked. */
function withThanks(digest: Digest, owners: ReadonlyMap<AccountId, OwnerResolution>): Digest {
  const items = digest.fixed.items.map((line) => {
    const resolution = owners.get(line.id);
    return resolution?.kind === 'person' && resolution.gap === null
      ? { ...line, owner: resolution.person.id }
      : line;
  });
  return { ...digest, fixed: { ...digest.fixed, items } };
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

/** Returns who of these people can no longer be reached. */
function unreachableAmong(
  config: Context['config'],
  knownPeople: KnownPeople,
  people: readonly SlackUserId[],
): ReadonlySet<SlackUserId> {
  return new Set(
    people.filter((id) => {
      const lookup = knownPeople(id);
      return lookup.kind === 'person' && !toReachablePerson(lookup.person, config);
    }),
  );
}

/** Returns the name of an owner who cannot be reached; `null` if none is known: an address alone helps no reader. */
function unreachableName(owner: string | null, knownPeople: KnownPeople): string | null {
  const lookup = owner === null ? undefined : knownPeople(owner);
  return lookup?.kind === 'person' ? `${lookup.person.name} (cannot be reached)` : null;
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
  { schedule, reminders: { graceDays } }: Context['config'],
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
    const zone = timeZoneOrDefault(zoneOf(accountId) ?? null, schedule.timezone);
    ends.set(accountId, businessDaysAfter(graceStartsAt, graceDays, zone));
  }
  return ends;
}

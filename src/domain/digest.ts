import type { AccountId } from './account.ts';
import { daysBetween, isoWeek } from './calendar.ts';
import {
  type AccountComparison,
  type ComplianceChange,
  changeBetween,
  isRegression,
  type NoncomplianceCause,
  worstNowFirst,
} from './change.ts';
import { type CountedList, countedList, truncateList } from './counted-list.ts';
import {
  type Coverage,
  type CoverageInput,
  coverageOf,
  noRootCredentials,
  percent,
  shareOf,
} from './coverage.ts';
import { type Exemption, isInForce, lastDayOf } from './exemption.ts';
import { type Headline, headlineOf } from './headline.ts';
import type { OwnerGap } from './owner-gap.ts';
import type { SlackUserId } from './person.ts';
import type { RecoveryWindow } from './recovery-window.ts';
import type { ReminderProgress } from './reminder-progress.ts';
import type { RootUse } from './root-events/incident.ts';
import type { KnownAccount } from './scan.ts';
import type { TargetProgress } from './target.ts';
import { pendingStepOf } from './token-follow-up.ts';
import { isOpen, type TokenKind, type TokenRequest } from './token-request.ts';
import { type CoverageSample, type TrendPoint, weeklyTrend } from './trend.ts';
import { type UnknownReason, unknownReasonOf, unknownText } from './unknown-reason.ts';
import type { LevelResult, Mfa } from './verdict.ts';

/** One account over the week, with what else the digest shows of it. */
export interface DigestAccount extends AccountComparison {
  readonly orgUnit: string | null;
  readonly readFailure: KnownAccount['readFailure'];
  /** Which policy keeps the bot out, in a sentence; `null` or left out: none is known to. */
  readonly policyCure?: string | null;
  /** Why its owner cannot be reached; `null`: they can. */
  readonly ownerGap: OwnerGap | null;
  /** The owner in Slack, if they can be reached. */
  readonly ownerId?: SlackUserId | null;
  /** A root access key or certificate, in words; absent if there is none. */
  readonly rootKey?: string | undefined;
  /** How far its reminders have come; absent if there are none. */
  readonly reminders?: ReminderProgress | undefined;
}

/** Everything that a digest is made of. */
export interface DigestInput {
  readonly now: Date;
  /** When it was due. */
  readonly dueAt: Date;
  readonly zone: string;
  readonly accounts: Iterable<DigestAccount>;
  /** `lastWeek` is `null` before the second digest. */
  readonly coverage: { readonly now: Coverage; readonly lastWeek: Coverage | null };
  readonly scans: Iterable<CoverageSample>;
  /** Org units whose accounts the digest covers; `null`: every account. */
  readonly scope?: readonly string[] | null;
  readonly byOrgUnit?: readonly GroupFigures[];
  readonly byTag?: TagFigures;
  readonly targets?: readonly TargetProgress[];
  /** What digests reported, by week. */
  readonly reported?: ReadonlyMap<string, Coverage>;
  /** When the last scan finished; `null`: never. */
  readonly readAt: Date | null;
  /** Open ones, and those that ended since the last digest. */
  readonly exemptions: Iterable<Exemption>;
  /** Open ones, and those that closed since the last digest. */
  readonly recoveryWindows?: Iterable<RecoveryWindow>;
  readonly requests: Iterable<TokenRequest>;
  /** Accounts that the last digest counted without a reachable owner; undefined: not kept. */
  readonly knownGaps?: ReadonlySet<AccountId> | undefined;
  /** Who of the requesters and of those who acted can no longer be reached. */
  readonly unreachable?: ReadonlySet<SlackUserId>;
  /** Who acted on which account, and when: the one who did last may know whose its neighbours are. */
  readonly ownerActions: Iterable<{
    readonly accountId: AccountId;
    readonly by: SlackUserId;
    readonly at: Date;
  }>;
  readonly undelivered: readonly UndeliveredNotification[];
  /** For how many days owners who answer nothing have not answered. */
  readonly daysWithoutAnswer?: ReadonlyMap<SlackUserId, number>;
  /** When the grace of accounts that are newly short of something ends. */
  readonly graceEnds: ReadonlyMap<AccountId, Date>;
}

/** A notification that could not be delivered. */
export interface UndeliveredNotification {
  readonly key: string;
  readonly kind: string;
  /** A conversation or a person, by Slack id. */
  readonly to: string;
  readonly error: string | null;
}

/** A moment as JSON holds it: `2026-11-24T09:00:00.000Z`. */
export type IsoTimestamp = string;

/** The week as JSON. Lists are complete; the view cuts them. */
export interface Digest {
  /** `2026-W48`: the week in which it was due. */
  readonly week: string;
  readonly writtenAt: IsoTimestamp;
  readonly zone: string;
  /** Org units whose accounts it covers, if not all. */
  readonly scope?: readonly string[];
  /** A line for each top-level org unit, most non-compliant accounts first, if the company groups by it. */
  readonly byOrgUnit?: readonly GroupFigures[];
  /** The same for each value of a tag. */
  readonly byTag?: TagFigures;
  /** Where the company set itself dates; without those that were reported as reached. */
  readonly targets?: readonly TargetProgress[];
  /** It comes this many hours after it was due; `null`: on time. */
  readonly hoursLate: number | null;
  readonly reading: {
    readonly at: IsoTimestamp | null;
    readonly hoursOld: number | null;
    readonly old: boolean;
  };
  readonly headline: Headline;
  readonly coverage: {
    readonly level1: LevelCoverage;
    readonly level2: LevelCoverage;
    /** Member accounts without root credentials; absent in digests of former versions. */
    readonly noRootCredentials?: LevelCoverage;
  };
  readonly trend: readonly TrendPoint[];
  readonly regressed: CountedList<DigestLine>;
  readonly newlyFailing: CountedList<DigestLine & { readonly cause: NoncomplianceCause }>;
  /** With the owner to thank. */
  readonly fixed: CountedList<DigestLine & { readonly was: Mfa | null }>;
  /** Non-compliant accounts that earlier digests reported; open the longest first. */
  readonly outstanding: CountedList<
    DigestLine & { readonly since: IsoTimestamp | null; readonly days: number | null }
  >;
  readonly couldNotCheck: {
    readonly count: number;
    /** The commonest reason first. */
    readonly groups: readonly UnknownGroup[];
  };
  readonly withoutOwner: CountedList<
    DigestLine & { readonly gap: OwnerGap; readonly suggestion: SlackUserId | null }
  >;
  readonly exemptionsEnding: CountedList<EndingExemptionLine>;
  readonly requestsWaiting: CountedList<WaitingRequestLine>;
  readonly undelivered: CountedList<UndeliveredNotification>;
  readonly graceEnding: CountedList<DigestLine & { readonly endsAt: IsoTimestamp }>;
  /** The owners of non-compliant accounts, most urgent first. */
  readonly mustAct: CountedList<OwnerToAct>;
  readonly exemptionsAsked: CountedList<PendingExemptionLine>;
  readonly exemptionsEnded: CountedList<EndedExemptionLine>;
  /** Open now, or closed since the last digest; absent in digests of former versions. */
  readonly recoveryWindows?: CountedList<RecoveryLine>;
  readonly rootKeys: CountedList<DigestLine & { readonly rootKey: string }>;
  /** What is as it was in the last digest, counted; `null` in the first digest, which lists everything. */
  readonly unchanged: UnchangedCounts | null;
  /** Only where root events reach the bot. */
  readonly rootUse?: DigestRootUse;
  /** How findings about keys changed since the last digest; left out where none did. */
  readonly keyFindings?: { readonly added: number; readonly resolved: number };
}

/** The figures of each value of a tag. */
export interface TagFigures {
  /** The key of the tag. */
  readonly tag: string;
  readonly groups: readonly GroupFigures[];
}

/** The figures of a group of accounts: a top-level org unit, or a team. */
export interface GroupFigures {
  readonly name: string;
  readonly accounts: number;
  readonly noncompliant: number;
  readonly level1: CoverageShare;
  readonly level2: CoverageShare;
}

/** An owner who must fix accounts. */
export interface OwnerToAct {
  /** By Slack ID if they can be reached, otherwise as written; `null`: no owner. */
  readonly owner: string | null;
  readonly accounts: CountedList<string>;
  /** Since when the oldest one is non-compliant, in days. */
  readonly days: number | null;
  readonly regressed: boolean;
  /** Reminders of the account that got most, when they or others hear again, and since when others were asked to help. */
  readonly reminders?: {
    readonly sent: number;
    readonly nextAt: IsoTimestamp | null;
    readonly escalatedSince: IsoTimestamp | null;
  };
  /** Set where they have not answered for eight weeks or more. */
  readonly daysWithoutAnswer?: number;
}

export interface PendingExemptionLine {
  readonly exemptionId: string;
  readonly account: { readonly id: AccountId; readonly name: string | null };
  readonly askedBy: SlackUserId;
  /** `2026-12-31` */
  readonly lastDay: string;
  readonly days: number;
}

export interface EndedExemptionLine {
  readonly exemptionId: string;
  readonly account: { readonly id: AccountId; readonly name: string | null };
  /** `2026-12-31` */
  readonly lastDay: string;
  readonly endedEarly: boolean;
}

export interface RecoveryLine {
  readonly windowId: string;
  readonly account: { readonly id: AccountId; readonly name: string | null };
  readonly state: RecoveryWindow['state'];
  readonly askedBy: SlackUserId;
  readonly endsAt: IsoTimestamp;
  /** It closed, and root has credentials now. */
  readonly credentialsLeft: boolean;
}

export interface UnchangedCounts {
  readonly noncompliant: number;
  readonly couldNotCheck: number;
  readonly withoutOwner: number;
}

/** An account in a line. */
export interface DigestLine {
  readonly id: AccountId;
  readonly name: string;
  readonly managementAccount: boolean;
  readonly owner: string | null;
  readonly mfa: Mfa | null;
}

/** How much of the company a level covers. */
export interface LevelCoverage {
  readonly now: CoverageShare;
  readonly lastWeek: CoverageShare | null;
}

export interface CoverageShare {
  readonly pass: number;
  /** Accounts to which the level applies. */
  readonly of: number;
  /** 0 to 1; `null` where it applies to none. */
  readonly share: number | null;
  /** Rounded down. */
  readonly percent: string;
}

export interface UnknownGroup {
  readonly reason: UnknownReason;
  readonly says: string;
  readonly accounts: CountedList<DigestLine>;
}

export interface EndingExemptionLine {
  readonly exemptionId: string;
  readonly account: { readonly id: AccountId; readonly name: string | null };
  readonly askedBy: SlackUserId;
  readonly endsAt: IsoTimestamp;
  /** `2026-12-31`; absent in digests of former versions. */
  readonly lastDay?: string;
  readonly daysLeft: number;
}

export interface WaitingRequestLine {
  readonly requestId: string;
  readonly kind: TokenKind;
  readonly quantity: number;
  readonly requestedBy: SlackUserId;
  /** Who requested it and has left since: the present owner took it over. */
  readonly handedOverFrom?: SlackUserId;
  /** The requester can no longer be reached, and there is no present owner to take it over. */
  readonly noReachableOwner?: boolean;
  /** Those that still need it. */
  readonly accounts: readonly { readonly id: AccountId; readonly name: string | null }[];
  readonly waitsFor: 'approvers' | 'requester';
  readonly to: 'decide' | 'ship' | 'confirm-receipt' | 'enrol' | 'second-key';
  readonly since: IsoTimestamp;
  readonly days: number;
  /** When a parcel that is on its way should arrive: `2026-12-01`. */
  readonly expectedOn?: string;
}

const HOUR_MS = 60 * 60 * 1000;
/** A scan runs several times a day; a reading older than this is said. */
const STALE_AFTER_HOURS = 24;
/** A digest that is later says so. */
const LATE_AFTER_HOURS = 1;
const ENDING_WITHIN_DAYS = 14;
/** Until the next digest. */
const GRACE_WITHIN_DAYS = 7;

/** Returns the weekly digest. */
export function digestOf(input: DigestInput): Digest {
  const { now, dueAt, zone, coverage } = input;
  const accounts = [...input.accounts];
  const change = changeBetween(accounts);
  const nameOf = namesOf(accounts);
  return {
    week: isoWeek(dueAt, zone),
    writtenAt: now.toISOString(),
    zone,
    ...(input.scope && { scope: input.scope }),
    ...(input.byOrgUnit && { byOrgUnit: input.byOrgUnit }),
    ...(input.byTag && { byTag: input.byTag }),
    ...(input.targets && input.targets.length > 0 && { targets: input.targets }),
    ...timeliness(input),
    headline: headlineOf(coverage.now, coverage.lastWeek, change.regressed.length),
    coverage: {
      level1: levelCoverage(coverage, ({ level1 }) => level1),
      level2: levelCoverage(coverage, ({ level2 }) => level2),
      noRootCredentials: levelCoverage(coverage, noRootCredentials),
    },
    trend: weeklyTrend(input.scans, zone, input.reported),
    ...accountSections(input, accounts, change),
    ...exemptionSections(input, nameOf),
    recoveryWindows: recoveryWindowLines(input, accounts, nameOf),
    requestsWaiting: waitingRequestLines(input, nameOf),
    undelivered: countedList(input.undelivered),
    graceEnding: graceEndingLines(input, accounts),
    mustAct: countedList(ownersToAct(accounts, input, zone)),
  };
}

/** Returns how late the digest is, and how old what it reports. */
function timeliness({ now, dueAt, readAt }: DigestInput): Pick<Digest, 'hoursLate' | 'reading'> {
  const hoursLate = hoursBetween(dueAt, now);
  return {
    hoursLate: hoursLate >= LATE_AFTER_HOURS ? hoursLate : null,
    reading: {
      at: readAt?.toISOString() ?? null,
      hoursOld: readAt && hoursBetween(readAt, now),
      old: readAt === null || now.getTime() - readAt.getTime() > STALE_AFTER_HOURS * HOUR_MS,
    },
  };
}

type AccountSections = Pick<
  Digest,
  | 'regressed'
  | 'newlyFailing'
  | 'fixed'
  | 'outstanding'
  | 'couldNotCheck'
  | 'withoutOwner'
  | 'rootKeys'
  | 'unchanged'
>;

/** Returns the accounts by what changed. What has not changed since the last digest is only counted. */
function accountSections(
  { now, zone, coverage, ownerActions, knownGaps, unreachable }: DigestInput,
  accounts: readonly DigestAccount[],
  change: ComplianceChange,
): AccountSections {
  const isFirst = coverage.lastWeek === null;
  const listedAbove = new Set([...change.regressed, ...change.newlyFailing.map(({ account }) => account)]);
  const outstanding = change.outstanding.filter((account) => !listedAbove.has(account));
  // Someone who has left knows more, but cannot be asked.
  const reachableActions = [...ownerActions].filter(({ by }) => !unreachable?.has(by));
  const gaps = withoutOwner(accounts, reachableActions);
  const newIds = new Set(accounts.filter(({ before }) => before === null).map(({ id }) => id));
  const isNewGap = (id: AccountId) => (knownGaps ? !knownGaps.has(id) : newIds.has(id));
  const newGaps = gaps.items.filter(({ id }) => isNewGap(id));
  return {
    regressed: countedList(change.regressed.map(digestLine)),
    newlyFailing: countedList(
      change.newlyFailing.map(({ account, cause }) => ({ ...digestLine(account), cause })),
    ),
    fixed: countedList(
      change.fixed.map((account) => ({ ...digestLine(account), was: account.before?.verdict?.mfa ?? null })),
    ),
    outstanding: countedList(
      outstanding.map((account) => ({
        ...digestLine(account),
        since: account.noncompliantSince?.toISOString() ?? null,
        days: account.noncompliantSince && daysBetween(account.noncompliantSince, now, zone),
      })),
    ),
    couldNotCheck: couldNotCheck(isFirst ? accounts : accounts.filter(isNewlyUnknown)),
    withoutOwner: { ...gaps, ...(isFirst ? {} : countedList(newGaps)) },
    rootKeys: countedList(
      accounts.flatMap((account) =>
        account.rootKey === undefined ? [] : [{ ...digestLine(account), rootKey: account.rootKey }],
      ),
    ),
    unchanged: isFirst
      ? null
      : {
          noncompliant: outstanding.length,
          couldNotCheck: accounts.filter(
            (account) => account.after?.compliance === 'unknown' && !isNewlyUnknown(account),
          ).length,
          withoutOwner: gaps.count - newGaps.length,
        },
  };
}

type NameOf = (id: AccountId) => { readonly id: AccountId; readonly name: string | null };

function namesOf(accounts: readonly DigestAccount[]): NameOf {
  const names = new Map(accounts.map(({ id, name }) => [id, name]));
  return (id) => ({ id, name: names.get(id) ?? null });
}

/** Returns the exemptions that end soon, wait for a decision, or have ended. */
function exemptionSections(
  { now, zone, exemptions: all }: DigestInput,
  nameOf: NameOf,
): Pick<Digest, 'exemptionsEnding' | 'exemptionsAsked' | 'exemptionsEnded'> {
  const exemptions = [...all];
  return {
    exemptionsEnding: countedList(
      exemptions
        .filter((exemption) => isInForce(exemption, now))
        .map(({ id, accountId, askedBy, endsAt }) => ({
          exemptionId: id,
          account: nameOf(accountId),
          askedBy,
          endsAt: endsAt.toISOString(),
          lastDay: lastDayOf({ endsAt }, zone),
          daysLeft: daysBetween(now, endsAt, zone),
        }))
        .filter(({ daysLeft }) => daysLeft <= ENDING_WITHIN_DAYS)
        .sort(ascendingBy(({ endsAt }) => endsAt)),
    ),
    exemptionsAsked: countedList(
      exemptions
        .filter(({ state }) => state === 'asked')
        .map(({ id, accountId, askedBy, askedAt, endsAt }) => ({
          exemptionId: id,
          account: nameOf(accountId),
          askedBy,
          lastDay: lastDayOf({ endsAt }, zone),
          days: daysBetween(askedAt, now, zone),
        }))
        .sort((a, b) => b.days - a.days),
    ),
    exemptionsEnded: countedList(
      exemptions
        .filter(({ state }) => state === 'ended' || state === 'revoked')
        .map(({ id, accountId, endsAt, state }) => ({
          exemptionId: id,
          account: nameOf(accountId),
          lastDay: lastDayOf({ endsAt }, zone),
          endedEarly: state === 'revoked',
        })),
    ),
  };
}

/** Returns the recovery windows that are open or have closed, and whether credentials were left. */
function recoveryWindowLines(
  { recoveryWindows = [] }: DigestInput,
  accounts: readonly DigestAccount[],
  nameOf: NameOf,
): CountedList<RecoveryLine> {
  const withCredentials = new Set(
    accounts.filter(({ after }) => after?.verdict?.rootCredentials === 'present').map(({ id }) => id),
  );
  return countedList(
    [...recoveryWindows].map(({ id, accountId, state, askedBy, endsAt }) => ({
      windowId: id,
      account: nameOf(accountId),
      state,
      askedBy,
      endsAt: endsAt.toISOString(),
      credentialsLeft: (state === 'ended' || state === 'revoked') && withCredentials.has(accountId),
    })),
  );
}

/** Returns the open token requests, the longest waiting first. */
function waitingRequestLines(
  { now, zone, requests, unreachable }: DigestInput,
  nameOf: NameOf,
): Digest['requestsWaiting'] {
  return countedList(
    [...requests]
      .filter(isOpen)
      .map((request): WaitingRequestLine => {
        const { since, step } = pendingStepOf(request);
        const isGone = unreachable?.has(request.requestedBy) ?? false;
        return {
          requestId: request.id,
          kind: request.kind,
          quantity: request.quantity,
          requestedBy: request.requestedBy,
          ...(request.handover && { handedOverFrom: request.handover.from }),
          ...(isGone && { noReachableOwner: true }),
          accounts: request.accounts.filter(({ settled }) => settled === null).map(({ id }) => nameOf(id)),
          waitsFor: step.kind === 'ask-owner' && !isGone ? 'requester' : 'approvers',
          to: step.to,
          since: since.toISOString(),
          days: daysBetween(since, now, zone),
          ...(request.state === 'shipped' &&
            request.expectedOn !== null && { expectedOn: request.expectedOn }),
        };
      })
      .sort(ascendingBy(({ since }) => since)),
  );
}

/** Returns the non-compliant accounts whose grace period ends before the next digest. */
function graceEndingLines(
  { now, zone, graceEnds }: DigestInput,
  accounts: readonly DigestAccount[],
): Digest['graceEnding'] {
  return countedList(
    accounts
      .flatMap((account) => {
        const endsAt = graceEnds.get(account.id);
        const soon = endsAt && endsAt > now && daysBetween(now, endsAt, zone) <= GRACE_WITHIN_DAYS;
        return soon && account.after?.compliance === 'noncompliant'
          ? [{ ...digestLine(account), endsAt: endsAt.toISOString() }]
          : [];
      })
      .sort(ascendingBy(({ endsAt }) => endsAt)),
  );
}

/** Returns the figures of each top-level org unit, most non-compliant accounts first. */
export function figuresByOrgUnit(
  accounts: Iterable<CoverageInput & { readonly orgUnit: string | null }>,
): GroupFigures[] {
  return figuresByGroup(accounts, ({ orgUnit }) => {
    const [top] = (orgUnit ?? '').split('/').filter((segment) => segment !== '');
    return orgUnit === null ? 'Unknown org unit' : `/${top ?? ''}`;
  });
}

/** Returns the figures of each value of a tag, most non-compliant accounts first. */
export function figuresByTag(
  accounts: Iterable<CoverageInput & { readonly tags: Readonly<Record<string, string>> | null }>,
  tag: string,
): TagFigures {
  const groups = figuresByGroup(accounts, ({ tags }) => tags?.[tag]?.trim() || 'Without this tag');
  return { tag, groups };
}

function figuresByGroup<T extends CoverageInput>(
  accounts: Iterable<T>,
  nameOf: (account: T) => string,
): GroupFigures[] {
  const byName = new Map<string, T[]>();
  for (const account of accounts) {
    const name = nameOf(account);
    const group = byName.get(name);
    if (group) group.push(account);
    else byName.set(name, [account]);
  }
  return [...byName]
    .map(([name, group]) => {
      const coverage = coverageOf(group);
      return {
        name,
        accounts: coverage.accounts,
        noncompliant: coverage.compliance.noncompliant,
        level1: coverageShare(coverage.level1),
        level2: coverageShare(coverage.level2),
      };
    })
    .sort((a, b) => b.noncompliant - a.noncompliant || (a.name < b.name ? -1 : 1));
}

function isNewlyUnknown({ before, after }: DigestAccount): boolean {
  return after?.compliance === 'unknown' && before?.compliance !== 'unknown';
}

/** Returns owners by their most urgent account: removed MFA first, then the oldest. */
function ownersToAct(
  accounts: readonly DigestAccount[],
  { now, daysWithoutAnswer }: Pick<DigestInput, 'now' | 'daysWithoutAnswer'>,
  zone: string,
): OwnerToAct[] {
  const byOwner = new Map<string | null, DigestAccount[]>();
  for (const account of accounts) {
    if (account.after?.compliance !== 'noncompliant') continue;
    const owner = account.ownerId ?? account.owner;
    const group = byOwner.get(owner);
    if (group) group.push(account);
    else byOwner.set(owner, [account]);
  }
  return [...byOwner]
    .map(([owner, group]) => {
      const ages = group.flatMap(({ noncompliantSince: since }) =>
        since ? [daysBetween(since, now, zone)] : [],
      );
      const silentDays = daysWithoutAnswer?.get(owner as SlackUserId);
      const reminders = remindersOf(group);
      return {
        owner,
        accounts: countedList(group.sort(worstNowFirst).map(({ name }) => name)),
        days: ages.length > 0 ? Math.max(...ages) : null,
        regressed: group.some(({ before, after }) => isRegression(before?.verdict, after?.verdict)),
        ...(reminders && { reminders }),
        ...(silentDays !== undefined && { daysWithoutAnswer: silentDays }),
      };
    })
    .sort(
      (a, b) =>
        Number(b.regressed) - Number(a.regressed) ||
        (b.days ?? 0) - (a.days ?? 0) ||
        b.accounts.count - a.accounts.count,
    );
}

/** Returns how far the reminders of one owner have come; undefined before the first. */
function remindersOf(accounts: readonly DigestAccount[]): OwnerToAct['reminders'] {
  const sent = accounts.flatMap(({ reminders }) => (reminders && reminders.sent > 0 ? [reminders] : []));
  if (sent.length === 0) return undefined;
  const first = (dates: readonly (Date | null)[]) =>
    dates.flatMap((date) => date?.toISOString() ?? []).sort()[0] ?? null;
  return {
    sent: Math.max(...sent.map((one) => one.sent)),
    nextAt: first(sent.map(({ nextAt }) => nextAt)),
    escalatedSince: first(sent.map(({ escalatedSince }) => escalatedSince)),
  };
}

const MAX_NAMES_PER_OWNER = 3;

/** Returns the digest with lists of at most `limit` items; their counts stay. */
export function withShortLists(digest: Digest, limit: number): Digest {
  const { couldNotCheck: unread } = digest;
  return {
    ...digest,
    regressed: truncateList(digest.regressed, limit),
    newlyFailing: truncateList(digest.newlyFailing, limit),
    fixed: truncateList(digest.fixed, limit),
    outstanding: truncateList(digest.outstanding, limit),
    couldNotCheck: {
      count: unread.count,
      groups: unread.groups.map((group) => ({ ...group, accounts: truncateList(group.accounts, limit) })),
    },
    withoutOwner: truncateList(digest.withoutOwner, limit),
    exemptionsEnding: truncateList(digest.exemptionsEnding, limit),
    requestsWaiting: truncateList(digest.requestsWaiting, limit),
    undelivered: truncateList(digest.undelivered, limit),
    graceEnding: truncateList(digest.graceEnding, limit),
    mustAct: truncateList(
      {
        ...digest.mustAct,
        items: digest.mustAct.items.map((line) => ({
          ...line,
          accounts: truncateList(line.accounts, MAX_NAMES_PER_OWNER),
        })),
      },
      limit,
    ),
    exemptionsAsked: truncateList(digest.exemptionsAsked, limit),
    exemptionsEnded: truncateList(digest.exemptionsEnded, limit),
    ...(digest.recoveryWindows && { recoveryWindows: truncateList(digest.recoveryWindows, limit) }),
    rootKeys: truncateList(digest.rootKeys, limit),
  };
}

/** The week's use of root, and how many accounts are not wired. */
export interface DigestRootUse extends RootUse {
  readonly notWired: number;
}

/** Silence must not look like a bot that broke. */
const QUIET_NOTE_EVERY_DAYS = 28;

/**
 * Returns whether a digest is posted. A company can choose to get none while every account is compliant and nothing is
 * pending; then a note once a month says so.
 */
export function shouldPost(
  digest: Digest,
  { whenAllMet }: { readonly whenAllMet: 'post' | 'skip' },
  lastQuietNote: Date | null,
  now: Date,
): 'digest' | 'quiet-note' | 'nothing' {
  if (whenAllMet === 'post' || digest.headline.kind !== 'all-met' || hasContent(digest)) return 'digest';
  const quietSince = lastQuietNote && daysBetween(lastQuietNote, now, digest.zone);
  return quietSince === null || quietSince >= QUIET_NOTE_EVERY_DAYS ? 'quiet-note' : 'nothing';
}

function hasContent({ reading, ...digest }: Digest): boolean {
  const sections = [
    digest.regressed,
    digest.fixed,
    digest.exemptionsEnding,
    digest.requestsWaiting,
    digest.exemptionsAsked,
    digest.exemptionsEnded,
    digest.recoveryWindows ?? { count: 0 },
    digest.undelivered,
  ];
  const { incidents = 0, failedAttempts = 0 } = digest.rootUse ?? {};
  return (
    reading.old ||
    digest.targets !== undefined ||
    incidents + failedAttempts > 0 ||
    sections.some(({ count }) => count > 0)
  );
}

function digestLine({
  id,
  name,
  managementAccount,
  owner,
  after,
}: DigestAccount | AccountComparison): DigestLine {
  return { id, name, managementAccount, owner, mfa: after?.verdict?.mfa ?? null };
}

function levelCoverage(
  { now, lastWeek }: DigestInput['coverage'],
  resultsOf: (coverage: Coverage) => Coverage['level1'],
): LevelCoverage {
  return { now: coverageShare(resultsOf(now)), lastWeek: lastWeek && coverageShare(resultsOf(lastWeek)) };
}

function coverageShare(results: Readonly<Record<LevelResult, number>>): CoverageShare {
  const share = shareOf(results);
  const applicable = results.pass + results.fail + results.unknown;
  return { pass: results.pass, of: applicable, share, percent: percent(share) };
}

function couldNotCheck(accounts: readonly DigestAccount[]): Digest['couldNotCheck'] {
  const groups = new Map<string, { readonly reason: UnknownReason; readonly members: DigestAccount[] }>();
  let count = 0;
  for (const account of accounts) {
    if (account.after?.compliance !== 'unknown') continue;
    count += 1;
    const judged = { verdict: account.after.verdict, readFailure: account.readFailure };
    const says = unknownText(judged, account.policyCure);
    const group = groups.get(says);
    if (group) group.members.push(account);
    else groups.set(says, { reason: unknownReasonOf(judged), members: [account] });
  }
  return {
    count,
    groups: [...groups]
      .map(([says, { reason, members }]) => ({
        reason,
        says,
        accounts: countedList(members.sort(worstNowFirst).map(digestLine)),
      }))
      .sort((a, b) => b.accounts.count - a.accounts.count || (a.reason < b.reason ? -1 : 1)),
  };
}

function withoutOwner(
  accounts: readonly DigestAccount[],
  answers: DigestInput['ownerActions'],
): Digest['withoutOwner'] {
  const lastActors = lastActorByOrgUnit(accounts, answers);
  return countedList(
    accounts
      .filter(hasOwnerGap)
      .sort(worstNowFirst)
      .flatMap((account) => {
        const { ownerGap: gap, orgUnit } = account;
        if (!gap) return [];
        const suggestion = (orgUnit === null ? undefined : lastActors.get(orgUnit)) ?? null;
        return [{ ...digestLine(account), gap, suggestion }];
      }),
  );
}

/** Whether the account counts as one without a reachable owner. */
export function hasOwnerGap({ after, ownerGap }: Pick<DigestAccount, 'after' | 'ownerGap'>): boolean {
  return ownerGap !== null && after !== null && after.verdict?.mfa !== 'not_applicable';
}

function lastActorByOrgUnit(
  accounts: readonly DigestAccount[],
  answers: DigestInput['ownerActions'],
): ReadonlyMap<string, SlackUserId> {
  const orgUnits = new Map(accounts.map(({ id, orgUnit }) => [id, orgUnit]));
  const last = new Map<string, SlackUserId>();
  for (const { accountId, by: who } of [...answers].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const orgUnit = orgUnits.get(accountId);
    if (orgUnit) last.set(orgUnit, who);
  }
  return last;
}

function hoursBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / HOUR_MS);
}

/** ISO times are in order as text. */
function ascendingBy<T>(key: (item: T) => IsoTimestamp): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

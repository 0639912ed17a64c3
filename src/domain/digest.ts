import type { AccountId } from './account.ts';
import { daysBetween, isoWeek } from './calendar.ts';
import { type AccountThenAndNow, type Cause, changeBetween, worstNowFirst } from './change.ts';
import { type Coverage, percent, shareOf } from './coverage.ts';
import { type Exemption, isInForce } from './exemption.ts';
import { type Headline, headlineOf } from './headline.ts';
import { cut, type Listed, listed } from './counted-list.ts';
import type { OwnerGap } from './owner-gap.ts';
import type { SlackUserId } from './person.ts';
import type { KnownAccount } from './scan.ts';
import { turnOf } from './token-follow-up.ts';
import { isOpen, type TokenKind, type TokenRequest } from './token-request.ts';
import { type CoverageAt, type TrendPoint, weeklyTrend } from './trend.ts';
import { UNREAD_REASONS, type UnreadReason, unreadReason } from './unknown-reason.ts';
import type { LevelResult, Mfa } from './verdict.ts';

/** One account over the week, with what else the digest tells of it. */
export interface DigestAccount extends AccountThenAndNow {
  readonly orgUnit: string | null;
  readonly unread: KnownAccount['unread'];
  /** Why nobody who answers for it can be reached; `null`: somebody can. */
  readonly ownerGap: OwnerGap | null;
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
  readonly scans: Iterable<CoverageAt>;
  /** When the last scan that is told of was finished; `null`: never. */
  readonly readAt: Date | null;
  readonly exemptions: Iterable<Exemption>;
  readonly requests: Iterable<TokenRequest>;
  /** Who acted on which account, and when: the one who did last may know whose its neighbours are. */
  readonly answers: Iterable<{ readonly accountId: AccountId; readonly by: SlackUserId; readonly at: Date }>;
  readonly undelivered: readonly UndeliveredLetter[];
  /** When the grace of accounts that are newly short of something ends. */
  readonly graceEnds: ReadonlyMap<AccountId, Date>;
}

/** A letter that is tried no more. */
export interface UndeliveredLetter {
  readonly key: string;
  readonly kind: string;
  /** A conversation or a person, by Slack id. */
  readonly to: string;
  readonly error: string | null;
}

/** A moment as JSON holds it: `2026-11-24T09:00:00.000Z`. */
export type IsoTime = string;

/** The week in data that JSON can hold; lists are whole, whoever draws them cuts. */
export interface Digest {
  /** `2026-W48`: the week in which it was due. */
  readonly week: string;
  readonly writtenAt: IsoTime;
  readonly zone: string;
  /** It comes this many hours after it was due; `null`: on time. */
  readonly hoursLate: number | null;
  readonly reading: { readonly at: IsoTime | null; readonly hoursOld: number | null; readonly old: boolean };
  readonly headline: Headline;
  readonly coverage: { readonly level1: LevelCoverage; readonly level2: LevelCoverage };
  readonly trend: readonly TrendPoint[];
  readonly regressed: Listed<DigestLine>;
  readonly newlyFailing: Listed<DigestLine & { readonly cause: Cause }>;
  /** With whom to thank as the owner. */
  readonly fixed: Listed<DigestLine & { readonly was: Mfa | null }>;
  /** What falls short and was told before; longest first. */
  readonly outstanding: Listed<DigestLine & { readonly since: IsoTime | null; readonly days: number | null }>;
  readonly couldNotCheck: {
    readonly count: number;
    /** The commonest reason first. */
    readonly groups: readonly UnreadGroup[];
  };
  readonly withoutOwner: Listed<
    DigestLine & { readonly gap: OwnerGap; readonly suggestion: SlackUserId | null }
  >;
  readonly exemptionsEnding: Listed<EndingLine>;
  readonly requestsWaiting: Listed<WaitingLine>;
  readonly undelivered: Listed<UndeliveredLetter>;
  readonly graceEnding: Listed<DigestLine & { readonly endsAt: IsoTime }>;
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

export interface UnreadGroup {
  readonly reason: UnreadReason;
  readonly says: string;
  readonly accounts: Listed<DigestLine>;
}

export interface EndingLine {
  readonly exemptionId: string;
  readonly account: { readonly id: AccountId; readonly name: string | null };
  readonly askedBy: SlackUserId;
  readonly endsAt: IsoTime;
  readonly daysLeft: number;
}

export interface WaitingLine {
  readonly requestId: string;
  readonly kind: TokenKind;
  readonly quantity: number;
  readonly requestedBy: SlackUserId;
  /** Those that still need it. */
  readonly accounts: readonly { readonly id: AccountId; readonly name: string | null }[];
  readonly waitsFor: 'approvers' | 'requester';
  readonly to: 'decide' | 'ship' | 'confirm-receipt' | 'enrol';
  readonly since: IsoTime;
  readonly days: number;
}

const HOUR = 60 * 60 * 1000;
/** A scan runs several times a day; a reading older than this is said. */
const OLD_AFTER_HOURS = 24;
/** Until then nobody wonders. */
const LATE_AFTER_HOURS = 1;
const ENDING_WITHIN_DAYS = 14;
/** Until the next digest. */
const GRACE_WITHIN_DAYS = 7;

/** The weekly digest. */
export function digestOf(input: DigestInput): Digest {
  const { now, dueAt, zone, readAt, coverage } = input;
  const accounts = [...input.accounts];
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const change = changeBetween(accounts);
  const toldAbove = new Set([...change.regressed, ...change.newlyFailing.map(({ account }) => account)]);
  const nameOf = (id: AccountId) => ({ id, name: byId.get(id)?.name ?? null });
  const hoursLate = hoursBetween(dueAt, now);
  const hoursOld = readAt && hoursBetween(readAt, now);

  return {
    week: isoWeek(dueAt, zone),
    writtenAt: now.toISOString(),
    zone,
    hoursLate: hoursLate >= LATE_AFTER_HOURS ? hoursLate : null,
    reading: {
      at: readAt?.toISOString() ?? null,
      hoursOld,
      old: readAt === null || now.getTime() - readAt.getTime() > OLD_AFTER_HOURS * HOUR,
    },
    headline: headlineOf(coverage.now, coverage.lastWeek, change.regressed.length),
    coverage: { level1: levelCoverage(coverage, 'level1'), level2: levelCoverage(coverage, 'level2') },
    trend: weeklyTrend(input.scans, zone),
    regressed: listed(change.regressed.map(line)),
    newlyFailing: listed(change.newlyFailing.map(({ account, cause }) => ({ ...line(account), cause }))),
    fixed: listed(
      change.fixed.map((account) => ({ ...line(account), was: account.before?.verdict?.mfa ?? null })),
    ),
    outstanding: listed(
      change.outstanding
        .filter((account) => !toldAbove.has(account))
        .map((account) => ({
          ...line(account),
          since: account.unmetSince?.toISOString() ?? null,
          days: account.unmetSince && daysBetween(account.unmetSince, now, zone),
        })),
    ),
    couldNotCheck: couldNotCheck(accounts),
    withoutOwner: withoutOwner(accounts, input.answers),
    exemptionsEnding: listed(
      [...input.exemptions]
        .filter((exemption) => isInForce(exemption, now))
        .map(({ id, accountId, askedBy, endsAt }) => ({
          exemptionId: id,
          account: nameOf(accountId),
          askedBy,
          endsAt: endsAt.toISOString(),
          daysLeft: daysBetween(now, endsAt, zone),
        }))
        .filter(({ daysLeft }) => daysLeft <= ENDING_WITHIN_DAYS)
        .sort(by(({ endsAt }) => endsAt)),
    ),
    requestsWaiting: listed(
      [...input.requests]
        .filter(isOpen)
        .map((request): WaitingLine => {
          const { since, step } = turnOf(request);
          return {
            requestId: request.id,
            kind: request.kind,
            quantity: request.quantity,
            requestedBy: request.requestedBy,
            accounts: request.accounts.filter(({ settled }) => settled === null).map(({ id }) => nameOf(id)),
            waitsFor: step.kind === 'ask-owner' ? 'requester' : 'approvers',
            to: step.kind === 'escalate' ? 'decide' : step.to,
            since: since.toISOString(),
            days: daysBetween(since, now, zone),
          };
        })
        .sort(by(({ since }) => since)),
    ),
    undelivered: listed(input.undelivered),
    graceEnding: listed(
      accounts
        .flatMap((account) => {
          const endsAt = input.graceEnds.get(account.id);
          const soon = endsAt && endsAt > now && daysBetween(now, endsAt, zone) <= GRACE_WITHIN_DAYS;
          return soon && account.after?.standing === 'unmet'
            ? [{ ...line(account), endsAt: endsAt.toISOString() }]
            : [];
        })
        .sort(by(({ endsAt }) => endsAt)),
    ),
  };
}

/** The digest with lists of at most so many; counts stay those of all. */
export function shortened(digest: Digest, most: number): Digest {
  const { couldNotCheck: unread } = digest;
  return {
    ...digest,
    regressed: cut(digest.regressed, most),
    newlyFailing: cut(digest.newlyFailing, most),
    fixed: cut(digest.fixed, most),
    outstanding: cut(digest.outstanding, most),
    couldNotCheck: {
      count: unread.count,
      groups: unread.groups.map((group) => ({ ...group, accounts: cut(group.accounts, most) })),
    },
    withoutOwner: cut(digest.withoutOwner, most),
    exemptionsEnding: cut(digest.exemptionsEnding, most),
    requestsWaiting: cut(digest.requestsWaiting, most),
    undelivered: cut(digest.undelivered, most),
    graceEnding: cut(digest.graceEnding, most),
  };
}

/** Silence must not look like a bot that broke. */
const QUIET_NOTE_EVERY_DAYS = 28;

/**
 * Whether a digest is posted. A company may ask for silence while all is met and nothing waits for anybody; then it
 * hears once a month that the silence is meant.
 */
export function shouldPost(
  digest: Digest,
  { whenAllMet }: { readonly whenAllMet: 'post' | 'skip' },
  lastQuietNote: Date | null,
  now: Date,
): 'digest' | 'quiet-note' | 'nothing' {
  if (whenAllMet === 'post' || digest.headline.kind !== 'all-met' || hasNews(digest)) return 'digest';
  const quietSince = lastQuietNote && daysBetween(lastQuietNote, now, digest.zone);
  return quietSince === null || quietSince >= QUIET_NOTE_EVERY_DAYS ? 'quiet-note' : 'nothing';
}

function hasNews({ reading, ...digest }: Digest): boolean {
  const news = [
    digest.regressed,
    digest.fixed,
    digest.exemptionsEnding,
    digest.requestsWaiting,
    digest.undelivered,
  ];
  return reading.old || news.some(({ count }) => count > 0);
}

function line({ id, name, managementAccount, owner, after }: DigestAccount | AccountThenAndNow): DigestLine {
  return { id, name, managementAccount, owner, mfa: after?.verdict?.mfa ?? null };
}

function levelCoverage(
  { now, lastWeek }: DigestInput['coverage'],
  level: 'level1' | 'level2',
): LevelCoverage {
  return { now: shareIn(now[level]), lastWeek: lastWeek && shareIn(lastWeek[level]) };
}

function shareIn(results: Readonly<Record<LevelResult, number>>): CoverageShare {
  const share = shareOf(results);
  const of = results.pass + results.fail + results.unknown;
  return { pass: results.pass, of, share, percent: percent(share) };
}

function couldNotCheck(accounts: readonly DigestAccount[]): Digest['couldNotCheck'] {
  const groups = new Map<UnreadReason, DigestAccount[]>();
  let count = 0;
  for (const account of accounts) {
    if (account.after?.standing !== 'unknown') continue;
    count += 1;
    const reason = unreadReason({ verdict: account.after.verdict, unread: account.unread });
    const group = groups.get(reason);
    if (group) group.push(account);
    else groups.set(reason, [account]);
  }
  return {
    count,
    groups: [...groups]
      .map(([reason, members]) => ({
        reason,
        says: UNREAD_REASONS[reason].says,
        accounts: listed(members.sort(worstNowFirst).map(line)),
      }))
      .sort((a, b) => b.accounts.count - a.accounts.count || (a.reason < b.reason ? -1 : 1)),
  };
}

function withoutOwner(
  accounts: readonly DigestAccount[],
  answers: DigestInput['answers'],
): Digest['withoutOwner'] {
  const lastAnswer = lastAnswerByOrgUnit(accounts, answers);
  return listed(
    accounts
      .filter(
        ({ after, ownerGap }) =>
          ownerGap !== null && after !== null && after.verdict?.mfa !== 'not_applicable',
      )
      .sort(worstNowFirst)
      .flatMap((account) => {
        const { ownerGap: gap, orgUnit } = account;
        if (!gap) return [];
        const suggestion = (orgUnit === null ? undefined : lastAnswer.get(orgUnit)) ?? null;
        return [{ ...line(account), gap, suggestion }];
      }),
  );
}

function lastAnswerByOrgUnit(
  accounts: readonly DigestAccount[],
  answers: DigestInput['answers'],
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
  return Math.floor((to.getTime() - from.getTime()) / HOUR);
}

/** ISO times are in order as text. */
function by<T>(key: (item: T) => IsoTime): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
}

import type { Config } from '../../config/config.ts';
import type { AccountId } from '../../domain/account.ts';
import { type CisVersion, cisNumber } from '../../domain/cis.ts';
import type { EvidenceControl } from '../../domain/evidence-pack/control-results.ts';
import {
  notMemberUntil,
  type Period,
  type StateInterval,
  stateIntervals,
} from '../../domain/evidence-pack/intervals.ts';
import type { Exemption } from '../../domain/exemption.ts';
import { type Owner, ownerOf } from '../../domain/owner.ts';
import { type Requirement, requirementFor } from '../../domain/policy.ts';
import type { KnownAccount } from '../../domain/scan.ts';
import { listKnownAccounts } from '../../store/account-cache.ts';
import { type AuditChainHead, readAuditChainHead } from '../../store/audit-chain.ts';
import { yieldToEventLoop } from '../../store/batches.ts';
import { inSnapshot } from '../../store/copy.ts';
import type { Database } from '../../store/database.ts';
import {
  createVerdictPool,
  inForce,
  listAttestedPeriods,
  listVerdictPeriods,
} from '../../store/evidence-period.ts';
import { listExemptionsOfPeriod } from '../../store/exemptions.ts';
import { listGaps, type ObservationGap } from '../../store/observation-gaps.ts';
import { type ScanResult, scansSince } from '../../store/scans.ts';

/** What an evidence pack is about. */
export interface EvidenceRequest {
  readonly period: Period;
  /** Only these accounts; all if undefined. */
  readonly accountIds?: ReadonlySet<AccountId> | undefined;
}

/** One account over the period. */
export interface AccountEvidence {
  readonly account: KnownAccount;
  readonly owner: Owner | null;
  readonly requirement: Requirement;
  readonly intervals: readonly StateInterval[];
  /** When it could not be read. */
  readonly gaps: readonly ObservationGap[];
}

/** Everything an evidence pack is made from, read at one moment. */
export interface Evidence {
  readonly period: Period;
  /** By name, then id. */
  readonly accounts: readonly AccountEvidence[];
  readonly scans: readonly ScanResult<unknown>[];
  readonly exemptions: readonly Exemption[];
  readonly auditHead: AuditChainHead | null;
  readonly cisVersion: CisVersion;
  /** Number of each control in the benchmark of the policy, if it has one. */
  readonly cisNumbers: Readonly<Record<EvidenceControl, string | undefined>>;
}

/** Scans up to this long before a period can still prove something in it. */
const LOOK_BACK_MS = 3 * 24 * 60 * 60_000;
const ACCOUNTS_PER_TURN = 200;

/** Reads the evidence of a period in one snapshot of the database. A period is judged by today's policy. */
export function readEvidence(
  { db, config }: { readonly db: Database; readonly config: Config },
  { period, accountIds }: EvidenceRequest,
): Promise<Evidence> {
  return inSnapshot(db, async (tx) => {
    const pooled = createVerdictPool();
    const all = await listKnownAccounts(tx);
    const scansUntilNow = await scansSince<unknown>(tx, new Date(period.from.getTime() - LOOK_BACK_MS));
    const scanTimes = scansUntilNow.map(({ startedAt }) => startedAt);
    const inScope = all.filter(({ id, firstSeenAt, closedAt }) => {
      const joined = notMemberUntil(firstSeenAt, scanTimes);
      return (
        (accountIds?.has(id) ?? true) &&
        (joined === null || joined < period.to) &&
        (closedAt === null || closedAt > period.from)
      );
    });
    const scans = scansUntilNow.filter(({ startedAt }) => startedAt < period.to);
    const exemptions = (await listExemptionsOfPeriod(tx, period)).filter(
      ({ accountId }) => accountIds?.has(accountId) ?? true,
    );
    const verdicts = groupByAccount(await listVerdictPeriods(tx, period, pooled));
    const gaps = groupByAccount(await listGaps(tx, { ...period, from: new Date(0) }));
    const attested = groupByAccount(await listAttestedPeriods(tx, period));
    const exempted = groupByAccount(
      exemptions.flatMap((exemption) => {
        const force = inForce(exemption);
        return force ? [{ accountId: exemption.accountId, id: exemption.id, ...force }] : [];
      }),
    );
    const looks = looksOf(scans);

    const accounts: AccountEvidence[] = [];
    for (const [index, account] of inScope.entries()) {
      if (index % ACCOUNTS_PER_TURN === 0) await yieldToEventLoop();
      const requirement = requirementFor(account, account, config.policy);
      const accountGaps = gaps.get(account.id) ?? [];
      const history = {
        requirement,
        notMemberUntil: notMemberUntil(account.firstSeenAt, scanTimes),
        closedAt: account.closedAt,
        verdicts: verdicts.get(account.id) ?? [],
        gaps: accountGaps,
        exemptions: exempted.get(account.id) ?? [],
        attestations: attested.get(account.id) ?? [],
      };
      accounts.push({
        account: { ...account, verdict: account.verdict && pooled(account.verdict) },
        owner: ownerOf(account, account, config.owners),
        requirement,
        intervals: stateIntervals(history, looks, period),
        gaps: accountGaps.filter(({ until }) => until === null || until > period.from),
      });
    }
    const version = config.policy.cis;
    return {
      period,
      accounts,
      scans: scans.filter(({ startedAt }) => startedAt >= period.from),
      exemptions,
      auditHead: await readAuditChainHead(tx),
      cisVersion: version,
      cisNumbers: {
        'root-mfa': cisNumber('root-mfa', version),
        'root-hardware-mfa': cisNumber('root-hardware-mfa', version),
        'no-root-credentials': cisNumber('central-root-access', version),
      },
    };
  });
}

/**
 * Returns when the scans had looked at every account: by then, whatever they found is on record. At their start, what was known
 * before can have been out of date.
 */
export function looksOf(scans: Evidence['scans']): readonly Date[] {
  return scans.map(({ finishedAt }) => finishedAt);
}

function groupByAccount<T extends { readonly accountId: AccountId }>(
  items: readonly T[],
): ReadonlyMap<AccountId, readonly T[]> {
  const groups = new Map<AccountId, T[]>();
  for (const item of items) {
    const group = groups.get(item.accountId);
    if (group) group.push(item);
    else groups.set(item.accountId, [item]);
  }
  return groups;
}

import type { AccountId } from '../domain/account.ts';
import type { Exemption } from '../domain/exemption.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Database } from './transactions.ts';
import { toVerdict, type VerdictPeriod, type VerdictRow } from './verdicts.ts';

interface Period {
  readonly from: Date;
  readonly to: Date;
}

/**
 * Returns one object for all equal verdicts: thousands of accounts share a dozen of them, and each alone would take more
 * memory than the rest of its account.
 */
export function createVerdictPool(): (verdict: Verdict) => Verdict {
  const pool = new Map<string, Verdict>();
  return (verdict) => {
    const key = JSON.stringify(verdict);
    const known = pool.get(key) ?? verdict;
    if (known === verdict) pool.set(key, verdict);
    return known;
  };
}

/** A verdict of an account, and how long it held. */
export type HeldVerdict = Omit<VerdictPeriod, 'scanId'>;

const VERDICTS_PER_PAGE = 1_000;

/** Returns the verdicts that held at some time of a period, by account and time; equal ones are one object of the pool. */
export async function listVerdictPeriods(
  db: Database,
  { from, to }: Period,
  pooled = createVerdictPool(),
): Promise<HeldVerdict[]> {
  const periods: HeldVerdict[] = [];
  let after: { readonly account_id: AccountId | ''; readonly since: Date; readonly id: number } = {
    account_id: '',
    since: new Date(0),
    id: 0,
  };
  for (;;) {
    const rows = await db.query<
      VerdictRow & { id: number; account_id: AccountId; since: Date; until: Date | null }
    >(
      `select id, account_id, mfa, level1, level2, root_credentials, root_credentials_found, root_credentials_why,
              confidence, flags, why, hardware_assumed, since, until
         from verdict_history
        where since < $2 and (until is null or until > $1) and (account_id, since, id) > ($3, $4, $5)
        order by account_id, since, id
        limit ${VERDICTS_PER_PAGE}`,
      [from, to, after.account_id, after.since, after.id],
    );
    for (const row of rows) {
      const { account_id: accountId, since, until } = row;
      periods.push({ accountId, verdict: pooled(toVerdict(row)), since, until });
    }
    const last = rows.at(-1);
    if (!last || rows.length < VERDICTS_PER_PAGE) return periods;
    after = last;
  }
}

/** An owner's word that a device is hardware, while it counted. */
export interface AttestedPeriod extends Period {
  readonly accountId: AccountId;
}

/** Returns when the owner's word counted as proof of hardware in a period, by account and time. */
export async function listAttestedPeriods(db: Database, period: Period): Promise<AttestedPeriod[]> {
  const rows = await db.query<{ account_id: AccountId; from: Date; to: Date }>(
    `select account_id, said_at as from, least(expires_at, void_since, next_said_at) as to
       from (select account_id, kind, said_at, expires_at, void_since,
                    lead(said_at) over (partition by account_id order by said_at, id) as next_said_at
               from attestations) as attested
      where kind = 'hardware' and said_at < $2 and least(expires_at, void_since, next_said_at) > $1
        and least(expires_at, void_since, next_said_at) > said_at
      order by account_id, said_at`,
    [period.from, period.to],
  );
  return rows.map(({ account_id: accountId, from, to }) => ({ accountId, from, to }));
}

/** Returns from when to when an exemption was in force, or `null` if it never was. */
export function inForce(exemption: Exemption): Period | null {
  switch (exemption.state) {
    case 'asked':
    case 'withdrawn':
    case 'declined':
      return null;
    case 'granted':
      return { from: exemption.decidedAt, to: exemption.endsAt };
    case 'ended':
    case 'revoked': {
      const to = new Date(Math.min(exemption.closedAt.getTime(), exemption.endsAt.getTime()));
      return to > exemption.decidedAt ? { from: exemption.decidedAt, to } : null;
    }
  }
}

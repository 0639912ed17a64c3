import { type AuditEntry, type AuditRow, toAuditEntry } from './audit-log.ts';
import type { Database } from './transactions.ts';

/** The newest link of the audit log's hash chain. */
export interface AuditChainHead {
  /** Number of links. */
  readonly position: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** What a walk along the hash chain found. */
export interface AuditChainReport {
  /** `null` for an empty log. */
  readonly head: AuditChainHead | null;
  readonly problems: readonly AuditChainProblem[];
}

/**
 * `altered`: an entry is not what was hashed · `removed`: an entry or a link is gone · `broken`: a link does not follow from
 * the one before · `unchained`: an entry was added past the chain.
 */
export interface AuditChainProblem {
  readonly kind: 'altered' | 'removed' | 'broken' | 'unchained';
  /** Place in the chain; `null` for an entry outside it. */
  readonly position: number | null;
  readonly auditId: number;
}

const MAX_PROBLEMS = 100;

/** Returns the newest link of the chain, or `null` for an empty log. */
export async function readAuditChainHead(db: Database): Promise<AuditChainHead | null> {
  const [head] = await db.query<AuditChainHead>(
    'select position, hash from audit_chain order by position desc limit 1',
  );
  return head ?? null;
}

/** One entry of the audit log with its link. */
export interface ChainedEntry {
  readonly position: number;
  readonly line: string;
  readonly previousHash: string;
  readonly hash: string;
  readonly entry: AuditEntry;
}

/** Returns entries of a period with their links, in the order of the chain, between two positions. */
export async function listChainedEntries(
  db: Database,
  page: {
    readonly from: Date;
    readonly to: Date;
    readonly afterPosition: number;
    /** The last one, included. */
    readonly upToPosition: number;
    readonly limit: number;
  },
): Promise<ChainedEntry[]> {
  const rows = await db.query<
    AuditRow & { position: number; line: string; previous_hash: string; hash: string }
  >(
    `select chain.position, chain.line, chain.previous_hash, chain.hash,
            entry.id, entry.at, entry.actor, entry.kind, entry.account_id, entry.detail
       from audit_chain as chain
       join audit_log as entry on entry.id = chain.audit_id
      where entry.at >= $1 and entry.at < $2 and chain.position > $3 and chain.position <= $4
      order by chain.position
      limit $5`,
    [page.from, page.to, page.afterPosition, page.upToPosition, page.limit],
  );
  return rows.map((row) => ({
    position: row.position,
    line: row.line,
    previousHash: row.previous_hash,
    hash: row.hash,
    entry: toAuditEntry(row),
  }));
}

/** One link of the chain, with what its entry is about. */
export interface ChainLink {
  readonly position: number;
  readonly line: string;
  readonly previousHash: string;
  readonly hash: string;
  /** `null`: the entry is gone. */
  readonly at: Date | null;
  readonly accountId: string | null;
}

/**
 * Returns all links from the first to the last one of a period, those between that are of other times too: a chain with gaps
 * would not show that a link was removed.
 */
export async function listChainLinks(
  db: Database,
  page: {
    readonly from: Date;
    readonly to: Date;
    readonly afterPosition: number;
    /** The last one, included. */
    readonly upToPosition: number;
    readonly limit: number;
  },
): Promise<ChainLink[]> {
  const rows = await db.query<{
    position: number;
    line: string;
    previous_hash: string;
    hash: string;
    at: Date | null;
    account_id: string | null;
  }>(
    `with bounds as (
       select min(chain.position) as first, max(chain.position) as last
         from audit_chain as chain
         join audit_log as entry on entry.id = chain.audit_id
        where entry.at >= $1 and entry.at < $2 and chain.position <= $4
     )
     select chain.position, chain.line, chain.previous_hash, chain.hash, entry.at, entry.account_id
       from bounds
       join audit_chain as chain on chain.position between bounds.first and bounds.last
       left join audit_log as entry on entry.id = chain.audit_id
      where chain.position > $3
      order by chain.position
      limit $5`,
    [page.from, page.to, page.afterPosition, page.upToPosition, page.limit],
  );
  return rows.map(({ previous_hash: previousHash, account_id: accountId, ...link }) => ({
    ...link,
    previousHash,
    accountId,
  }));
}

/** Walks the whole chain and returns its head and up to 100 problems; none means that nothing was altered or removed. */
export async function verifyAuditChain(db: Database): Promise<AuditChainReport> {
  const problems = await db.query<{
    kind: AuditChainProblem['kind'];
    position: number | null;
    audit_id: number;
  }>(
    `with walked as (
       select chain.position, chain.audit_id, chain.line, chain.previous_hash, chain.hash,
              lag(chain.hash, 1, repeat('0', 64)) over chained as expected_previous,
              lag(chain.position, 1, 0::bigint) over chained as position_before,
              entry.id as entry_id, audit_entry_json(entry) as entry_json
         from audit_chain as chain
         left join audit_log as entry on entry.id = chain.audit_id
       window chained as (order by chain.position)
     ), judged as (
       select position, audit_id,
              case when entry_id is null or position <> position_before + 1 then 'removed'
                   when line::jsonb is distinct from entry_json then 'altered'
                   when previous_hash <> expected_previous or hash <> audit_hash(previous_hash, line) then 'broken'
              end as kind
         from walked
     )
     select kind, position, audit_id from judged where kind is not null
     union all
     select 'unchained', null, id from audit_log where id not in (select audit_id from audit_chain)
     order by position nulls last, audit_id
     limit $1`,
    [MAX_PROBLEMS],
  );
  return {
    head: await readAuditChainHead(db),
    problems: problems.map(({ kind, position, audit_id: auditId }) => ({ kind, position, auditId })),
  };
}

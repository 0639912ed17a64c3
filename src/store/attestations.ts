import type { AccountId } from '../domain/account.ts';
import type { Attestation } from '../domain/attestation.ts';
import type { SlackUserId } from '../domain/person.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** Remembers an owner's word; it takes the place of what was said of the account before. */
export async function rememberAttestation(tx: Database, attestation: Attestation): Promise<void> {
  await tx.query(
    `insert into attestations (account_id, said_by, said_at, kind, make_model, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      attestation.accountId,
      attestation.saidBy,
      attestation.saidAt,
      attestation.kind,
      attestation.makeModel,
      attestation.expiresAt,
    ],
  );
  await bumpRevision(tx);
}

/** What was said of the account's device speaks of it no more: root was seen without it. */
export async function voidAttestations(tx: Database, accountId: AccountId, at: Date): Promise<void> {
  const rows = await tx.query(
    'update attestations set void_since = $2 where account_id = $1 and void_since is null returning id',
    [accountId, at],
  );
  if (rows.length > 0) await bumpRevision(tx);
}

/** The last word on each account that still holds at that time. */
export async function currentAttestations(
  db: Database,
  now: Date,
): Promise<ReadonlyMap<AccountId, Attestation>> {
  const last = await lastAttestations(db);
  return new Map([...last].filter(([, { expiresAt }]) => now < expiresAt));
}

/** The last word on each account, whether or not it has run out: only a void one is left out. */
export async function lastAttestations(db: Database): Promise<ReadonlyMap<AccountId, Attestation>> {
  const rows = await db.query<AttestationRow>(
    `select distinct on (account_id) account_id, said_by, said_at, kind, make_model, expires_at
       from attestations
      where void_since is null
      order by account_id, said_at desc, id desc`,
  );
  return new Map(rows.map((row) => [row.account_id, toAttestation(row)]));
}

/** The last word on one account, likewise. */
export async function lastAttestationOn(
  db: Database,
  accountId: AccountId,
): Promise<Attestation | undefined> {
  const [row] = await db.query<AttestationRow>(
    `select account_id, said_by, said_at, kind, make_model, expires_at
       from attestations
      where account_id = $1 and void_since is null
      order by said_at desc, id desc
      limit 1`,
    [accountId],
  );
  return row && toAttestation(row);
}

interface AttestationRow {
  account_id: AccountId;
  said_by: SlackUserId;
  said_at: Date;
  kind: Attestation['kind'];
  make_model: string | null;
  expires_at: Date;
}

function toAttestation(row: AttestationRow): Attestation {
  return {
    accountId: row.account_id,
    saidBy: row.said_by,
    saidAt: row.said_at,
    kind: row.kind,
    makeModel: row.make_model,
    expiresAt: row.expires_at,
  };
}

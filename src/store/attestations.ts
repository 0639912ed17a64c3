import type { AccountId } from '../domain/account.ts';
import type { Attestation } from '../domain/attestation.ts';
import type { SlackUserId } from '../domain/person.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** Remembers an owner's word; it takes the place of what was said of the account before. */
export async function saveAttestation(tx: Database, attestation: Attestation): Promise<void> {
  await tx.query(
    `insert into attestations (account_id, said_by, said_at, kind, make_model, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      attestation.accountId,
      attestation.attestedBy,
      attestation.attestedAt,
      attestation.kind,
      attestation.makeModel,
      attestation.expiresAt,
    ],
  );
  await bumpRevision(tx);
}

/** What was said of these accounts' devices speaks of them no more: root was seen without them. */
export async function voidAttestations(
  tx: Database,
  accountIds: readonly AccountId[],
  at: Date,
): Promise<void> {
  if (accountIds.length === 0) return;
  const rows = await tx.query(
    `update attestations set void_since = $2
      where account_id = any ($1::text[]) and void_since is null
     returning id`,
    [accountIds, at],
  );
  if (rows.length > 0) await bumpRevision(tx);
}

/** The last word on each account that still holds at that time. */
export async function currentAttestations(
  db: Database,
  now: Date,
): Promise<ReadonlyMap<AccountId, Attestation>> {
  const latest = await latestAttestations(db);
  return new Map([...latest].filter(([, { expiresAt }]) => now < expiresAt));
}

/** The last word on each account, or on each of these, whether or not it has run out: only a void one is left out. */
export async function latestAttestations(
  db: Database,
  accountIds: readonly AccountId[] | null = null,
): Promise<ReadonlyMap<AccountId, Attestation>> {
  const rows = await db.query<AttestationRow>(
    `select distinct on (account_id) account_id, said_by, said_at, kind, make_model, expires_at
       from attestations
      where void_since is null and ($1::text[] is null or account_id = any ($1))
      order by account_id, said_at desc, id desc`,
    [accountIds],
  );
  return new Map(rows.map((row) => [row.account_id, toAttestation(row)]));
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
    attestedBy: row.said_by,
    attestedAt: row.said_at,
    kind: row.kind,
    makeModel: row.make_model,
    expiresAt: row.expires_at,
  };
}

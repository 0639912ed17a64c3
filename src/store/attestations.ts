import type { AccountId } from '../domain/account.ts';
import type { Attestation } from '../domain/attestation.ts';
import type { SlackUserId } from '../domain/person.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** Saves an owner's attestation; it replaces the account's previous one. */
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

/** Voids the attestations of these accounts: root was seen without the attested device. */
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

/** Returns the latest attestation of each account, or of these; includes expired ones, not void ones. */
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

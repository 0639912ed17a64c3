import type { DirectoryEntry } from '../domain/account.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { CallError } from '../domain/evidence.ts';
import { type Owner, type OwnerSources, ownerOf } from '../domain/owner.ts';
import { askedOf, type Level, type Policy } from '../domain/policy.ts';
import type { Reading } from '../domain/scan.ts';
import { type Circumstances, type Standing, standing } from '../domain/compliance.ts';
import { type Confidence, type Flag, type LevelResult, level2Under, type Mfa } from '../domain/verdict.ts';

/** One account as files and scripts get it: the columns are a contract. */
export interface AccountRow {
  readonly accountId: string;
  readonly name: string;
  readonly partition: string;
  readonly state: string | null;
  readonly managementAccount: boolean;
  readonly orgUnit: string | null;
  readonly owner: string | null;
  readonly levelAsked: Level;
  readonly mfa: Mfa;
  readonly level1: LevelResult;
  /** By the proof that the policy asks of this account. */
  readonly level2: LevelResult;
  readonly confidence: Confidence;
  readonly flags: readonly Flag[];
  readonly why: string;
  readonly standing: Standing;
  /** ISO 8601, UTC. */
  readonly checkedAt: string;
  readonly errors: readonly CallError[];
}

/** A whole scan as scripts get it; `version` changes when a key changes its meaning. */
export interface ScanReport {
  readonly version: 1;
  readonly scannedAt: string;
  readonly cisVersion: string;
  /** Present, and true, where the scan did not come to its end. */
  readonly partial?: true;
  readonly totals: Coverage;
  readonly accounts: readonly AccountRow[];
}

const NOTHING_READ: DirectoryEntry = { orgUnit: null, tags: null, securityContact: null };

/** A reading as a row: judged against the policy, with its owner where that is known. */
export function accountRow(
  { account, verdict, errors, checkedAt }: Reading,
  entry: DirectoryEntry | undefined,
  company: { readonly policy: Policy; readonly owners: OwnerSources },
  circumstances: Circumstances = {},
): AccountRow {
  const known = entry ?? NOTHING_READ;
  const asked = askedOf(account, known, company.policy);
  const owner: Owner | null = ownerOf(account, known, company.owners);
  const attested = circumstances.attestedUntil !== undefined && checkedAt < circumstances.attestedUntil;

  return {
    accountId: account.id,
    name: account.name,
    partition: account.partition,
    state: account.state,
    managementAccount: account.managementAccount,
    orgUnit: known.orgUnit,
    owner: owner?.who ?? null,
    levelAsked: asked.level,
    mfa: verdict.mfa,
    level1: verdict.level1,
    level2: level2Under(asked.proof, verdict, attested),
    confidence: verdict.confidence,
    flags: verdict.flags,
    why: verdict.why,
    standing: standing(verdict, asked, circumstances, checkedAt),
    checkedAt: checkedAt.toISOString(),
    errors,
  };
}

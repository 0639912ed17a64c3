import { type DirectoryEntry, EMPTY_DIRECTORY_ENTRY } from '../domain/account.ts';
import type { CentralRootAccess } from '../domain/central-root-access.ts';
import type { CisVersion } from '../domain/cis.ts';
import { type Compliance, type ComplianceInputs, complianceOf } from '../domain/compliance.ts';
import type { Coverage } from '../domain/coverage.ts';
import type { CallError } from '../domain/evidence.ts';
import { type Owner, type OwnerSources, ownerOf } from '../domain/owner.ts';
import { type Level, type Policy, requirementFor } from '../domain/policy.ts';
import type { AccountObservation } from '../domain/scan.ts';
import {
  type Confidence,
  type Flag,
  type LevelResult,
  level2Under,
  type Mfa,
  type RootCredentials,
} from '../domain/verdict.ts';
import { type GuardrailsRow, guardrailsRow } from './guardrails-row.ts';

/** One account as files and scripts get it: the columns are a contract. */
export interface AccountRow {
  readonly accountId: string;
  readonly name: string;
  readonly partition: string;
  readonly state: string | null;
  readonly managementAccount: boolean;
  readonly orgUnit: string | null;
  readonly owner: string | null;
  readonly requiredLevel: Level;
  readonly mfa: Mfa;
  readonly level1: LevelResult;
  /** By the proof that the policy requires of this account. */
  readonly level2: LevelResult;
  readonly rootCredentials: RootCredentials;
  readonly confidence: Confidence;
  readonly flags: readonly Flag[];
  readonly why: string;
  readonly compliance: Compliance;
  /** ISO 8601, UTC. */
  readonly checkedAt: string;
  readonly errors: readonly CallError[];
  /** One sentence: which root credentials are left, or which could not be read. */
  readonly rootCredentialsWhy: string;
  /** `null`: not read. */
  readonly guardrails: GuardrailsRow | null;
}

/** A whole scan as scripts get it; `version` changes when a key changes its meaning. */
export interface ScanReport {
  readonly version: 2;
  readonly scannedAt: string;
  readonly cisVersion: CisVersion;
  /** Whether the scan did not come to its end. */
  readonly partial: boolean;
  readonly totals: Coverage;
  /** CIS 2.1.1, judged for the organization. */
  readonly centralRootAccess: CentralRootAccess;
  readonly accounts: readonly AccountRow[];
}

/** Returns the observation as a row: judged against the policy, with its owner where that is known. */
export function accountRow(
  { account, verdict, errors, checkedAt }: AccountObservation,
  entry: DirectoryEntry | undefined,
  company: { readonly policy: Policy; readonly owners: OwnerSources },
  inputs: ComplianceInputs = {},
): AccountRow {
  const directoryEntry = entry ?? EMPTY_DIRECTORY_ENTRY;
  const required = requirementFor(account, directoryEntry, company.policy);
  const owner: Owner | null = ownerOf(account, directoryEntry, company.owners);
  const hardwareAttested = inputs.attestedUntil !== undefined && checkedAt < inputs.attestedUntil;

  return {
    accountId: account.id,
    name: account.name,
    partition: account.partition,
    state: account.state,
    managementAccount: account.managementAccount,
    orgUnit: directoryEntry.orgUnit,
    owner: owner?.identifier ?? null,
    requiredLevel: required.level,
    mfa: verdict.mfa,
    level1: verdict.level1,
    level2: level2Under(required.proof, verdict, hardwareAttested),
    rootCredentials: verdict.rootCredentials,
    confidence: verdict.confidence,
    flags: verdict.flags,
    why: verdict.why,
    compliance: complianceOf(verdict, required, inputs, checkedAt),
    checkedAt: checkedAt.toISOString(),
    errors,
    rootCredentialsWhy: verdict.rootCredentialsWhy,
    guardrails: guardrailsRow(directoryEntry.guardrails),
  };
}

/** What protects the root sign-in. */
export type Mfa =
  | 'none'
  | 'virtual'
  | 'mixed'
  | 'non_virtual'
  | 'fido'
  | 'hardware'
  | 'no_credentials'
  | 'no_password'
  | 'not_applicable'
  | 'unknown';

export type LevelResult = 'pass' | 'fail' | 'not_applicable' | 'unknown';

/**
 * Whether root has credentials at all: `present` (at least one is seen), `absent` (all four kinds are seen to be
 * none), `not_applicable` (no root user to ask about, or a closed account).
 */
export type RootCredentials = 'present' | 'absent' | 'unknown' | 'not_applicable';

/** A kind of root credential, in the order in which they are removed. */
export const ROOT_CREDENTIAL_KINDS = ['password', 'access_key', 'signing_certificate', 'mfa_device'] as const;
export type RootCredentialKind = (typeof ROOT_CREDENTIAL_KINDS)[number];

/**
 * How we know: `observed` (live data names it), `inferred` (by elimination or counting), `stale` (credential
 * report only), `conflict` (live sources disagree), `none` (we do not).
 */
export type Confidence = 'observed' | 'inferred' | 'stale' | 'conflict' | 'none';

export type Flag =
  | 'root_access_key_present'
  | 'root_signing_certificate_present'
  | 'root_credentials_removable'
  | 'leftover_root_mfa_device'
  | 'unassigned_root_named_device'
  | 'fido_hardware_not_proven'
  | 'password_presence_not_reported'
  | 'credential_report_only'
  | 'credential_report_stale'
  | 'sources_disagree'
  | 'unrecognised_device';

/** How certain Level 2 must be: `benchmark` follows the CIS steps, `strict` requires proof of hardware. */
export type Proof = 'benchmark' | 'strict';

/** What the evidence shows about one root user. */
export interface Verdict {
  readonly mfa: Mfa;
  readonly level1: LevelResult;
  /** By the steps of the benchmark; `level2Under` reads it more strictly. */
  readonly level2: LevelResult;
  readonly rootCredentials: RootCredentials;
  /** The kinds of credential that are seen, in the order of `ROOT_CREDENTIAL_KINDS`. */
  readonly rootCredentialsFound: readonly RootCredentialKind[];
  /** One sentence: which credentials are left, or which could not be read. */
  readonly rootCredentialsWhy: string;
  readonly confidence: Confidence;
  /** In alphabetical order. */
  readonly flags: readonly Flag[];
  /** One sentence that names the fact. */
  readonly why: string;
  /** Whether a Level 2 pass rests on elimination, or on a FIDO device of unknown kind. */
  readonly hardwareAssumed: boolean;
}

/** Level 2 as the policy reads it: under `strict`, hardware that is only assumed is unknown. */
export function level2Under(proof: Proof, verdict: Verdict, hardwareAttested = false): LevelResult {
  const assumed = verdict.hardwareAssumed && !hardwareAttested;
  return proof === 'strict' && verdict.level2 === 'pass' && assumed ? 'unknown' : verdict.level2;
}

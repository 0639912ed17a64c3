import { type AccountSummary, type Evidence, type ReportRow, type RootDevice, valueOf } from './evidence.ts';

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

/** How sure Level 2 must be: `benchmark` follows the CIS steps, `strict` asks for proof of hardware. */
export type Proof = 'benchmark' | 'strict';

/** What the evidence shows about one root user. */
export interface Verdict {
  readonly mfa: Mfa;
  readonly level1: LevelResult;
  /** By the steps of the benchmark. See `level2Under` for a stricter reading. */
  readonly level2: LevelResult;
  readonly confidence: Confidence;
  /** In alphabetical order. */
  readonly flags: readonly Flag[];
  /** One sentence that names the fact. */
  readonly why: string;
  /** A Level 2 pass that rests on elimination or on a FIDO device of unknown kind. */
  readonly hardwareAssumed: boolean;
}

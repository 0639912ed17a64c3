/** Our own ids of the recommendations that the product speaks of; CIS numbers move between versions. */
export type Control = 'root-mfa' | 'root-hardware-mfa' | 'no-root-access-key' | 'central-root-access';

/** Recommendations that every known version has. */
type CommonControl = Exclude<Control, 'central-root-access'>;

/**
 * Numbers by version of the CIS AWS Foundations Benchmark, as mapped by Prowler (`prowler/compliance/aws/cis_*_aws.json`)
 * and Powerpipe (`turbot/steampipe-mod-aws-compliance`).
 */
const NUMBERS = {
  '1.2.0': { 'no-root-access-key': '1.12', 'root-mfa': '1.13', 'root-hardware-mfa': '1.14' },
  '1.3.0': { 'no-root-access-key': '1.4', 'root-mfa': '1.5', 'root-hardware-mfa': '1.6' },
  '1.4.0': { 'no-root-access-key': '1.4', 'root-mfa': '1.5', 'root-hardware-mfa': '1.6' },
  '1.5.0': { 'no-root-access-key': '1.4', 'root-mfa': '1.5', 'root-hardware-mfa': '1.6' },
  '2.0.0': { 'no-root-access-key': '1.4', 'root-mfa': '1.5', 'root-hardware-mfa': '1.6' },
  '3.0.0': { 'no-root-access-key': '1.4', 'root-mfa': '1.5', 'root-hardware-mfa': '1.6' },
  '4.0.1': { 'no-root-access-key': '1.4', 'root-mfa': '1.5', 'root-hardware-mfa': '1.6' },
  '5.0.0': { 'no-root-access-key': '1.3', 'root-mfa': '1.4', 'root-hardware-mfa': '1.5' },
  '6.0.0': { 'no-root-access-key': '2.3', 'root-mfa': '2.4', 'root-hardware-mfa': '2.5' },
  '7.0.0': { 'no-root-access-key': '2.4', 'root-mfa': '2.5', 'root-hardware-mfa': '2.6' },
} as const satisfies Record<string, Record<CommonControl, string>>;

export type CisVersion = keyof typeof NUMBERS;

/** Centralized root access is a recommendation since 7.0.0 (Level 2). */
const CENTRAL_ROOT_ACCESS: Partial<Record<CisVersion, string>> = { '7.0.0': '2.1.1' };

/** The versions we know numbers of, oldest first. */
export const CIS_VERSIONS = Object.keys(NUMBERS) as [CisVersion, ...CisVersion[]];

export const NEWEST_CIS_VERSION: CisVersion = '7.0.0';

/** Returns the number of a recommendation in a version of the benchmark: `2.5`; undefined if that version lacks it. */
export function cisNumber(control: CommonControl, version: CisVersion): string;
export function cisNumber(control: Control, version: CisVersion): string | undefined;
export function cisNumber(control: Control, version: CisVersion): string | undefined {
  return control === 'central-root-access' ? CENTRAL_ROOT_ACCESS[version] : NUMBERS[version][control];
}

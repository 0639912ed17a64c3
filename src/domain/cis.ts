/** Our own ids of the recommendations that the product speaks of; CIS numbers move between versions. */
export type Control = 'root-mfa' | 'root-hardware-mfa' | 'no-root-access-key';

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
} as const satisfies Record<string, Record<Control, string>>;

export type CisVersion = keyof typeof NUMBERS;

/** The versions we know numbers of, oldest first. */
export const CIS_VERSIONS = Object.keys(NUMBERS) as [CisVersion, ...CisVersion[]];

export const NEWEST_CIS_VERSION: CisVersion = '7.0.0';

/** The number of a recommendation in a version of the benchmark: `2.5`. */
export function cisNumber(control: Control, version: CisVersion): string {
  return NUMBERS[version][control];
}

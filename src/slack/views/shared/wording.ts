import type { Compliance } from '../../../domain/compliance.ts';
import type { Level, Requirement } from '../../../domain/policy.ts';
import type { Flag, LevelResult, Mfa, RootCredentialKind } from '../../../domain/verdict.ts';

/** Name and mark of each compliance state. */
export const COMPLIANCE_TEXT = {
  noncompliant: { emoji: ':red_circle:', name: 'Non-compliant', plural: 'non-compliant' },
  unknown: { emoji: ':large_blue_circle:', name: 'Unknown', plural: 'unknown' },
  exempt: { emoji: ':large_yellow_circle:', name: 'Exempt', plural: 'exempt' },
  compliant: { emoji: ':large_green_circle:', name: 'Compliant', plural: 'compliant' },
  not_applicable: { emoji: ':white_circle:', name: 'Not applicable', plural: 'not applicable' },
} as const satisfies Record<
  Compliance,
  { readonly emoji: string; readonly name: string; readonly plural: string }
>;

/** What protects root sign-in, for a reader who has never seen the CIS benchmark. */
export const MFA_TEXT = {
  none: 'No MFA',
  virtual: 'Authenticator app',
  mixed: 'Hardware MFA and an authenticator app',
  non_virtual: 'Hardware MFA or passkey',
  fido: 'Passkey or security key',
  hardware: 'Hardware token',
  no_credentials: 'No root credentials',
  no_password: 'No root password',
  not_applicable: 'No root sign-in',
  unknown: 'Unknown',
} as const satisfies Record<Mfa, string>;

/** The level that policy requires of an account. */
export const LEVEL_TEXT = {
  1: 'Level 1, any MFA',
  2: 'Level 2, hardware MFA',
} as const satisfies Record<Level, string>;

/** A kind of root credential. */
export const CREDENTIAL_TEXT = {
  password: 'password',
  access_key: 'access key',
  signing_certificate: 'signing certificate',
  mfa_device: 'MFA device',
} as const satisfies Record<RootCredentialKind, string>;

/** Returns what policy requires of an account, in two or three words: `requires hardware MFA`. */
export function requirementText({ level, rootCredentials }: Requirement): string {
  if (rootCredentials === 'forbidden') return 'requires no root credentials';
  return level === 2 ? 'requires hardware MFA' : 'requires MFA';
}

/** A result at one level. */
export const RESULT_TEXT = {
  pass: 'pass',
  fail: 'fail',
  not_applicable: 'n/a',
  unknown: 'unknown',
} as const satisfies Record<LevelResult, string>;

/** Further facts about a root user. Flags that only explain a verdict are left out. */
export const FLAG_TEXT: Partial<Record<Flag, string>> = {
  root_access_key_present: 'A root access key exists. It works without MFA: delete it.',
  root_signing_certificate_present: 'A root signing certificate exists: delete it.',
  root_credentials_removable:
    'The root credentials of this account can be removed centrally. Then there is nothing left to protect.',
  leftover_root_mfa_device: 'An MFA device is still registered, although root cannot sign in.',
  unassigned_root_named_device: 'An unassigned virtual MFA device is named after root.',
  fido_hardware_not_proven: 'AWS does not distinguish a hardware key from a passkey on a phone.',
  password_presence_not_reported: 'AWS did not report whether root has a password.',
  credential_report_stale: 'Based on a credential report that can be up to four hours old.',
  sources_disagree: 'Two AWS sources disagree.',
  unrecognised_device: 'A device of an unrecognized type is registered.',
};

/** Returns `3 accounts` or `1 account`. */
export function pluralize(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singular : plural}`;
}

/** Returns a duration: `5 hours`, `3 days`. */
export function formatHours(hours: number): string {
  return hours < 48 ? pluralize(hours, 'hour') : pluralize(Math.floor(hours / 24), 'day');
}

/** Returns how long ago something was, in the largest unit that fits: `2 hours ago`. */
export function formatTimeAgo(at: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${pluralize(minutes, 'minute')} ago`;
  const hours = Math.floor(minutes / 60);
  return `${formatHours(hours)} ago`;
}

/** Renders a share as a bar of twelve blocks. */
export function progressBar(share: number | null): string {
  const filled = Math.floor((share ?? 0) * 12);
  return '█'.repeat(filled) + '░'.repeat(12 - filled);
}

/** Lowercases the first letter, for use inside a sentence. `I` and acronyms stay. */
export function lowerFirst(text: string): string {
  if (/^(?:I\b|[A-Z]{2})/.test(text)) return text;
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

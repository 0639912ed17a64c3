import type { Compliance } from '../../../domain/compliance.ts';
import type { Level } from '../../../domain/policy.ts';
import type { Flag, LevelResult, Mfa } from '../../../domain/verdict.ts';

/** How each standing is called and marked, everywhere. */
export const COMPLIANCE_TEXT = {
  noncompliant: { emoji: ':red_circle:', name: 'Falls short', many: 'fall short' },
  unknown: { emoji: ':grey_question:', name: 'Not known', many: 'not known' },
  exempt: { emoji: ':large_yellow_circle:', name: 'Exempt', many: 'exempt' },
  compliant: { emoji: ':large_green_circle:', name: 'Met', many: 'compliant' },
  not_applicable: { emoji: ':white_circle:', name: 'Does not apply', many: 'do not apply' },
} as const satisfies Record<
  Compliance,
  { readonly emoji: string; readonly name: string; readonly many: string }
>;

/** What protects the root sign-in, in a few words for somebody who has never read the CIS benchmark. */
export const MFA_TEXT = {
  none: 'No MFA',
  virtual: 'Authenticator app',
  mixed: 'Hardware and an app',
  non_virtual: 'Not an app',
  fido: 'Passkey or security key',
  hardware: 'Hardware token',
  no_credentials: 'No root credentials',
  no_password: 'No root password',
  not_applicable: 'No root sign-in',
  unknown: 'Not known',
} as const satisfies Record<Mfa, string>;

/** What is asked of an account. */
export const LEVEL_TEXT = {
  1: 'Level 1, any MFA',
  2: 'Level 2, hardware MFA',
} as const satisfies Record<Level, string>;

/** A result at one level. */
export const RESULT_TEXT = {
  pass: 'pass',
  fail: 'fail',
  not_applicable: 'n/a',
  unknown: 'not known',
} as const satisfies Record<LevelResult, string>;

/** What else somebody should know of a root user; those that only explain a verdict are not repeated. */
export const FLAG_TEXT: Partial<Record<Flag, string>> = {
  root_access_key_present: 'A root access key exists. It works without MFA: delete it.',
  root_signing_certificate_present: 'A root signing certificate exists: delete it.',
  root_credentials_removable:
    'The root credentials of this account can be removed centrally: then there is nothing left to protect.',
  leftover_root_mfa_device: 'An MFA device is still registered for a root user that cannot sign in.',
  unassigned_root_named_device: 'A virtual device named after root lies about, assigned to nobody.',
  fido_hardware_not_proven: 'AWS does not tell a hardware key from a passkey on a phone.',
  password_presence_not_reported: 'AWS did not say whether root has a password.',
  credential_report_stale: 'This rests on a credential report that is up to four hours old.',
  sources_disagree: 'Two AWS sources disagree.',
  unrecognised_device: 'A device of a kind that we do not know is registered.',
};

/** `3 accounts`, `1 account`. */
export function pluralize(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singular : plural}`;
}

/** How long something takes or is over: `5 hours`, `3 days`. */
export function formatHours(hours: number): string {
  return hours < 48 ? pluralize(hours, 'hour') : pluralize(Math.floor(hours / 24), 'day');
}

/** How long ago, in the largest unit that fits: `2 hours ago`. */
export function formatTimeAgo(at: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${pluralize(minutes, 'minute')} ago`;
  const hours = Math.floor(minutes / 60);
  return `${formatHours(hours)} ago`;
}

/** `31 Dec 2026`: a day of the company's calendar, the same for every reader. */
export function formatCalendarDay(date: string): string {
  const format = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(`${date}T00:00:00Z`).toLocaleDateString('en-GB', format);
}

/** A share, drawn in twelve blocks. */
export function progressBar(share: number | null): string {
  const filled = Math.floor((share ?? 0) * 12);
  return '█'.repeat(filled) + '░'.repeat(12 - filled);
}

/** The words as they stand inside a sentence; what is all capitals stays so. */
export function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

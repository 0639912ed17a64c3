import type { AuditEvent, AuditedKey, AuditKind } from './audit.ts';
import { formatCalendarDay } from './calendar.ts';
import type { KeyFacts } from './key-register/registered-key.ts';
import { TOKEN_KINDS } from './token-request.ts';

/** Returns an audit entry as a sentence. Reasons and notes are people's own words: untrusted text. */
export function auditSentence(event: AuditEvent): string {
  // The table has a function for each kind; which one fits this event is more than the compiler follows.
  return (SENTENCES[event.kind] as (detail: AuditEvent['detail']) => string)(event.detail);
}

type DetailOf<Kind extends AuditKind> = Extract<AuditEvent, { readonly kind: Kind }>['detail'];

const SENTENCES: { readonly [Kind in AuditKind]: (detail: DetailOf<Kind>) => string } = {
  'token-requested': ({ tokenKind, quantity, ticket }) => {
    const name = TOKEN_KINDS[tokenKind].name.toLowerCase();
    return `Requested hardware: ${quantity} × ${name}${ticket === undefined ? '' : ` (${ticket})`}.`;
  },
  'token-approved': () => 'Approved the request for hardware.',
  'token-declined': ({ reason }) => `Declined the request for hardware${reasonSuffix(reason)}`,
  'token-shipped': ({ note, serial }) =>
    `Shipped the hardware${reasonSuffix(serial === null ? note : `${note}, serial ${serial}`)}`,
  'token-ticket-set': ({ ticket }) =>
    ticket === null
      ? 'Removed the ticket from the request for hardware.'
      : `Set the ticket of the request for hardware${reasonSuffix(ticket)}`,
  'token-handed-over': () =>
    'Handed the request for hardware over to the present owner: its requester has left.',
  'token-received': () => 'Received the hardware.',
  'token-cancelled': ({ reason }) => `Withdrew the request for hardware${reasonSuffix(reason)}`,
  'token-enrolled': () => 'Hardware MFA is registered on root, so the request is complete.',
  'exemption-asked': ({ lastDay, reason }) =>
    `Requested an exemption until ${formatCalendarDay(lastDay)}${reasonSuffix(reason)}`,
  'exemption-granted': ({ lastDay, note }) =>
    `Granted the exemption until ${formatCalendarDay(lastDay)}${reasonSuffix(note)}`,
  'exemption-declined': ({ reason }) => `Declined the exemption${reasonSuffix(reason)}`,
  'exemption-revoked': () => 'Ended the exemption early.',
  'exemption-ended': () => 'The exemption ended.',
  'exemption-control-lost': ({ control }) =>
    `The compensating control is gone: ${control} no longer denies root.`,
  'exemption-withdrawn': () => 'Closed the request for an exemption without a decision.',
  'reminder-snoozed': ({ until, snoozesLeft }) =>
    `Snoozed reminders until ${formatCalendarDay(until)}; ${snoozesLeftText(snoozesLeft)}.`,
  'account-disowned': ({ reason }) => `Said that the account is not theirs${reasonSuffix(reason)}`,
  'account-handed-back': ({ to }) => `Returned the account to ${to}.`,
  'owner-proposed': ({ to }) => `Asked ${to} to own the account.`,
  'owner-confirmed': ({ replaces }) =>
    `Confirmed that they own the account${replaces === null ? '' : `, in place of ${replaces}`}.`,
  'owner-declined': () => 'Said that they do not own the account.',
  attested: ({ device, makeModel }) =>
    device === 'hardware'
      ? `Confirmed that root uses a hardware key${reasonSuffix(makeModel)}`
      : 'Confirmed that root uses a passkey, which can be copied.',
  'root-use-explained': (detail) => `Explained the use of root${reasonSuffix(withTicket(detail))}`,
  'removal-requested': () => 'Asked an admin to remove the root credentials.',
  'removal-assigned': () => 'Took on the removal of the root credentials.',
  'removal-withdrawn': () => 'Withdrew the request to remove the root credentials.',
  'removal-done': () => 'Root no longer has credentials, so the removal request is complete.',
  'recovery-asked': (detail) =>
    `Requested a recovery window until ${formatUtc(detail.until)}${reasonSuffix(withTicket(detail))}`,
  'recovery-granted': ({ until }) => `Granted the recovery window until ${formatUtc(until)}.`,
  'recovery-declined': ({ reason }) => `Declined the recovery window${reasonSuffix(reason)}`,
  'recovery-withdrawn': () => 'Closed the request for a recovery window without a decision.',
  'recovery-revoked': () => 'Ended the recovery window early.',
  'recovery-ended': ({ left }) =>
    left === null
      ? 'The recovery window ended, and root has no credentials.'
      : `The recovery window ended, and root credentials are not removed${reasonSuffix(left)}`,
  'recovery-completed': () => 'Root no longer has credentials, so the recovery window is closed.',
  'root-use-denied': () => 'Denied the use of root.',
  'root-use-unanswered': () =>
    'Alerted the channel and the admins: no one explained the use of root in time.',
  'root-use-announced': (detail) =>
    `Announced the use of root until ${formatUtc(detail.until)}${reasonSuffix(withTicket(detail))}`,
  'root-use-announcement-ended': () => 'Ended the announcement of root use.',
  'mfa-removal-explained': ({ untilDay, reason }) =>
    `Explained the removal of MFA until ${formatCalendarDay(untilDay)}${reasonSuffix(reason)}`,
  'mfa-removal-denied': () => 'Denied having removed MFA.',
  'mfa-removal-acknowledged': () => 'Acknowledged the alert that MFA was removed.',
  'mfa-removal-assigned': ({ to }) => `Assigned the alert that MFA was removed to ${to}.`,
  'key-added': (detail) => `Added ${keyText(detail)} to the key register.`,
  'key-changed': (detail) => `Changed the key register: it names ${keyText(detail)}.`,
  'key-removed': (detail) => `Removed ${keyText(detail)} from the key register.`,
  'keys-confirmed': ({ by, keys }) =>
    by === 'sign-in'
      ? 'Root signed in, which confirms the keys of the account.'
      : `Confirmed that they still have ${keys === 1 ? 'the key' : `${keys} keys`} of the account.`,
  'keys-shown': () => 'Opened the key register of the account.',
  'keys-listed': ({ accounts }) =>
    `Listed the key register: ${accounts} ${accounts === 1 ? 'account' : 'accounts'}.`,
  'scan-requested': () => 'Started a scan of all accounts.',
  'accounts-closed': ({ accounts }) =>
    `Closed ${accounts} ${accounts === 1 ? 'account' : 'accounts'} that the organization no longer lists.`,
  exported: ({ format, accounts, keyRegister = false }) => {
    const count = `${accounts} ${accounts === 1 ? 'account' : 'accounts'}`;
    return `Exported ${count}${keyRegister ? ' and the key register' : ''} as ${format.toUpperCase()}.`;
  },
  'evidence-exported': ({ from, to, redacted, operator }) => {
    const people = redacted ? ', with pseudonyms for people' : '';
    const where = operator === undefined ? '' : `, on the command line for “${operator}”`;
    return `Exported evidence for ${from} to ${to}${people}${where}.`;
  },
  'access-refused': ({ what, why }) => `Was denied access to ${what}${reasonSuffix(why)}`,
};

function formatUtc(timestamp: string): string {
  return `${timestamp.slice(0, 16).replace('T', ' ')} UTC`;
}

const KEY_NAMES = {
  'security-key': 'security key',
  'totp-token': 'hardware token',
  passkey: 'passkey',
} as const satisfies Record<KeyFacts['kind'], string>;

/** Returns `the spare security key 12345678, held by U03ANA, kept in “safe 2”`. */
function keyText({ role, kind, holder, place, serial, batteryEndsOn }: AuditedKey): string {
  return [
    `the ${role} ${KEY_NAMES[kind]}${serial === null ? '' : ` ${serial}`}`,
    ...(holder === null ? [] : [`held by ${holder}`]),
    ...(place === null ? [] : [`kept in “${place}”`]),
    ...(batteryEndsOn === null ? [] : [`battery until ${formatCalendarDay(batteryEndsOn)}`]),
  ].join(', ');
}

function withTicket({ reason, ticket }: { readonly reason: string; readonly ticket: string | null }): string {
  return ticket === null ? reason : `${reason} (${ticket})`;
}

/** Returns the end of a sentence, with the reason if there is one. */
function reasonSuffix(reason: string | null): string {
  const text = reason?.trim().replace(/\.$/, '') ?? '';
  return text === '' ? '.' : `: ${text}.`;
}

function snoozesLeftText(snoozes: number): string {
  if (snoozes === 0) return 'no snoozes left';
  return snoozes === 1 ? '1 snooze left' : `${snoozes} snoozes left`;
}

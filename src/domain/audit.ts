import type { AccountId } from './account.ts';
import { formatCalendarDay } from './calendar.ts';
import type { KeyFacts, RegisteredKey } from './key-register/registered-key.ts';
import type { SlackUserId } from './person.ts';
import { TOKEN_KINDS, type TokenKind } from './token-request.ts';
import type { Mfa } from './verdict.ts';

/** A decision of a person or the bot, about one account unless stated otherwise. */
export type AuditEvent =
  | AccountEvent<
      'token-requested',
      {
        readonly requestId: string;
        readonly tokenKind: TokenKind;
        readonly quantity: number;
        readonly ticket?: string;
      }
    >
  | AccountEvent<'token-approved', { readonly requestId: string }>
  | AccountEvent<'token-declined', { readonly requestId: string; readonly reason: string }>
  | AccountEvent<
      'token-shipped',
      { readonly requestId: string; readonly note: string; readonly serial: string | null }
    >
  | AccountEvent<'token-ticket-set', { readonly requestId: string; readonly ticket: string | null }>
  | AccountEvent<'token-received', { readonly requestId: string }>
  | AccountEvent<'token-cancelled', { readonly requestId: string; readonly reason: string | null }>
  | AccountEvent<
      'token-enrolled',
      {
        readonly requestId: string;
        readonly mfa: Mfa;
        /** What the owner said of the second key, where AWS did not show it. */
        readonly secondKey?: 'registered' | 'later';
      }
    >
  | AccountEvent<
      'exemption-asked',
      {
        readonly exemptionId: string;
        readonly reason: string;
        readonly compensatingControl: string | null;
        /** `2026-12-31` */
        readonly lastDay: string;
      }
    >
  | AccountEvent<
      'exemption-granted',
      { readonly exemptionId: string; readonly lastDay: string; readonly note: string | null }
    >
  | AccountEvent<'exemption-declined', { readonly exemptionId: string; readonly reason: string }>
  | AccountEvent<'exemption-revoked', { readonly exemptionId: string }>
  | AccountEvent<'exemption-ended', { readonly exemptionId: string }>
  | AccountEvent<'exemption-withdrawn', { readonly exemptionId: string }>
  | AccountEvent<'exemption-control-lost', { readonly exemptionId: string; readonly control: string }>
  | AccountEvent<
      'reminder-snoozed',
      {
        /** `2026-12-01` */
        readonly until: string;
        readonly snoozesLeft: number;
      }
    >
  | AccountEvent<'account-disowned', { readonly reason: string }>
  | AccountEvent<'account-handed-back', { readonly to: SlackUserId }>
  | AccountEvent<'owner-proposed', { readonly to: SlackUserId }>
  | AccountEvent<
      'owner-confirmed',
      {
        /** The owner that tags, contact or configuration named; `null`: none. */
        readonly replaces: string | null;
      }
    >
  | AccountEvent<'owner-declined', { readonly proposedBy: SlackUserId }>
  | AccountEvent<'attested', { readonly device: 'hardware' | 'passkey'; readonly makeModel: string | null }>
  | AccountEvent<
      'root-use-explained',
      { readonly incidentId: string; readonly reason: string; readonly ticket: string | null }
    >
  | AccountEvent<'removal-requested', { readonly requestId: string }>
  | AccountEvent<'removal-assigned', { readonly requestId: string }>
  | AccountEvent<'removal-withdrawn', { readonly requestId: string }>
  | AccountEvent<'removal-done', { readonly requestId: string }>
  | AccountEvent<
      'recovery-asked',
      {
        readonly windowId: string;
        readonly reason: string;
        readonly ticket: string | null;
        /** `2026-11-24T11:00:00.000Z` */
        readonly until: string;
      }
    >
  | AccountEvent<'recovery-granted', { readonly windowId: string; readonly until: string }>
  | AccountEvent<'recovery-declined', { readonly windowId: string; readonly reason: string }>
  | AccountEvent<'recovery-withdrawn', { readonly windowId: string }>
  | AccountEvent<'recovery-revoked', { readonly windowId: string }>
  | AccountEvent<
      'recovery-ended',
      {
        readonly windowId: string;
        /** Which credentials root still had, or why that is unknown; `null`: none. */
        readonly left: string | null;
      }
    >
  | AccountEvent<'recovery-completed', { readonly windowId: string }>
  | AccountEvent<'root-use-denied', { readonly incidentId: string }>
  | AccountEvent<'root-use-unanswered', { readonly incidentId: string }>
  | AccountEvent<
      'root-use-announced',
      {
        readonly useId: string;
        readonly reason: string;
        readonly ticket: string | null;
        /** `2026-11-24T11:00:00.000Z` */
        readonly until: string;
      }
    >
  | AccountEvent<'root-use-announcement-ended', { readonly useId: string }>
  | AccountEvent<
      'mfa-removal-explained',
      {
        readonly removalId: string;
        readonly reason: string | null;
        /** `2026-12-01` */
        readonly untilDay: string;
      }
    >
  | AccountEvent<'mfa-removal-denied', { readonly removalId: string }>
  | AccountEvent<'mfa-removal-acknowledged', { readonly removalId: string }>
  | AccountEvent<'mfa-removal-assigned', { readonly removalId: string; readonly to: SlackUserId }>
  | AccountEvent<'key-added', AuditedKey & { readonly source: RegisteredKey['source'] }>
  | AccountEvent<'key-changed', AuditedKey & { readonly source: RegisteredKey['source'] }>
  | AccountEvent<'key-removed', AuditedKey>
  | AccountEvent<
      'keys-confirmed',
      {
        /** `sign-in`: root signed in, which shows that the keys are there. */
        readonly by: 'holder' | 'sign-in';
        readonly keys: number;
      }
    >
  | AccountEvent<'keys-shown', { readonly keys: number }>
  | GlobalEvent<'keys-listed', { readonly accounts: number }>
  | GlobalEvent<'scan-requested', Readonly<Record<never, never>>>
  | GlobalEvent<'accounts-closed', { readonly accounts: number; readonly ids: readonly AccountId[] }>
  | GlobalEvent<
      'exported',
      {
        readonly format: 'csv' | 'json';
        readonly accounts: number;
        /** Who holds which key was in it. */
        readonly keyRegister?: boolean;
      }
    >
  /** The first and the last day, in UTC: `2026-07-01`. */
  | GlobalEvent<
      'evidence-exported',
      { readonly from: string; readonly to: string; readonly redacted?: boolean }
    >
  | GlobalEvent<'access-refused', { readonly what: string; readonly why: string }>;

/** A key of the register as the log keeps it. */
export interface AuditedKey extends KeyFacts {
  readonly keyId: string;
}

/** Returns a key as the log keeps it. */
export function auditedKey({
  id: keyId,
  role,
  kind,
  holder,
  place,
  serial,
  batteryEndsOn,
}: RegisteredKey): AuditedKey {
  return { keyId, role, kind, holder, place, serial, batteryEndsOn };
}

export type AuditKind = AuditEvent['kind'];

interface AccountEvent<Kind extends string, Detail> {
  readonly kind: Kind;
  readonly accountId: AccountId;
  readonly detail: Detail;
}

/** Not about one account. */
interface GlobalEvent<Kind extends string, Detail> {
  readonly kind: Kind;
  readonly accountId?: undefined;
  readonly detail: Detail;
}

/** Returns an audit entry as a sentence. Reasons and notes are people's own words: untrusted text. */
export function auditSentence(event: AuditEvent): string {
  switch (event.kind) {
    case 'token-requested': {
      const { tokenKind, quantity, ticket } = event.detail;
      const name = TOKEN_KINDS[tokenKind].name.toLowerCase();
      return `Requested hardware: ${quantity} × ${name}${ticket === undefined ? '' : ` (${ticket})`}.`;
    }
    case 'token-approved':
      return 'Approved the request for hardware.';
    case 'token-declined':
      return `Declined the request for hardware${reasonSuffix(event.detail.reason)}`;
    case 'token-shipped': {
      const { note, serial } = event.detail;
      return `Shipped the hardware${reasonSuffix(serial === null ? note : `${note}, serial ${serial}`)}`;
    }
    case 'token-ticket-set':
      return event.detail.ticket === null
        ? 'Removed the ticket from the request for hardware.'
        : `Set the ticket of the request for hardware${reasonSuffix(event.detail.ticket)}`;
    case 'token-received':
      return 'Received the hardware.';
    case 'token-cancelled':
      return `Cancelled the request for hardware${reasonSuffix(event.detail.reason)}`;
    case 'token-enrolled':
      return 'Hardware MFA is registered on root, so the request is complete.';
    case 'exemption-asked':
      return `Requested an exemption until ${formatCalendarDay(event.detail.lastDay)}${reasonSuffix(event.detail.reason)}`;
    case 'exemption-granted':
      return `Granted the exemption until ${formatCalendarDay(event.detail.lastDay)}${reasonSuffix(event.detail.note)}`;
    case 'exemption-declined':
      return `Declined the exemption${reasonSuffix(event.detail.reason)}`;
    case 'exemption-revoked':
      return 'Ended the exemption early.';
    case 'exemption-ended':
      return 'The exemption ended.';
    case 'exemption-control-lost':
      return `The compensating control is gone: ${event.detail.control} no longer denies root.`;
    case 'exemption-withdrawn':
      return 'Closed the request for an exemption without a decision.';
    case 'reminder-snoozed':
      return `Snoozed reminders until ${formatCalendarDay(event.detail.until)}; ${snoozesLeftText(event.detail.snoozesLeft)}.`;
    case 'account-disowned':
      return `Said that the account is not theirs${reasonSuffix(event.detail.reason)}`;
    case 'account-handed-back':
      return `Returned the account to ${event.detail.to}.`;
    case 'owner-proposed':
      return `Asked ${event.detail.to} to own the account.`;
    case 'owner-confirmed':
      return `Confirmed that they own the account${event.detail.replaces === null ? '' : `, in place of ${event.detail.replaces}`}.`;
    case 'owner-declined':
      return 'Said that they do not own the account.';
    case 'attested': {
      const { device, makeModel } = event.detail;
      return device === 'hardware'
        ? `Confirmed that root uses a hardware key${reasonSuffix(makeModel)}`
        : 'Confirmed that root uses a passkey, which can be copied.';
    }
    case 'root-use-explained':
      return `Explained the use of root${reasonSuffix(withTicket(event.detail))}`;
    case 'removal-requested':
      return 'Asked an admin to remove the root credentials.';
    case 'removal-assigned':
      return 'Took on the removal of the root credentials.';
    case 'removal-withdrawn':
      return 'Withdrew the request to remove the root credentials.';
    case 'removal-done':
      return 'Root has no credentials any more, so the removal request is complete.';
    case 'recovery-asked':
      return `Requested a recovery window until ${formatUtc(event.detail.until)}${reasonSuffix(withTicket(event.detail))}`;
    case 'recovery-granted':
      return `Granted the recovery window until ${formatUtc(event.detail.until)}.`;
    case 'recovery-declined':
      return `Declined the recovery window${reasonSuffix(event.detail.reason)}`;
    case 'recovery-withdrawn':
      return 'Closed the request for a recovery window without a decision.';
    case 'recovery-revoked':
      return 'Ended the recovery window early.';
    case 'recovery-ended':
      return event.detail.left === null
        ? 'The recovery window ended, and root has no credentials.'
        : `The recovery window ended, and root credentials are not removed${reasonSuffix(event.detail.left)}`;
    case 'recovery-completed':
      return 'Root has no credentials any more, so the recovery window is closed.';
    case 'root-use-denied':
      return 'Denied the use of root.';
    case 'root-use-unanswered':
      return 'Alerted the channel and the admins: no one explained the use of root in time.';
    case 'root-use-announced':
      return `Announced the use of root until ${formatUtc(event.detail.until)}${reasonSuffix(withTicket(event.detail))}`;
    case 'root-use-announcement-ended':
      return 'Ended the announcement of root use.';
    case 'mfa-removal-explained':
      return `Explained the removal of MFA until ${formatCalendarDay(event.detail.untilDay)}${reasonSuffix(event.detail.reason)}`;
    case 'mfa-removal-denied':
      return 'Denied having removed MFA.';
    case 'mfa-removal-acknowledged':
      return 'Acknowledged the alert that MFA was removed.';
    case 'mfa-removal-assigned':
      return `Assigned the alert that MFA was removed to ${event.detail.to}.`;
    case 'key-added':
      return `Added ${keyText(event.detail)} to the key register.`;
    case 'key-changed':
      return `Changed the key register: it names ${keyText(event.detail)}.`;
    case 'key-removed':
      return `Removed ${keyText(event.detail)} from the key register.`;
    case 'keys-confirmed':
      return event.detail.by === 'sign-in'
        ? 'Root signed in, which confirms the keys of the account.'
        : `Confirmed that they still have ${event.detail.keys === 1 ? 'the key' : `${event.detail.keys} keys`} of the account.`;
    case 'keys-shown':
      return 'Opened the key register of the account.';
    case 'keys-listed': {
      const { accounts } = event.detail;
      return `Listed the key register: ${accounts} ${accounts === 1 ? 'account' : 'accounts'}.`;
    }
    case 'scan-requested':
      return 'Started a scan of all accounts.';
    case 'accounts-closed': {
      const { accounts } = event.detail;
      return `Closed ${accounts} ${accounts === 1 ? 'account' : 'accounts'} that the organization no longer lists.`;
    }
    case 'exported': {
      const { format, accounts, keyRegister = false } = event.detail;
      const count = `${accounts} ${accounts === 1 ? 'account' : 'accounts'}`;
      return `Exported ${count}${keyRegister ? ' and the key register' : ''} as ${format.toUpperCase()}.`;
    }
    case 'evidence-exported':
      return `Exported evidence for ${event.detail.from} to ${event.detail.to}${event.detail.redacted ? ', with pseudonyms for people' : ''}.`;
    case 'access-refused':
      return `Was denied access to ${event.detail.what}${reasonSuffix(event.detail.why)}`;
  }
}

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

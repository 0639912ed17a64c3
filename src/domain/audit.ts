import type { AccountId } from './account.ts';
import type { KeyFacts, RegisteredKey } from './key-register/registered-key.ts';
import type { SlackUserId } from './person.ts';
import type { TokenKind } from './token-request.ts';
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
  | AccountEvent<
      'token-handed-over',
      { readonly requestId: string; readonly from: SlackUserId; readonly to: SlackUserId }
    >
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
      {
        readonly from: string;
        readonly to: string;
        readonly redacted?: boolean;
        /** Who made it on the command line, as the operating system calls them; the actor is then the bot. */
        readonly operator?: string;
      }
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

import type { AccountId } from './account.ts';
import type { SlackUserId } from './person.ts';
import { TOKEN_KINDS, type TokenKind } from './token-request.ts';
import type { Mfa } from './verdict.ts';

/** Something that a person or the bot decided, about one account unless it says otherwise. */
export type AuditEvent =
  | AccountEvent<
      'token-requested',
      { readonly requestId: string; readonly tokenKind: TokenKind; readonly quantity: number }
    >
  | AccountEvent<'token-approved', { readonly requestId: string }>
  | AccountEvent<'token-declined', { readonly requestId: string; readonly reason: string }>
  | AccountEvent<
      'token-shipped',
      { readonly requestId: string; readonly note: string; readonly serial: string | null }
    >
  | AccountEvent<'token-received', { readonly requestId: string }>
  | AccountEvent<'token-cancelled', { readonly requestId: string; readonly reason: string | null }>
  | AccountEvent<'token-enrolled', { readonly requestId: string; readonly mfa: Mfa }>
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
  | AccountEvent<'attested', { readonly device: 'hardware' | 'passkey'; readonly makeModel: string | null }>
  | AccountEvent<
      'root-use-explained',
      { readonly incidentId: string; readonly reason: string; readonly ticket: string | null }
    >
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
  | GlobalEvent<'scan-requested', Readonly<Record<never, never>>>
  | GlobalEvent<'exported', { readonly format: 'csv' | 'json'; readonly accounts: number }>
  | GlobalEvent<'access-refused', { readonly what: string; readonly why: string }>;

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

/** What was decided, in a plain sentence. Reasons and notes are people's own words: untrusted text. */
export function auditSentence(event: AuditEvent): string {
  switch (event.kind) {
    case 'token-requested': {
      const { tokenKind, quantity } = event.detail;
      const name = TOKEN_KINDS[tokenKind].name.toLowerCase();
      return `Hardware was asked for: ${quantity} × ${name}.`;
    }
    case 'token-approved':
      return 'The request for hardware was approved.';
    case 'token-declined':
      return `The request for hardware was declined${reasonSuffix(event.detail.reason)}`;
    case 'token-shipped': {
      const { note, serial } = event.detail;
      return `The hardware was sent${reasonSuffix(serial === null ? note : `${note}, serial ${serial}`)}`;
    }
    case 'token-received':
      return 'The hardware has arrived.';
    case 'token-cancelled':
      return `The request for hardware was cancelled${reasonSuffix(event.detail.reason)}`;
    case 'token-enrolled':
      return 'Hardware was seen on root, so the request is done.';
    case 'exemption-asked':
      return `Leave to fall short until ${event.detail.lastDay} was asked for${reasonSuffix(event.detail.reason)}`;
    case 'exemption-granted':
      return `Leave to fall short until ${event.detail.lastDay} was granted${reasonSuffix(event.detail.note)}`;
    case 'exemption-declined':
      return `Leave to fall short was declined${reasonSuffix(event.detail.reason)}`;
    case 'exemption-revoked':
      return 'Leave to fall short was revoked.';
    case 'exemption-ended':
      return 'Leave to fall short came to its end.';
    case 'exemption-control-lost':
      return `Its compensating control is gone: ${event.detail.control} no longer denies root.`;
    case 'exemption-withdrawn':
      return 'The question for leave to fall short was withdrawn.';
    case 'reminder-snoozed':
      return `Reminders were put off until ${event.detail.until}; ${snoozesLeftText(event.detail.snoozesLeft)}.`;
    case 'account-disowned':
      return `The owner said that the account is not theirs${reasonSuffix(event.detail.reason)}`;
    case 'account-handed-back':
      return `The account was handed back to ${event.detail.to}.`;
    case 'attested': {
      const { device, makeModel } = event.detail;
      return device === 'hardware'
        ? `The owner said that root uses a hardware key${reasonSuffix(makeModel)}`
        : 'The owner said that root uses a passkey that can be copied.';
    }
    case 'root-use-explained':
      return `Use of root was confirmed${reasonSuffix(withTicket(event.detail))}`;
    case 'root-use-denied':
      return 'Use of root was denied: the person asked did not do it.';
    case 'root-use-unanswered':
      return 'Use of root was not explained in time, so channel and admins were alerted.';
    case 'root-use-announced':
      return `Use of root was announced until ${event.detail.until.slice(0, 16).replace('T', ' ')} UTC${reasonSuffix(withTicket(event.detail))}`;
    case 'root-use-announcement-ended':
      return 'The announcement of root use was ended.';
    case 'scan-requested':
      return 'A scan of all accounts was started by hand.';
    case 'exported': {
      const { format, accounts } = event.detail;
      return `${accounts} ${accounts === 1 ? 'account was' : 'accounts were'} exported as ${format.toUpperCase()}.`;
    }
    case 'access-refused':
      return `Access to ${event.detail.what} was refused${reasonSuffix(event.detail.why)}`;
  }
}

function withTicket({ reason, ticket }: { readonly reason: string; readonly ticket: string | null }): string {
  return ticket === null ? reason : `${reason} (${ticket})`;
}

/** The end of a sentence, with what was said about it, if anything was. */
function reasonSuffix(reason: string | null): string {
  const text = reason?.trim().replace(/\.$/, '') ?? '';
  return text === '' ? '.' : `: ${text}.`;
}

function snoozesLeftText(snoozes: number): string {
  if (snoozes === 0) return 'not once more';
  return snoozes === 1 ? 'once more is possible' : `${snoozes} times more are possible`;
}

import { expect, test } from '@jest/globals';
import type { AuditEvent, AuditKind } from '../../src/domain/audit.ts';
import { auditSentence } from '../../src/domain/audit-sentence.ts';
import { ANA, BEN, SAM } from '../support/reminders.ts';
import { PAYMENTS } from '../support/token-requests.ts';

const accountId = PAYMENTS;
const request = { requestId: 'r1' };
const exemption = { exemptionId: 'e1' };

const mainKey = {
  keyId: 'k1',
  role: 'main',
  kind: 'security-key',
  holder: null,
  place: null,
  serial: null,
  batteryEndsOn: null,
} as const;
const spareKey = {
  ...mainKey,
  role: 'spare',
  kind: 'totp-token',
  holder: SAM,
  place: 'safe 2',
  serial: '123',
  batteryEndsOn: '2027-03-31',
} as const;

/** One event of each kind, with its sentence. */
const EXAMPLES: { readonly [K in AuditKind]: readonly [Extract<AuditEvent, { kind: K }>['detail'], string] } =
  {
    'token-requested': [
      { ...request, tokenKind: 'security-key', quantity: 2 },
      'Requested hardware: 2 × security key.',
    ],
    'token-approved': [request, 'Approved the request for hardware.'],
    'token-declined': [
      { ...request, reason: 'Use the one you have.' },
      'Declined the request for hardware: Use the one you have.',
    ],
    'token-shipped': [
      { ...request, note: 'DHL 123', serial: '42' },
      'Shipped the hardware: DHL 123, serial 42.',
    ],
    'token-ticket-set': [
      { requestId: 'r1', ticket: 'SEC-1' },
      'Set the ticket of the request for hardware: SEC-1.',
    ],
    'token-handed-over': [
      { ...request, from: ANA, to: BEN },
      'Handed the request for hardware over to the present owner: its requester has left.',
    ],
    'token-received': [request, 'Received the hardware.'],
    'token-cancelled': [{ ...request, reason: null }, 'Withdrew the request for hardware.'],
    'token-enrolled': [
      { ...request, mfa: 'fido' },
      'Hardware MFA is registered on root, so the request is complete.',
    ],
    'exemption-asked': [
      { ...exemption, reason: 'key ordered', compensatingControl: null, lastDay: '2026-12-31' },
      'Requested an exemption until Dec 31, 2026: key ordered.',
    ],
    'exemption-granted': [
      { ...exemption, lastDay: '2026-12-31', note: ' ' },
      'Granted the exemption until Dec 31, 2026.',
    ],
    'exemption-declined': [{ ...exemption, reason: 'no' }, 'Declined the exemption: no.'],
    'exemption-revoked': [exemption, 'Ended the exemption early.'],
    'exemption-ended': [exemption, 'The exemption ended.'],
    'exemption-control-lost': [
      { ...exemption, control: 'SCP deny-root on /Sandbox' },
      'The compensating control is gone: SCP deny-root on /Sandbox no longer denies root.',
    ],
    'exemption-withdrawn': [exemption, 'Closed the request for an exemption without a decision.'],
    'reminder-snoozed': [
      { until: '2026-12-01', snoozesLeft: 1 },
      'Snoozed reminders until Dec 1, 2026; 1 snooze left.',
    ],
    'account-disowned': [
      { reason: 'sold with the web shop' },
      'Said that the account is not theirs: sold with the web shop.',
    ],
    'account-handed-back': [{ to: SAM }, 'Returned the account to U01SAM.'],
    'owner-proposed': [{ to: SAM }, 'Asked U01SAM to own the account.'],
    'owner-confirmed': [
      { replaces: 'ben@example.com' },
      'Confirmed that they own the account, in place of ben@example.com.',
    ],
    'owner-declined': [{ proposedBy: SAM }, 'Said that they do not own the account.'],
    attested: [
      { device: 'hardware', makeModel: 'YubiKey 5C NFC' },
      'Confirmed that root uses a hardware key: YubiKey 5C NFC.',
    ],
    'root-use-explained': [
      { incidentId: 'i1', reason: 'Changed the support plan.', ticket: 'SEC-7' },
      'Explained the use of root: Changed the support plan. (SEC-7).',
    ],
    'removal-requested': [request, 'Asked an admin to remove the root credentials.'],
    'removal-assigned': [request, 'Took on the removal of the root credentials.'],
    'removal-withdrawn': [request, 'Withdrew the request to remove the root credentials.'],
    'removal-done': [request, 'Root no longer has credentials, so the removal request is complete.'],
    'recovery-asked': [
      { windowId: 'w1', reason: 'Unlock a bucket.', ticket: 'SEC-7', until: '2026-11-24T13:00:00.000Z' },
      'Requested a recovery window until 2026-11-24 13:00 UTC: Unlock a bucket. (SEC-7).',
    ],
    'recovery-granted': [
      { windowId: 'w1', until: '2026-11-24T13:00:00.000Z' },
      'Granted the recovery window until 2026-11-24 13:00 UTC.',
    ],
    'recovery-declined': [
      { windowId: 'w1', reason: 'Use a role' },
      'Declined the recovery window: Use a role.',
    ],
    'recovery-withdrawn': [
      { windowId: 'w1' },
      'Closed the request for a recovery window without a decision.',
    ],
    'recovery-revoked': [{ windowId: 'w1' }, 'Ended the recovery window early.'],
    'recovery-ended': [
      { windowId: 'w1', left: 'Root has a password.' },
      'The recovery window ended, and root credentials are not removed: Root has a password.',
    ],
    'recovery-completed': [
      { windowId: 'w1' },
      'Root no longer has credentials, so the recovery window is closed.',
    ],
    'key-added': [
      { ...spareKey, source: 'person' },
      'Added the spare hardware token 123, held by U01SAM, kept in “safe 2”, battery until Mar 31, 2027 to the key register.',
    ],
    'key-changed': [
      { ...mainKey, source: 'request' },
      'Changed the key register: it names the main security key.',
    ],
    'key-removed': [mainKey, 'Removed the main security key from the key register.'],
    'keys-confirmed': [{ by: 'holder', keys: 2 }, 'Confirmed that they still have 2 keys of the account.'],
    'keys-shown': [{ keys: 2 }, 'Opened the key register of the account.'],
    'keys-listed': [{ accounts: 8 }, 'Listed the key register: 8 accounts.'],
    'root-use-denied': [{ incidentId: 'i1' }, 'Denied the use of root.'],
    'root-use-unanswered': [
      { incidentId: 'i1' },
      'Alerted the channel and the admins: no one explained the use of root in time.',
    ],
    'root-use-announced': [
      { useId: 'u1', reason: 'change of address', ticket: null, until: '2026-11-24T11:00:00.000Z' },
      'Announced the use of root until 2026-11-24 11:00 UTC: change of address.',
    ],
    'root-use-announcement-ended': [{ useId: 'u1' }, 'Ended the announcement of root use.'],
    'mfa-removal-explained': [
      { removalId: 'm1', reason: 'new key', untilDay: '2026-12-01' },
      'Explained the removal of MFA until Dec 1, 2026: new key.',
    ],
    'mfa-removal-denied': [{ removalId: 'm1' }, 'Denied having removed MFA.'],
    'mfa-removal-acknowledged': [{ removalId: 'm1' }, 'Acknowledged the alert that MFA was removed.'],
    'mfa-removal-assigned': [
      { removalId: 'm1', to: SAM },
      `Assigned the alert that MFA was removed to ${SAM}.`,
    ],
    'scan-requested': [{}, 'Started a scan of all accounts.'],
    'accounts-closed': [
      { accounts: 7, ids: ['111122223333'] as never },
      'Closed 7 accounts that the organization no longer lists.',
    ],
    exported: [{ format: 'csv', accounts: 40 }, 'Exported 40 accounts as CSV.'],
    'evidence-exported': [
      { from: '2026-07-01', to: '2026-09-30' },
      'Exported evidence for 2026-07-01 to 2026-09-30.',
    ],
    'access-refused': [
      { what: 'the list of all accounts', why: 'guest' },
      'Was denied access to the list of all accounts: guest.',
    ],
  };

test.each(Object.entries(EXAMPLES))('%s is described in a sentence', (kind, [detail, sentence]) => {
  expect(auditSentence({ kind, accountId, detail } as unknown as AuditEvent)).toBe(sentence);
});

test('a pack made on the command line names who made it', () => {
  const detail = { from: '2026-07-01', to: '2026-09-30', redacted: true, operator: 'sam' };

  expect(auditSentence({ kind: 'evidence-exported', detail })).toBe(
    'Exported evidence for 2026-07-01 to 2026-09-30, with pseudonyms for people, on the command line for “sam”.',
  );
});

test('a passkey is not a hardware key', () => {
  const detail = { device: 'passkey', makeModel: null } as const;

  expect(auditSentence({ kind: 'attested', accountId, detail })).toBe(
    'Confirmed that root uses a passkey, which can be copied.',
  );
});

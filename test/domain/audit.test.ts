import { expect, test } from '@jest/globals';
import { type AuditEvent, type AuditKind, auditSentence } from '../../src/domain/audit.ts';
import { SAM } from '../support/reminders.ts';
import { PAYMENTS } from '../support/token-requests.ts';

const accountId = PAYMENTS;
const request = { requestId: 'r1' };
const exemption = { exemptionId: 'e1' };

/** One event of each kind, with its sentence. */
const EXAMPLES: { readonly [K in AuditKind]: readonly [Extract<AuditEvent, { kind: K }>['detail'], string] } =
  {
    'token-requested': [
      { ...request, tokenKind: 'security-key', quantity: 2 },
      'Hardware was asked for: 2 × security key.',
    ],
    'token-approved': [request, 'The request for hardware was approved.'],
    'token-declined': [
      { ...request, reason: 'Use the one you have.' },
      'The request for hardware was declined: Use the one you have.',
    ],
    'token-shipped': [
      { ...request, note: 'DHL 123', serial: '42' },
      'The hardware was sent: DHL 123, serial 42.',
    ],
    'token-received': [request, 'The hardware has arrived.'],
    'token-cancelled': [{ ...request, reason: null }, 'The request for hardware was cancelled.'],
    'token-enrolled': [{ ...request, mfa: 'fido' }, 'Hardware was seen on root, so the request is done.'],
    'exemption-asked': [
      { ...exemption, reason: 'key ordered', compensatingControl: null, lastDay: '2026-12-31' },
      'Leave to fall short until 2026-12-31 was asked for: key ordered.',
    ],
    'exemption-granted': [
      { ...exemption, lastDay: '2026-12-31', note: ' ' },
      'Leave to fall short until 2026-12-31 was granted.',
    ],
    'exemption-declined': [{ ...exemption, reason: 'no' }, 'Leave to fall short was declined: no.'],
    'exemption-revoked': [exemption, 'Leave to fall short was revoked.'],
    'exemption-ended': [exemption, 'Leave to fall short came to its end.'],
    'exemption-control-lost': [
      { ...exemption, control: 'SCP deny-root on /Sandbox' },
      'Its compensating control is gone: SCP deny-root on /Sandbox no longer denies root.',
    ],
    'exemption-withdrawn': [exemption, 'The question for leave to fall short was withdrawn.'],
    'reminder-snoozed': [
      { until: '2026-12-01', snoozesLeft: 1 },
      'Reminders were put off until 2026-12-01; once more is possible.',
    ],
    'account-disowned': [
      { reason: 'sold with the web shop' },
      'The owner said that the account is not theirs: sold with the web shop.',
    ],
    'account-handed-back': [{ to: SAM }, 'The account was handed back to U01SAM.'],
    attested: [
      { device: 'hardware', makeModel: 'YubiKey 5C NFC' },
      'The owner said that root uses a hardware key: YubiKey 5C NFC.',
    ],
    'root-use-explained': [
      { incidentId: 'i1', reason: 'Changed the support plan.', ticket: 'SEC-7' },
      'Use of root was confirmed: Changed the support plan. (SEC-7).',
    ],
    'root-use-denied': [{ incidentId: 'i1' }, 'Use of root was denied: the person asked did not do it.'],
    'root-use-unanswered': [
      { incidentId: 'i1' },
      'Use of root was not explained in time, so channel and admins were alerted.',
    ],
    'root-use-announced': [
      { useId: 'u1', reason: 'change of address', ticket: null, until: '2026-11-24T11:00:00.000Z' },
      'Use of root was announced until 2026-11-24 11:00 UTC: change of address.',
    ],
    'root-use-announcement-ended': [{ useId: 'u1' }, 'The announcement of root use was ended.'],
    'scan-requested': [{}, 'A scan of all accounts was started by hand.'],
    exported: [{ format: 'csv', accounts: 40 }, '40 accounts were exported as CSV.'],
    'access-refused': [
      { what: 'the list of all accounts', why: 'guest' },
      'Access to the list of all accounts was refused: guest.',
    ],
  };

test.each(Object.entries(EXAMPLES))('%s is told in a sentence', (kind, [detail, sentence]) => {
  expect(auditSentence({ kind, accountId, detail } as unknown as AuditEvent)).toBe(sentence);
});

test('a passkey is no hardware key', () => {
  const detail = { device: 'passkey', makeModel: null } as const;

  expect(auditSentence({ kind: 'attested', accountId, detail })).toBe(
    'The owner said that root uses a passkey that can be copied.',
  );
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import type { Guardrails } from '../../../src/domain/guardrails/guardrails.ts';
import { exemptionKey } from '../../../src/domain/notification.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { saveDirectoryEntries } from '../../../src/store/accounts.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { findExemption } from '../../../src/store/exemptions.ts';
import { notificationByKey } from '../../../src/store/outbox.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { decideExemption } from '../../../src/usecases/exemptions/decide-exemption.ts';
import { requestExemption } from '../../../src/usecases/exemptions/request-exemption.ts';
import { alertPolicyProblems } from '../../../src/usecases/guardrails/alert-policy-problems.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { readAccount } from '../../../src/usecases/shared/read-accounts.ts';
import * as published from '../../domain/guardrails/published-policies.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { guardrailsUnder } from '../../support/guardrails.ts';
import { expectKind } from '../../support/token-requests.ts';

const db = await testDatabase();
const account = anAccount({ name: 'game-jam' });
const chloe = { id: slackUserId('U02CHLOE'), admin: true };
const sam = { id: slackUserId('U01SAM'), admin: true };
const now = new Date('2026-11-24T09:00:00Z');
let ctx: Context;

beforeEach(async () => {
  await emptyTables(db);
  ctx = contextWith('');
  await saveObservations(db, null, [{ account, verdict: aVerdict(), errors: [], checkedAt: now }]);
});

function contextWith(settings: string): Context {
  const config = parseConfig(`owners: { accounts: { "${account.id}": ana@example.com } }\n${settings}`);
  return aContext({ db, config, admins: [sam.id], now: () => now });
}

const under = (content?: string) => guardrailsUnder(account.id, content ? { content } : {});
const saveGuardrails = (guardrails: Guardrails) =>
  saveDirectoryEntries(db, [{ id: account.id, entry: { guardrails } }], now);

const fixBlockedAlert = () => notificationByKey(db, `finding/fix-blocked/p-deny-root/Sandbox/${sam.id}`);

describe('a policy that keeps the owner from fixing root', () => {
  test('is reported to every admin once, with what to change', async () => {
    await saveGuardrails(under(published.DENY_ROOT));

    expect(await alertPolicyProblems(ctx)).toEqual({ blockedFixes: 1, lostControls: 0 });
    expect(await alertPolicyProblems(ctx)).toEqual({ blockedFixes: 0, lostControls: 0 });

    expect(await fixBlockedAlert()).toMatchObject({
      to: { kind: 'person', id: sam.id },
      payload: {
        finding: 'fix-blocked',
        cure: expect.stringContaining('SCP deny-root on /Sandbox'),
        accounts: { count: 1, items: [{ name: 'game-jam' }] },
      },
    });
  });

  test.each([
    ['a condition that depends on the request', published.MFA_CHANGES_NEED_MFA],
    ['a policy about the removal of MFA, while MFA is to be added', published.KEEP_MFA],
    ['no policy', undefined],
  ])('not for %s', async (_, content) => {
    await saveGuardrails(under(content));

    expect(await alertPolicyProblems(ctx)).toMatchObject({ blockedFixes: 0 });
  });

  test('never makes a verdict better', async () => {
    await saveGuardrails(under(published.DENY_ROOT));

    expect(await readAccount(ctx, account.id)).toMatchObject({
      compliance: 'noncompliant',
      level1: 'fail',
      fixBlocked: { answer: 'yes' },
    });
  });

  test('is not looked at where guardrails are not checked', async () => {
    await saveGuardrails(under(published.DENY_ROOT));
    ctx = contextWith('guardrails: { check: "off" }');

    expect(await readAccount(ctx, account.id)).toMatchObject({ guardrails: null, fixBlocked: null });
    expect(await alertPolicyProblems(ctx)).toMatchObject({ blockedFixes: 0 });
  });
});

describe('a policy that denies root where an exemption is granted', () => {
  const request = { accountId: account.id, reason: 'Closing soon', lastDay: '2026-12-31' };

  async function grantExemption(): Promise<string> {
    const { id } = expectKind(await requestExemption(ctx, request, chloe), 'asked').exemption;
    await decideExemption(ctx, { id, decision: { kind: 'grant', note: null } }, sam);
    return id;
  }

  test('is recorded as its compensating control, and shown to those who decide', async () => {
    await saveGuardrails(under(published.DENY_ROOT_BUT_SESSIONS));

    const id = await grantExemption();

    expect(await findExemption(db, id)).toMatchObject({
      control: { id: 'p-deny-root', name: 'deny-root', target: '/Sandbox' },
      controlLostAt: null,
    });
    expect((await notificationByKey(db, exemptionKey(id)))?.payload).toMatchObject({
      policyControl: 'SCP deny-root on /Sandbox',
    });
  });

  test('is missed by the admins once it is surely gone, and only then', async () => {
    await saveGuardrails(under(published.DENY_ROOT_BUT_SESSIONS));
    const id = await grantExemption();

    await saveGuardrails(under(published.DENY_ROOT_FROM_OUTSIDE));
    expect(await alertPolicyProblems(ctx)).toMatchObject({ lostControls: 0 });

    await saveGuardrails(under());
    expect(await alertPolicyProblems(ctx)).toMatchObject({ lostControls: 1 });
    expect(await alertPolicyProblems(ctx)).toMatchObject({ lostControls: 0 });

    expect(await notificationByKey(db, `finding/control-lost/${id}/${sam.id}`)).toMatchObject({
      payload: { finding: 'control-lost', control: 'SCP deny-root on /Sandbox', exemptUntil: '2026-12-31' },
    });
    expect(await findExemption(db, id)).toMatchObject({ controlLostAt: now });
    expect((await listAuditEntries(db, { limit: 1 }))[0]).toMatchObject({ kind: 'exemption-control-lost' });
  });

  test('is no control where it denies root in parts', async () => {
    await saveGuardrails(under(published.DENY_ROOT_BUT_BUCKET_POLICIES));

    const id = await grantExemption();

    expect(await findExemption(db, id)).toMatchObject({ control: null });
  });
});

test('what could never be read is said to be unknown, unless it is not checked', async () => {
  const unread = async () => (await readAccount(ctx, account.id))?.policiesUnread;
  expect(await unread()).toBe(false);

  await saveDirectoryEntries(db, [{ id: account.id, entry: { tags: {} } }], now);
  expect(await unread()).toBe(true);

  ctx = contextWith('guardrails: { check: "off" }');
  expect(await unread()).toBe(false);
});

test('what could not be read again stays as it was', async () => {
  await saveGuardrails(under(published.DENY_ROOT));

  await saveDirectoryEntries(db, [{ id: account.id, entry: { tags: {} } }], new Date('2026-11-25T09:00:00Z'));

  expect((await readAccount(ctx, account.id))?.account).toMatchObject({
    guardrails: { deniesRoot: { answer: 'yes' } },
    guardrailsReadAt: now,
  });
});

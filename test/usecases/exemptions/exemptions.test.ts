import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { exemptionKey, exemptionUpdateKey } from '../../../src/domain/notification.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { findExemption, findOpenExemption } from '../../../src/store/exemptions.ts';
import { notificationByKey } from '../../../src/store/outbox.ts';
import { savePeople } from '../../../src/store/people.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { decideExemption } from '../../../src/usecases/exemptions/decide-exemption.ts';
import { processExpiringExemptions } from '../../../src/usecases/exemptions/process-expiring-exemptions.ts';
import { requestExemption } from '../../../src/usecases/exemptions/request-exemption.ts';
import { revokeExemption } from '../../../src/usecases/exemptions/revoke-exemption.ts';
import { withdrawExemption } from '../../../src/usecases/exemptions/withdraw-exemption.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { readAccount, readCompanyStatus } from '../../../src/usecases/shared/read-accounts.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { expectKind } from '../../support/token-requests.ts';

const db = await testDatabase();
const account = anAccount({ name: 'payments-prod' });
const config = parseConfig(`
owners: { accounts: { "${account.id}": ana@example.com } }
schedule: { timezone: Europe/Berlin }
`);
const ana = { id: slackUserId('U03ANA'), admin: false };
const ben = { id: slackUserId('U04BEN'), admin: false };
const sam = { id: slackUserId('U01SAM'), admin: true };
const chloe = { id: slackUserId('U02CHLOE'), admin: true };
const form = {
  accountId: account.id,
  reason: 'The key is stuck at customs',
  compensatingControl: 'The mailbox of root is locked',
  lastDay: '2026-12-31',
};
let time: Date;
let ctx: Context;

beforeEach(async () => {
  await emptyTables(db);
  time = new Date('2026-11-24T09:00:00Z');
  ctx = aContext({ db, config, now: () => time });
  const person = { teamId: 'T0HOME', timeZone: null, kind: 'member', awayUntil: null, readAt: time } as const;
  await savePeople(db, [
    { ...person, slackId: ana.id, name: 'Ana', email: 'ana@example.com' },
    { ...person, slackId: ben.id, name: 'Ben', email: 'ben@example.com' },
  ]);
  await saveVerdict(aVerdict());
});

const saveVerdict = (verdict: ReturnType<typeof aVerdict>) =>
  saveObservations(db, null, [{ account, verdict, errors: [], checkedAt: time }]);
const compliance = async () => (await readAccount(ctx, account.id))?.compliance;
const requestedExemption = async () => expectKind(await requestExemption(ctx, form, ana), 'asked').exemption;
const grantedExemption = async () => {
  const { id } = await requestedExemption();
  return expectKind(
    await decideExemption(ctx, { id, decision: { kind: 'grant', note: null } }, sam),
    'granted',
  ).exemption;
};
const requestNotification = (id: string) => notificationByKey(db, exemptionKey(id));
const updateNotification = (id: string, update: Parameters<typeof exemptionUpdateKey>[1]) =>
  notificationByKey(db, exemptionUpdateKey(id, update));
const auditLines = async () =>
  (await listAuditEntries(db, { limit: 10 })).map(({ kind, actor }) => `${actor} ${kind}`);

describe('a request for an exemption', () => {
  test('goes to those who decide, and changes nothing yet', async () => {
    const { id } = await requestedExemption();

    expect(await requestNotification(id)).toMatchObject({
      to: { kind: 'channel', id: 'C01SECURITY' },
      about: [account.id],
      payload: {
        state: 'asked',
        account: { name: 'payments-prod' },
        reason: form.reason,
        compensatingControl: form.compensatingControl,
        lastDay: '2026-12-31',
      },
    });
    expect(await compliance()).toBe('noncompliant');
    expect(await auditLines()).toEqual(['U03ANA exemption-asked']);
  });

  test('goes to the channel for keys where there is no security channel', async () => {
    ctx = { ...ctx, channels: { ...ctx.channels, digest: null, tokens: 'C04KEYS' } };

    const { id } = await requestedExemption();

    expect(await requestNotification(id)).toMatchObject({ to: { kind: 'channel', id: 'C04KEYS' } });
  });

  test('goes to the security channel, even where keys have one of their own', async () => {
    ctx = { ...ctx, channels: { ...ctx.channels, digest: 'C01SECURITY', tokens: 'C04KEYS' } };

    const { id } = await requestedExemption();

    expect((await requestNotification(id))?.to).toEqual({ kind: 'channel', id: 'C01SECURITY' });
  });

  test('waits at the account where there is no channel at all', async () => {
    ctx = { ...ctx, channels: { ...ctx.channels, digest: null, tokens: null } };

    const { id } = await requestedExemption();

    expect(await requestNotification(id)).toBeUndefined();
    expect(await readAccount(ctx, account.id)).toMatchObject({ exemption: { id, state: 'asked' } });
  });

  test('can be made by an admin for any account', async () => {
    expect(await requestExemption(ctx, form, sam)).toMatchObject({ kind: 'asked' });
  });

  test.each([
    ['by someone other than its owner', form, ben, 'not-yours'],
    ['without a reason', { ...form, reason: '  ' }, ana, 'no-reason'],
    ['for longer than the company allows', { ...form, lastDay: '2027-06-01' }, ana, 'too-long'],
    ['for a day that is over', { ...form, lastDay: '2026-11-23' }, ana, 'in-the-past'],
    ['for a day that does not exist', { ...form, lastDay: '2026-11-31' }, ana, 'not-a-date'],
    [
      'for an unknown account',
      { ...form, accountId: anAccount({ id: '999999999999' }).id },
      ana,
      'no-such-account',
    ],
  ])('%s is refused, and leaves no trace', async (_, wrong, by, kind) => {
    expect(await requestExemption(ctx, wrong, by)).toMatchObject({ kind });
    expect(await findOpenExemption(db, account.id)).toBeUndefined();
    expect(await auditLines()).toEqual([]);
  });

  test('for an account that is in order is refused', async () => {
    time = new Date('2026-11-24T10:00:00Z');
    await saveVerdict(aVerdict({ mfa: 'hardware', level1: 'pass', level2: 'pass' }));

    expect(await requestExemption(ctx, form, ana)).toEqual({ kind: 'nothing-to-exempt' });
  });

  test('sent twice is one question', async () => {
    const [first, second] = await Promise.all([
      requestExemption(ctx, form, ana),
      requestExemption(ctx, form, ana),
    ]);

    expect([first.kind, second.kind].sort()).toEqual(['already-open', 'asked']);
    expect(await findOpenExemption(db, account.id)).toBeDefined();
  });

  test('is withdrawn by the requester, and by no one else', async () => {
    const { id } = await requestedExemption();

    expect(await withdrawExemption(ctx, id, sam.id)).toEqual({ kind: 'not-yours' });
    expect(await withdrawExemption(ctx, id, ana.id)).toMatchObject({ kind: 'withdrawn' });
    expect(await withdrawExemption(ctx, id, ana.id)).toMatchObject({ kind: 'too-late' });
    expect((await requestNotification(id))?.payload).toMatchObject({ state: 'withdrawn' });
    expect(await auditLines()).toEqual(['U03ANA exemption-withdrawn', 'U03ANA exemption-asked']);
  });
});

describe('the answer of a second person', () => {
  test('makes the account exempt, counted apart from compliant ones', async () => {
    const { id } = await requestedExemption();

    await decideExemption(ctx, { id, decision: { kind: 'grant', note: 'Once' } }, sam);

    expect(await compliance()).toBe('exempt');
    expect((await readCompanyStatus(ctx)).coverage.compliance).toMatchObject({
      compliant: 0,
      exempt: 1,
      noncompliant: 0,
    });
    expect((await requestNotification(id))?.payload).toMatchObject({ state: 'granted', decidedBy: sam.id });
    expect(await updateNotification(id, 'granted')).toMatchObject({
      to: { kind: 'person', id: ana.id },
      payload: { by: sam.id, note: 'Once', lastDay: '2026-12-31' },
    });
    expect((await auditLines())[0]).toBe('U01SAM exemption-granted');
  });

  test('may be no, with a reason', async () => {
    const { id } = await requestedExemption();
    const declineWith = (reason: string) =>
      decideExemption(ctx, { id, decision: { kind: 'decline', reason } }, sam);

    expect(await declineWith(' ')).toEqual({ kind: 'no-reason' });
    expect(await declineWith('Spare keys are in the office')).toMatchObject({ kind: 'declined' });
    expect(await compliance()).toBe('noncompliant');
    expect((await updateNotification(id, 'declined'))?.payload).toMatchObject({
      note: 'Spare keys are in the office',
    });
  });

  test.each([
    ['an admin about a question of their own', sam, sam, 'own-request'],
    ['a person who is not an admin', ana, ben, 'not-an-admin'],
    ['the asker who is no admin', ana, ana, 'own-request'],
  ])('is not given by %s', async (_, asker, by, kind) => {
    const { id } = expectKind(await requestExemption(ctx, form, asker), 'asked').exemption;

    for (const decision of [
      { kind: 'grant', note: null },
      { kind: 'decline', reason: 'No' },
    ] as const) {
      expect(await decideExemption(ctx, { id, decision }, by)).toEqual({ kind });
    }
    expect(await findExemption(db, id)).toMatchObject({ state: 'asked' });
  });

  test('made twice counts once: the second click is too late', async () => {
    const { id } = await requestedExemption();
    const decide = (by: typeof sam) =>
      decideExemption(ctx, { id, decision: { kind: 'grant', note: null } }, by);

    const outcomes = await Promise.all([decide(sam), decide(chloe)]);

    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['granted', 'too-late']);
    expect((await auditLines()).filter((line) => line.includes('granted'))).toHaveLength(1);
  });

  test('is too late once the request was withdrawn, or its last day is over', async () => {
    const { id } = await requestedExemption();
    time = new Date('2027-01-02T09:00:00Z');
    const decision = { kind: 'grant', note: null } as const;
    expect(await decideExemption(ctx, { id, decision }, sam)).toEqual({ kind: 'already-over' });

    await withdrawExemption(ctx, id, ana.id);

    expect(await decideExemption(ctx, { id, decision }, sam)).toMatchObject({ kind: 'too-late' });
    expect(await decideExemption(ctx, { id: 'no-such', decision }, sam)).toEqual({
      kind: 'no-such-exemption',
    });
  });
});

describe('an exemption', () => {
  test('is ended early by an admin, and the requester is notified', async () => {
    const { id } = await grantedExemption();

    expect(await revokeExemption(ctx, id, chloe)).toMatchObject({ kind: 'revoked' });

    expect(await compliance()).toBe('noncompliant');
    expect((await updateNotification(id, 'revoked'))?.payload).toMatchObject({ by: chloe.id });
    expect((await requestNotification(id))?.payload).toMatchObject({ state: 'revoked' });
    expect(await revokeExemption(ctx, id, chloe)).toMatchObject({ kind: 'too-late' });
  });

  test('is canceled by its requester, who needs no notification about it', async () => {
    const { id } = await grantedExemption();

    expect(await revokeExemption(ctx, id, ben)).toEqual({ kind: 'not-an-admin' });
    expect(await revokeExemption(ctx, id, ana)).toMatchObject({ kind: 'revoked' });
    expect(await updateNotification(id, 'revoked')).toBeUndefined();
  });

  test('ends on time, whether or not anyone looks', async () => {
    await grantedExemption();

    time = new Date('2026-12-31T22:59:59Z');
    expect(await compliance()).toBe('exempt');
    time = new Date('2026-12-31T23:00:00Z');
    expect(await compliance()).toBe('noncompliant');
  });

  test('is not granted for ever: another one can be asked for once it is over, noticed or not', async () => {
    const { id } = await grantedExemption();
    time = new Date('2027-01-05T09:00:00Z');

    const again = await requestExemption(ctx, { ...form, lastDay: '2027-01-31' }, ana);

    expect(again).toMatchObject({ kind: 'asked' });
    expect(await findExemption(db, id)).toMatchObject({ state: 'ended' });
  });
});

describe('a round of watching', () => {
  test('announces the end a week before, once, and then closes it', async () => {
    const { id } = await grantedExemption();
    time = new Date('2026-12-20T09:00:00Z');
    expect(await processExpiringExemptions(ctx)).toEqual({ announced: 0, ended: 0, unanswered: 0 });

    time = new Date('2026-12-26T09:00:00Z');
    expect(await processExpiringExemptions(ctx)).toEqual({ announced: 1, ended: 0, unanswered: 0 });
    expect(await processExpiringExemptions(ctx)).toEqual({ announced: 0, ended: 0, unanswered: 0 });
    expect(await updateNotification(id, 'ending')).toMatchObject({ to: { id: ana.id } });

    time = new Date('2027-01-01T09:00:00Z');
    expect(await processExpiringExemptions(ctx)).toEqual({ announced: 0, ended: 1, unanswered: 0 });
    expect(await processExpiringExemptions(ctx)).toEqual({ announced: 0, ended: 0, unanswered: 0 });
    expect(await updateNotification(id, 'ended')).toBeDefined();
    expect((await requestNotification(id))?.payload).toMatchObject({ state: 'ended' });
    expect((await auditLines())[0]).toBe('bot exemption-ended');
  });

  test('closes an unanswered request, and says so', async () => {
    const { id } = await requestedExemption();
    time = new Date('2027-01-01T09:00:00Z');

    expect(await processExpiringExemptions(ctx)).toEqual({ announced: 0, ended: 0, unanswered: 1 });

    expect(await findExemption(db, id)).toMatchObject({ state: 'withdrawn' });
    expect(await updateNotification(id, 'unanswered')).toMatchObject({ to: { id: ana.id } });
    expect((await auditLines())[0]).toBe('bot exemption-withdrawn');
  });

  test('sends nothing about an exemption that is no longer needed', async () => {
    const { id } = await grantedExemption();
    time = new Date('2026-12-26T09:00:00Z');
    await saveVerdict(aVerdict({ mfa: 'hardware', level1: 'pass', level2: 'pass' }));
    await processExpiringExemptions(ctx);
    time = new Date('2027-01-01T09:00:00Z');
    await processExpiringExemptions(ctx);

    expect(await updateNotification(id, 'ending')).toBeUndefined();
    expect(await updateNotification(id, 'ended')).toBeUndefined();
    expect(await findExemption(db, id)).toMatchObject({ state: 'ended' });
  });

  test('announces no end that the grant itself announced a day ago', async () => {
    const { id } = expectKind(
      await requestExemption(ctx, { ...form, lastDay: '2026-11-28' }, ana),
      'asked',
    ).exemption;
    await decideExemption(ctx, { id, decision: { kind: 'grant', note: null } }, sam);

    expect(await processExpiringExemptions(ctx)).toMatchObject({ announced: 0 });
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import { rootEventMessage } from '@root-mfa-bot/aws-simulator';
import { parseConfig } from '../../../src/config/config.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { notificationsAbout } from '../../../src/store/outbox.ts';
import { savePeople } from '../../../src/store/people.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { decideRecoveryWindow } from '../../../src/usecases/recovery-windows/decide-recovery-window.ts';
import { processRecoveryWindows } from '../../../src/usecases/recovery-windows/process-recovery-windows.ts';
import { requestRecoveryWindow } from '../../../src/usecases/recovery-windows/request-recovery-window.ts';
import { notifyIncidents } from '../../../src/usecases/root-events/notify-incidents.ts';
import { alertUnansweredIncidents } from '../../../src/usecases/root-events/raise-root-alerts.ts';
import { readExplanations } from '../../../src/usecases/root-events/read-explanations.ts';
import { receiveRootEvents } from '../../../src/usecases/root-events/receive-root-events.ts';
import { applyScanEffects } from '../../../src/usecases/scan/apply-scan-effects/index.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { readAccount } from '../../../src/usecases/shared/read-accounts.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { expectKind } from '../../support/token-requests.ts';

const db = await testDatabase();
const account = anAccount({ name: 'payments-prod' });
const config = parseConfig(`
policy: { rootCredentials: forbidden }
owners: { accounts: { "${account.id}": ana@example.com } }
`);
const ana = { id: slackUserId('U03ANA'), admin: false };
const ben = { id: slackUserId('U04BEN'), admin: false };
const sam = { id: slackUserId('U01SAM'), admin: true };
const HOUR_MS = 60 * 60_000;
let time: Date;
let ctx: Context;

const without = aVerdict({
  mfa: 'no_credentials',
  level1: 'not_applicable',
  level2: 'not_applicable',
  rootCredentials: 'absent',
  rootCredentialsFound: [],
  rootCredentialsWhy: 'Root has no password, access key, signing certificate or MFA device.',
});
const withPassword = aVerdict({
  mfa: 'none',
  rootCredentials: 'present',
  rootCredentialsFound: ['password'],
  rootCredentialsWhy: 'Root has a password.',
});

beforeEach(async () => {
  await emptyTables(db);
  time = new Date('2026-11-24T09:00:00Z');
  ctx = aContext({ db, config, admins: [sam.id], now: () => time });
  const person = { teamId: 'T0HOME', timeZone: null, kind: 'member', awayUntil: null, readAt: time } as const;
  await savePeople(db, [
    { ...person, slackId: ana.id, name: 'Ana', email: 'ana@example.com' },
    { ...person, slackId: ben.id, name: 'Ben', email: 'ben@example.com' },
  ]);
  await isSeen(without);
});

/** A check sees this. */
async function isSeen(verdict: Verdict): Promise<void> {
  await db.transaction(async (tx) => {
    const observations = [{ account, verdict, errors: [], checkedAt: time }];
    await applyScanEffects({ tx, ctx, at: time }, await saveObservations(tx, null, observations));
  });
}

const form = () => ({
  accountId: account.id,
  reason: 'Unlock a bucket',
  ticket: 'SEC-7',
  endsAt: new Date(time.getTime() + 4 * HOUR_MS),
});
const requested = async () => expectKind(await requestRecoveryWindow(ctx, form(), ana), 'requested').window;
async function granted(): Promise<string> {
  const { id } = await requested();
  expectKind(await decideRecoveryWindow(ctx, { id, decision: { kind: 'grant' } }, sam), 'granted');
  return id;
}
const pass = (hours: number) => {
  time = new Date(time.getTime() + hours * HOUR_MS);
};
const process = () => processRecoveryWindows(ctx, { instance: 'one' });
/** Oldest first. */
const notifications = async (kind: string) =>
  (await notificationsAbout(db, account.id))
    .filter((one) => one.kind === kind)
    .map(({ to, payload }): Record<string, unknown> => ({ to: to.id, ...(payload as object) }))
    .reverse();
const alarms = async () => (await notifications('alert')).map(({ to, alarm }) => `${alarm} to ${to}`).sort();
const updates = async () => (await notifications('recovery-update')).map(({ update }) => update);
const auditLines = async () =>
  (await listAuditEntries(db, { limit: 10 })).map(({ kind, actor }) => `${actor} ${kind}`).reverse();

describe('a request for a recovery window', () => {
  test('is posted to those who decide, shown at the account, and changes nothing yet', async () => {
    const { id } = await requested();

    expect(await notifications('recovery-window')).toMatchObject([
      { to: 'C01SECURITY', window: { id, state: 'asked', ticket: 'SEC-7' } },
    ]);
    expect((await readAccount(ctx, account.id))?.recoveryWindow).toMatchObject({ id, state: 'asked' });
    expect((await requestRecoveryWindow(ctx, form(), ana)).kind).toBe('already-open');

    await isSeen(withPassword);
    expect(await alarms()).toEqual([
      'credentials-returned to C01SECURITY',
      `credentials-returned to ${ana.id}`,
    ]);
  });

  test('goes to the admins where there is no channel', async () => {
    ctx = { ...ctx, channels: { ...ctx.channels, digest: null, tokens: null } };

    await requested();

    expect((await notifications('recovery-window')).map(({ to }) => to)).toEqual([sam.id]);
  });

  test('is for the owner and admins, and for accounts where policy forbids root credentials', async () => {
    expect((await requestRecoveryWindow(ctx, form(), ben)).kind).toBe('not-yours');
    const tooLong = { ...form(), endsAt: new Date(time.getTime() + 73 * HOUR_MS) };
    expect((await requestRecoveryWindow(ctx, tooLong, ana)).kind).toBe('too-long');
    const allowed = aContext({ db, config: parseConfig(''), now: () => time });
    expect((await requestRecoveryWindow(allowed, form(), sam)).kind).toBe('not-needed');
  });

  test('that no one decides is closed at its end, and another one can follow', async () => {
    await requested();
    pass(5);

    expect(await process()).toEqual({ announced: 0, closed: 1 });

    expect(await updates()).toEqual(['unanswered']);
    expect(await auditLines()).toEqual([`${ana.id} recovery-asked`, 'bot recovery-withdrawn']);
    await requested();
  });
});

describe('during an open window', () => {
  test('a password raises no alert, and events of root are expected', async () => {
    const id = await granted();
    pass(1);
    await isSeen(withPassword);

    expect(await alarms()).toEqual([]);
    const explain = await readExplanations(db, [account.id], time);
    expect(explain(account.id, time)).toMatchObject({ kind: 'recovery-window', id, by: ana.id });
  });

  test('a use of root is attached to it: the channel sees whose window it is, and no one is asked', async () => {
    const id = await granted();
    pass(1);
    const event = (action: 'recovery-completed' | 'sign-in') =>
      rootEventMessage({ accountId: account.id, action, at: time });
    await receiveRootEvents(ctx, [event('recovery-completed'), event('sign-in')]);
    await notifyIncidents(ctx);

    const [line, ...others] = await notifications('root-incident');
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      to: 'C01SECURITY',
      state: 'expected',
      expected: { kind: 'recovery-window', by: ana.id, reason: 'Unlock a bucket', ticket: 'SEC-7' },
    });
    const rows = await db.query<{ explanation_id: string }>('select explanation_id from root_incidents');
    expect(rows).toEqual([{ explanation_id: id }]);

    pass(1);
    expect(await alertUnansweredIncidents(ctx)).toBe(0);
  });

  test('the check that sees no credentials closes it', async () => {
    await granted();
    await isSeen(without);
    pass(1);
    await isSeen(withPassword);
    pass(1);
    await isSeen(without);

    expect(await updates()).toEqual(['granted', 'completed']);
    expect((await readAccount(ctx, account.id))?.recoveryWindow).toBeNull();
    expect(await auditLines()).toEqual([
      `${ana.id} recovery-asked`,
      `${sam.id} recovery-granted`,
      'bot recovery-completed',
    ]);
    pass(1);
    await isSeen(withPassword);
    expect(await alarms()).toHaveLength(2);
  });

  test('the requester is reminded once, an hour before the end', async () => {
    await granted();
    pass(2.9);
    expect(await process()).toEqual({ announced: 0, closed: 0 });
    pass(0.2);
    expect(await process()).toEqual({ announced: 1, closed: 0 });
    expect(await process()).toEqual({ announced: 0, closed: 0 });

    expect(await updates()).toEqual(['granted', 'ending']);
  });
});

describe('at the end of a window', () => {
  test('credentials that are left are an alert to the channel, and the requester hears which', async () => {
    await granted();
    await isSeen(withPassword);
    pass(4);
    await process();

    expect(await alarms()).toEqual(['recovery-window-ended to C01SECURITY']);
    expect((await notifications('recovery-update')).at(-1)).toMatchObject({
      to: ana.id,
      update: 'ended',
      left: 'Root has a password.',
    });
    expect(await process()).toEqual({ announced: 0, closed: 0 });

    pass(1);
    await isSeen(without);
    expect(await notifications('alert')).toMatchObject([{ fixedAt: time.toISOString() }]);
  });

  test('an account that cannot be read counts as not removed', async () => {
    await granted();
    await isSeen({ ...withPassword, rootCredentials: 'unknown', rootCredentialsFound: [] });
    pass(4);
    await process();

    expect(await alarms()).toEqual(['recovery-window-ended to C01SECURITY']);
  });

  test('nothing is left where root was never recovered', async () => {
    await granted();
    pass(4);
    await process();

    expect(await alarms()).toEqual([]);
    expect((await notifications('recovery-update')).at(-1)).toMatchObject({ update: 'ended', left: null });
  });

  test('an early end alerts likewise, and the owner hears if an admin had asked', async () => {
    const { window } = expectKind(
      await requestRecoveryWindow(ctx, form(), { id: slackUserId('U02CHLOE'), admin: true }),
      'requested',
    );
    await decideRecoveryWindow(ctx, { id: window.id, decision: { kind: 'grant' } }, sam);
    await isSeen(withPassword);

    await decideRecoveryWindow(ctx, { id: window.id, decision: { kind: 'end' } }, sam);

    expect(await alarms()).toEqual([
      'recovery-window-ended to C01SECURITY',
      `recovery-window-ended to ${ana.id}`,
    ]);
  });
});

describe('without a window', () => {
  test('a further credential is an alert, and one that was unreadable before is not', async () => {
    const withKey = aVerdict({
      ...withPassword,
      rootCredentialsFound: ['password', 'access_key'],
      rootCredentialsWhy: 'Root has a password and an access key.',
    });
    const unclear = aVerdict({
      ...withPassword,
      rootCredentialsWhy: 'Root has a password. Could not confirm whether root has an access key.',
    });
    await isSeen(unclear);
    await isSeen(withKey);
    expect(await alarms()).toEqual([
      'credentials-returned to C01SECURITY',
      `credentials-returned to ${ana.id}`,
    ]);

    pass(1);
    await isSeen(withPassword);
    pass(1);
    await isSeen(withKey);

    expect((await notifications('alert')).filter(({ alarm }) => alarm === 'credentials-added')).toMatchObject(
      [
        { to: 'C01SECURITY', why: 'New: an access key. Root has a password and an access key.' },
        { to: ana.id },
      ],
    );
  });
});

describe('an owner whose root cannot sign in any more', () => {
  const told = async () => (await notifications('no-sign-in')).map(({ to }) => to);

  test('hears once that there is nothing to do', async () => {
    ctx = { ...ctx, config: { ...config, reminders: { ...config.reminders, mode: 'on' } } };
    await isSeen(withPassword);
    expect(await told()).toEqual([]);

    await isSeen(without);
    pass(1);
    await isSeen(withPassword);
    await isSeen(without);

    expect(await told()).toEqual([ana.id]);
  });

  test('hears nothing while reminders are not sent', async () => {
    await isSeen(withPassword);
    await isSeen(without);

    expect(await told()).toEqual([]);
  });

  test('hears it from the recovery window that closes', async () => {
    ctx = { ...ctx, config: { ...config, reminders: { ...config.reminders, mode: 'on' } } };
    await granted();
    await isSeen(withPassword);
    pass(1);
    await isSeen(without);

    expect(await told()).toEqual([]);
    expect(await updates()).toContain('completed');
  });
});

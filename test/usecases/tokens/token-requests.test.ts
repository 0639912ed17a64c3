import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { type AccountId, accountId } from '../../../src/domain/account.ts';
import type {
  TokenHandoverNotification,
  TokenRequestNotification,
  TokenUpdateNotification,
} from '../../../src/domain/notification.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import type { TokenForm } from '../../../src/domain/token-request.ts';
import type { Mfa } from '../../../src/domain/verdict.ts';
import { renderNotification } from '../../../src/slack/views/notification.ts';
import { closeAccounts, saveAccounts } from '../../../src/store/accounts.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { type Notification, notificationByKey, notificationsAbout } from '../../../src/store/outbox.ts';
import { savePeople } from '../../../src/store/people.ts';
import { findTokenRequest } from '../../../src/store/token-requests.ts';
import { readStock } from '../../../src/store/token-stock.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { applyScanEffects } from '../../../src/usecases/scan/apply-scan-effects/index.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { cancelTokenRequest } from '../../../src/usecases/tokens/cancel-token-request.ts';
import {
  approveTokenRequest,
  declineTokenRequest,
} from '../../../src/usecases/tokens/decide-token-request.ts';
import { finishTokenRequest } from '../../../src/usecases/tokens/finish-token-request.ts';
import {
  followUpInReminder,
  followUpTokenRequests,
  plannedFollowUps,
} from '../../../src/usecases/tokens/follow-up-token-requests.ts';
import { handOverTokenRequests } from '../../../src/usecases/tokens/hand-over-token-requests.ts';
import {
  readOpenTokenRequests,
  readOwnTokenRequests,
  readTokenRequestForApprover,
} from '../../../src/usecases/tokens/read-token-requests.ts';
import { receiveTokens } from '../../../src/usecases/tokens/receive-tokens.ts';
import { canShip, shippingVersion, shipTokens } from '../../../src/usecases/tokens/ship-tokens.ts';
import { submitTokenRequest } from '../../../src/usecases/tokens/submit-token-request.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabases } from '../../support/database.ts';
import { runOverlapping } from '../../support/overlapping-transactions.ts';

const instances = await testDatabases(2);
const [db, otherDb] = instances as [(typeof instances)[number], (typeof instances)[number]];

const PAYMENTS = accountId('111122223333');
const LEDGER = accountId('111122224444');
const BENS = accountId('555566660002');
const ana = { id: slackUserId('U03ANA'), admin: false };
const ben = { id: slackUserId('U04BEN'), admin: false };
const sam = { id: slackUserId('U01SAM'), admin: true };
const chloe = { id: slackUserId('U02CHLOE'), admin: true };

const owners = parseConfig(`
owners:
  accounts:
    "${PAYMENTS}": ana@example.com
    "${LEDGER}": U03ANA
    "${BENS}": ben@example.com
tokens:
  offices: [London, Tokyo]
`);

let ctx: Context;
let time: Date;

beforeEach(async () => {
  await emptyTables(db);
  // Tuesday morning in London.
  time = new Date('2026-11-24T10:00:00Z');
  ctx = contextOn(db);
  await saveAccounts(
    db,
    [
      anAccount({ id: PAYMENTS, name: 'payments-prod' }),
      anAccount({ id: LEDGER, name: 'payments-ledger' }),
      anAccount({ id: BENS, name: 'bens-idea' }),
    ],
    time,
  );
  await savePeople(db, [
    aPerson(ana.id, 'ana@example.com'),
    aPerson(ben.id, 'ben@example.com'),
    aPerson(sam.id, 'sam@example.com'),
    aPerson(chloe.id, 'chloe@example.com'),
  ]);
  await saveMfa({ [PAYMENTS]: 'virtual', [LEDGER]: 'none', [BENS]: 'none' });
});

function contextOn(database: typeof db): Context {
  return aContext({ db: database, config: owners, now: () => time, admins: [sam.id, chloe.id] });
}

function aPerson(slackId: string, email: string) {
  const kind = 'member' as const;
  return {
    slackId,
    email,
    kind,
    teamId: 'T0',
    name: slackId,
    timeZone: 'UTC',
    awayUntil: null,
    readAt: time,
  };
}

/** A look at AWS: what root of each account shows now. */
/** Saves what a scan saw on root, with that many security keys where there are any. */
async function saveMfa(mfas: Record<string, Mfa>, keys: number | undefined = 2): Promise<void> {
  const observations = Object.entries(mfas).map(([id, mfa]) => ({
    account: anAccount({ id }),
    verdict: aVerdict({ mfa }),
    ...(keys !== undefined && { rootDevices: { virtual: 0, fido: keys, tokens: 0, unrecognized: 0 } }),
    errors: [],
    checkedAt: time,
  }));
  await db.transaction(async (tx) =>
    applyScanEffects({ tx, ctx, at: time }, await saveObservations(tx, null, observations)),
  );
}

const form: TokenForm = { id: 'r1', kind: 'security-key', quantity: 2, office: 'London' };
const submit = (
  accountIds: readonly AccountId[] = [PAYMENTS],
  by = ana,
  overrides: Partial<TokenForm> = {},
) => submitTokenRequest(ctx, { form: { ...form, ...overrides }, accountIds, by });

async function ship(by = sam, overrides: { note?: string; serial?: string; expectedOn?: string } = {}) {
  const request = await findTokenRequest(db, 'r1');
  const expectedVersion = request && canShip(request) ? shippingVersion(request) : '';
  return shipTokens(ctx, { requestId: 'r1', by, note: 'DHL 123', expectedVersion, ...overrides });
}

const r1 = { requestId: 'r1' };
const approveFirst = async () => {
  await submit();
  return approveTokenRequest(ctx, { ...r1, by: sam });
};
const shipFirst = async (parcel: { expectedOn?: string } = {}) => {
  await approveFirst();
  return ship(sam, parcel);
};
const receiveFirst = async () => {
  await shipFirst();
  return receiveTokens(ctx, { ...r1, by: ana });
};

const channelNotification = async () =>
  (await notificationByKey<TokenRequestNotification>(db, 'token-request/r1'))
    ?.payload as TokenRequestNotification;
const updatesTo = async (person: string): Promise<TokenUpdateNotification[]> => {
  const notifications = (await notificationsAbout(db, PAYMENTS)) as Notification<TokenUpdateNotification>[];
  return notifications
    .filter(({ to, kind }) => to.id === person && kind === 'token-news')
    .map(({ payload }) => payload);
};
const auditKinds = async () =>
  (await listAuditEntries(db, { accountId: PAYMENTS, limit: 20 })).map(({ kind }) => kind).reverse();

describe('a key finds its way', () => {
  test('from the request to the check that sees it on root', async () => {
    const asked = await submit([PAYMENTS, LEDGER]);
    expect(asked).toMatchObject({ kind: 'requested', postedToChannel: true });
    expect(await notificationByKey(db, 'token-request/r1')).toMatchObject({
      to: { kind: 'channel', id: 'C04KEYS' },
      about: [PAYMENTS, LEDGER],
      payload: { state: 'requested', accounts: [{ name: 'payments-prod' }, { name: 'payments-ledger' }] },
    });

    expect(await approveTokenRequest(ctx, { ...r1, by: sam })).toMatchObject({ kind: 'approved' });
    expect(await ship(sam, { serial: '5C-17' })).toMatchObject({
      kind: 'shipped',
      request: { serial: '5C-17' },
    });
    expect(await receiveTokens(ctx, { ...r1, by: ana })).toMatchObject({ kind: 'received' });

    time = new Date('2026-11-25T10:00:00Z');
    await saveMfa({ [PAYMENTS]: 'fido' });
    expect(await channelNotification()).toMatchObject({
      state: 'received',
      accounts: [{ settled: 'enrolled' }, { settled: null }],
    });
    await saveMfa({ [LEDGER]: 'hardware' });

    expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'enrolled', closedAt: time });
    expect((await channelNotification()).history.map(({ state, by }) => [state, by])).toEqual([
      ['requested', ana.id],
      ['approved', sam.id],
      ['shipped', sam.id],
      ['received', ana.id],
      ['enrolled', 'bot'],
    ]);
    expect((await updatesTo(ana.id)).map(({ news }) => news)).toEqual(['enrolled', 'shipped', 'approved']);
    expect(await auditKinds()).toEqual([
      'token-requested',
      'token-approved',
      'token-shipped',
      'token-received',
      'token-enrolled',
      'key-added',
      'key-added',
    ]);
  });

  test('takes the keys out of the stock, and shows approvers what is left', async () => {
    const stocked = (keys: number) => ({
      ...ctx,
      config: { ...owners, tokens: { ...owners.tokens, stock: { London: { 'security-key': keys } } } },
    });
    const kept = stocked(4);
    const stockText = async () => {
      const { blocks } = renderNotification(await channelNotification());
      return /In stock, London: [^"\\]*/.exec(JSON.stringify(blocks))?.[0];
    };
    await submitTokenRequest(kept, { form, accountIds: [PAYMENTS], by: ana });
    expect(await stockText()).toBe('In stock, London: 4 security keys · :warning: low: order more');
    expect((await readTokenRequestForApprover(kept, 'r1'))?.summary).toMatchObject({
      stock: { place: 'London', remaining: 4 },
      accounts: [{ situation: { compliance: 'noncompliant', owner: 'ana@example.com' } }],
    });

    await approveTokenRequest(kept, { ...r1, by: sam });
    const shipment = { ...r1, by: sam, note: 'DHL 1', expectedOn: '2026-12-01' };
    const request = await findTokenRequest(db, 'r1');
    const expectedVersion = request?.state === 'approved' ? request.decidedAt.toISOString() : '';
    expect(await shipTokens(kept, { ...shipment, expectedVersion })).toMatchObject({ kind: 'shipped' });

    expect(await stockText()).toBe('In stock, London: 2 security keys · :warning: low: order more');
    expect(await channelNotification()).toMatchObject({ expectedOn: '2026-12-01' });
    expect((await updatesTo(ana.id))[0]).toMatchObject({ news: 'shipped', expectedOn: '2026-12-01' });

    // A new count in the configuration counts from then on.
    const entry = { place: 'London', kind: 'security-key' } as const;
    expect(await readStock(db, { ...entry, counted: 4 })).toBe(2);
    expect(await readStock(db, { ...entry, counted: 50 })).toBe(50);
  });

  test('waits for the second of two keys, whose message ends with the request', async () => {
    await receiveFirst();
    time = new Date('2026-11-25T10:00:00Z');
    await saveMfa({ [PAYMENTS]: 'fido' }, 1);

    expect(await findTokenRequest(db, 'r1')).toMatchObject({
      state: 'received',
      accounts: [{ settled: null }],
    });
    expect(await notificationByKey(db, 'token-request/r1/second-key')).toMatchObject({
      to: { kind: 'person', id: ana.id },
      payload: { kind: 'second-key', counted: true, accounts: [{ name: 'payments-prod' }] },
    });

    await saveMfa({ [PAYMENTS]: 'fido' }, 2);
    expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'enrolled' });
    expect(await notificationByKey(db, 'token-request/r1/second-key')).toMatchObject({
      payload: { closed: 'enrolled' },
    });
  });

  test('ends with one of two keys when the requester says that the spare is for later', async () => {
    await receiveFirst();
    time = new Date('2026-11-25T10:00:00Z');
    await saveMfa({ [PAYMENTS]: 'fido' }, 1);

    expect(await finishTokenRequest(ctx, { ...r1, by: sam.id, answer: 'later' })).toEqual({
      kind: 'not-yours',
    });
    expect(await finishTokenRequest(ctx, { ...r1, by: ana.id, answer: 'later' })).toMatchObject({
      kind: 'enrolled',
    });
    expect(await finishTokenRequest(ctx, { ...r1, by: ana.id, answer: 'later' })).toMatchObject({
      kind: 'too-late',
    });

    const entry = (await listAuditEntries(db, { accountId: PAYMENTS, limit: 20 })).find(
      ({ kind }) => kind === 'token-enrolled',
    );
    expect(entry).toMatchObject({ actor: ana.id, detail: { secondKey: 'later' } });
  });

  test('is closed by hardware on root, even if no one decided it', async () => {
    await submit();
    await saveMfa({ [PAYMENTS]: 'fido' });

    expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'enrolled' });
    expect(await updatesTo(ana.id)).toMatchObject([{ news: 'enrolled', step: { by: 'bot' } }]);
    expect((await ctx.decisions.current()).tokenRequests.size).toBe(0);
  });

  test('and a second key beside the first counts once it was received, though no verdict changes', async () => {
    await saveMfa({ [PAYMENTS]: 'fido' });
    time = new Date('2026-11-24T10:05:00Z');
    await receiveFirst();
    expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'received' });

    time = new Date('2026-11-25T10:00:00Z');
    await saveMfa({ [LEDGER]: 'virtual' });
    expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'received' });
    await saveMfa({ [PAYMENTS]: 'fido' });

    expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'enrolled' });
  });

  test('is closed where no one can sign in as root anymore', async () => {
    await approveFirst();
    await saveMfa({ [PAYMENTS]: 'no_credentials' });

    expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'cancelled', cancelledBy: 'bot' });
    expect((await updatesTo(ana.id))[0]).toMatchObject({ news: 'cancelled', step: { by: 'bot' } });
    expect((await auditKinds()).at(-1)).toBe('token-cancelled');
  });

  test('or the account has left the organization', async () => {
    await submit();
    await closeAccounts(db, [PAYMENTS], time);
    await saveMfa({ [LEDGER]: 'none' });

    expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'cancelled', cancelledBy: 'bot' });
  });

  test('but not where the account could not be read', async () => {
    await receiveFirst();
    await saveMfa({ [PAYMENTS]: 'unknown' });

    expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'received' });
  });

  test('a lost parcel is sent again, and the message about the first one has no button anymore', async () => {
    await shipFirst();
    time = new Date('2026-12-04T10:00:00Z');

    expect(await ship(sam, { note: 'DHL 456' })).toMatchObject({ kind: 'shipped' });
    await receiveTokens(ctx, { ...r1, by: ana });

    const [second, first] = await updatesTo(ana.id);
    expect(second).toMatchObject({ news: 'shipped', step: { state: 'received' } });
    expect(first).toMatchObject({ news: 'shipped', step: { note: 'DHL 456' } });
  });
});

describe('what is refused', () => {
  test('a second request for an account, with who asked and how far it is', async () => {
    await approveFirst();

    expect(await submit([PAYMENTS], sam, { id: 'r2' })).toMatchObject({
      kind: 'already-open',
      account: { name: 'payments-prod' },
      request: { id: 'r1', state: 'approved', requestedBy: ana.id },
    });
  });

  test.each([
    [
      'for an account of another owner',
      [BENS],
      ana,
      {},
      { kind: 'not-yours', account: { name: 'bens-idea' } },
    ],
    ['for no account', [], ana, {}, { kind: 'no-accounts' }],
    ['for an unknown account', [accountId('999999999999')], sam, {}, { kind: 'no-such-account' }],
    ['to an office that is none', [PAYMENTS], ana, { office: 'Mars' }, { kind: 'no-such-office' }],
    ['for too many keys', [PAYMENTS], ana, { quantity: 9 }, { kind: 'wrong-quantity', max: 8 }],
  ] as const)('a request %s', async (_what, accounts, by, over, outcome) => {
    expect(await submit(accounts, by, over)).toMatchObject(outcome);
    expect(await findTokenRequest(db, 'r1')).toBeUndefined();
    expect(await notificationsAbout(db, PAYMENTS)).toEqual([]);
  });

  test('where people see only their own accounts, a request says nothing about others, not even that they exist', async () => {
    const { config } = ctx;
    const hiding = {
      ...ctx,
      config: { ...config, slack: { ...config.slack, visibility: 'owners' as const } },
    };
    const request = (id: AccountId) =>
      submitTokenRequest(hiding, { form: { ...form, id: 'r9' }, accountIds: [id], by: ana });
    const missing = accountId('999999999999');
    await submit([BENS], ben);

    for (const id of [BENS, missing])
      expect(await request(id)).toEqual({ kind: 'not-yours', account: { id, name: id } });
  });

  test('a request where no one can sign in as root', async () => {
    await saveMfa({ [PAYMENTS]: 'no_credentials' });

    expect(await submit()).toMatchObject({ kind: 'nothing-to-protect', account: { id: PAYMENTS } });
  });

  test('an admin can request for anyone, but another one decides', async () => {
    await submit([BENS], sam);

    expect(await approveTokenRequest(ctx, { ...r1, by: sam })).toEqual({ kind: 'own-request' });
    expect(await declineTokenRequest(ctx, { ...r1, by: sam, reason: 'No' })).toEqual({ kind: 'own-request' });
    expect(await approveTokenRequest(ctx, { ...r1, by: chloe })).toMatchObject({ kind: 'approved' });
  });

  test('a person who is not an admin decides and sends nothing', async () => {
    await submit();
    expect(await approveTokenRequest(ctx, { ...r1, by: ben })).toEqual({ kind: 'not-an-admin' });
    expect(await declineTokenRequest(ctx, { ...r1, by: ben, reason: 'No' })).toEqual({
      kind: 'not-an-admin',
    });

    await approveTokenRequest(ctx, { ...r1, by: sam });
    expect(await ship(ben)).toEqual({ kind: 'not-an-admin' });
  });

  test('only the requester has received it, and only they or an admin cancel', async () => {
    await shipFirst();

    expect(await receiveTokens(ctx, { ...r1, by: sam })).toEqual({ kind: 'not-yours' });
    expect(await cancelTokenRequest(ctx, { ...r1, by: ben, reason: 'why not' })).toEqual({
      kind: 'not-yours',
    });
    expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'shipped' });
  });

  test('to decline, to cancel for another, or to send without a word', async () => {
    await submit();
    expect(await declineTokenRequest(ctx, { ...r1, by: sam, reason: ' ' })).toEqual({ kind: 'no-reason' });
    expect(await cancelTokenRequest(ctx, { ...r1, by: sam, reason: null })).toEqual({ kind: 'no-reason' });

    await approveTokenRequest(ctx, { ...r1, by: sam });
    expect(await ship(sam, { note: ' ' })).toEqual({ kind: 'no-shipping-note' });
  });

  test.each([
    ['before it is approved', submit],
    ['once it is in their hands', receiveFirst],
  ])('to send it %s', async (_when, before) => {
    await before();

    expect((await ship()).kind).toBe('too-late');
  });

  test.each([
    ['approved', () => approveTokenRequest(ctx, { ...r1, by: chloe })],
    ['declined', () => declineTokenRequest(ctx, { ...r1, by: chloe, reason: 'No' })],
    ['sent', () => ship()],
    ['received', () => receiveTokens(ctx, { ...r1, by: ana })],
    ['cancelled', () => cancelTokenRequest(ctx, { ...r1, by: ana, reason: null })],
  ])('a closed request is not %s any more', async (_what, step) => {
    await submit();
    await cancelTokenRequest(ctx, { ...r1, by: ana, reason: null });

    expect(await step()).toMatchObject({ kind: 'too-late', request: { state: 'cancelled' } });
  });

  test('an unknown request has no steps', async () => {
    expect(await approveTokenRequest(ctx, { ...r1, by: sam })).toEqual({ kind: 'no-such-request' });
    expect(await notificationsAbout(db, PAYMENTS)).toEqual([]);
  });
});

describe('declined and cancelled', () => {
  test('a declined requester gets the reason and can ask again', async () => {
    await submit();
    await declineTokenRequest(ctx, { ...r1, by: sam, reason: 'Use the passkey you have' });

    expect(await updatesTo(ana.id)).toMatchObject([
      { news: 'declined', step: { by: sam.id, note: 'Use the passkey you have' } },
    ]);
    expect(await submit([PAYMENTS], ana, { id: 'r2' })).toMatchObject({ kind: 'requested' });
  });

  test('a person who cancels their own request gets no message; one whose request is cancelled does', async () => {
    await submit();
    await cancelTokenRequest(ctx, { ...r1, by: ana, reason: null });
    expect(await updatesTo(ana.id)).toEqual([]);

    await submit([PAYMENTS], ana, { id: 'r2' });
    await cancelTokenRequest(ctx, { requestId: 'r2', by: sam, reason: 'The account is closed tomorrow' });
    expect(await updatesTo(ana.id)).toMatchObject([{ news: 'cancelled', step: { by: sam.id } }]);
    expect(await channelNotification()).toMatchObject({ state: 'cancelled' });
  });
});

describe('at the same moment', () => {
  const there = contextOn(otherDb);

  test('two approvers: one was first, and the other reads who', async () => {
    await submit();

    const outcomes = await Promise.all([
      approveTokenRequest(contextOn(db), { ...r1, by: sam }),
      approveTokenRequest(contextOn(otherDb), { ...r1, by: chloe }),
    ]);

    const [first] = outcomes.filter(({ kind }) => kind === 'approved');
    const [second] = outcomes.filter(({ kind }) => kind === 'too-late');
    expect(first).toMatchObject({ request: { state: 'approved' } });
    expect(second).toMatchObject({ request: (first as { request: object }).request });
    expect((await updatesTo(ana.id)).length).toBe(1);
    expect(await auditKinds()).toEqual(['token-requested', 'token-approved']);
  });

  test('one approves while the other declines, whose transaction waits for the first', async () => {
    await submit();
    const inTransaction = (tx: typeof db, context: Context): Context => ({
      ...context,
      db: { ...tx, transaction: (work) => tx.transaction(work) },
    });

    const [first, second] = await runOverlapping(
      [db, otherDb],
      (tx) => approveTokenRequest(inTransaction(tx, ctx), { ...r1, by: sam }),
      (tx) => declineTokenRequest(inTransaction(tx, there), { ...r1, by: chloe, reason: 'No' }),
    );

    expect(first.kind).toBe('approved');
    expect(second).toMatchObject({ kind: 'too-late', request: { state: 'approved', decidedBy: sam.id } });
    expect((await updatesTo(ana.id)).map(({ news }) => news)).toEqual(['approved']);
  });

  test('a form that is sent twice is one request, and both answers say so', async () => {
    const outcomes = await Promise.all([
      submitTokenRequest(contextOn(db), { form, accountIds: [PAYMENTS], by: ana }),
      submitTokenRequest(contextOn(otherDb), { form, accountIds: [PAYMENTS], by: ana }),
    ]);

    expect(outcomes.map(({ kind }) => kind)).toEqual(['requested', 'requested']);
    expect(await readOwnTokenRequests(ctx, ana.id)).toHaveLength(1);
    expect(await auditKinds()).toEqual(['token-requested']);
  });

  test('two people who ask for the same account: one is refused', async () => {
    const outcomes = await Promise.all([
      submitTokenRequest(contextOn(db), { form, accountIds: [PAYMENTS], by: ana }),
      submitTokenRequest(contextOn(otherDb), {
        form: { ...form, id: 'r2' },
        accountIds: [PAYMENTS],
        by: sam,
      }),
    ]);

    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['already-open', 'requested']);
  });

  test('two people who ship the same keys: one parcel', async () => {
    await approveFirst();
    const request = await findTokenRequest(db, 'r1');
    const expectedVersion = request && canShip(request) ? shippingVersion(request) : '';
    const parcel = { ...r1, note: 'DHL 123', expectedVersion };

    time = new Date('2026-11-24T10:05:00Z');
    await shipTokens(ctx, { ...parcel, by: sam });
    const second = await shipTokens(there, { ...parcel, by: chloe });

    expect(second).toMatchObject({ kind: 'too-late', request: { state: 'shipped', shippedBy: sam.id } });
    expect((await updatesTo(ana.id)).map(({ news }) => news)).toEqual(['shipped', 'approved']);
  });

  test('a second click on received counts once', async () => {
    await receiveFirst();

    expect(await receiveTokens(ctx, { ...r1, by: ana })).toMatchObject({ kind: 'too-late' });
    expect((await auditKinds()).filter((kind) => kind === 'token-received')).toHaveLength(1);
  });
});

describe('the people who are asked', () => {
  test('approvers, in the thread, until every admin is asked to decide', async () => {
    await submit();
    expect(await followUpTokenRequests(ctx)).toEqual({ approversAsked: 0, escalated: 0 });

    time = new Date('2026-11-25T11:00:00Z');
    expect(await followUpTokenRequests(ctx)).toEqual({ approversAsked: 1, escalated: 0 });
    expect(await followUpTokenRequests(ctx)).toEqual({ approversAsked: 0, escalated: 0 });
    expect(await notificationByKey(db, 'token-request/r1/decide/2026-11-25')).toMatchObject({
      to: { id: 'C04KEYS' },
      thread: 'token-request/r1',
      payload: { to: 'decide', escalated: false },
    });
    expect(await notificationByKey(db, 'token-request/r1/decide/2026-11-25/requester')).toMatchObject({
      to: { kind: 'person', id: ana.id },
      payload: { toRequester: true, escalated: false },
    });

    time = new Date('2026-11-27T11:00:00Z');
    expect(await followUpTokenRequests(ctx)).toEqual({ approversAsked: 0, escalated: 1 });
    expect(await notificationByKey(db, 'token-request/r1/decide/2026-11-27/requester')).toMatchObject({
      to: { kind: 'person', id: ana.id },
      payload: { toRequester: true, escalated: true },
    });
    expect(await notificationByKey(db, 'token-request/r1/escalated/U01SAM')).toMatchObject({
      to: { kind: 'person', id: sam.id },
      payload: { escalated: true },
    });
    expect(await notificationByKey(db, 'token-request/r1/escalated/U02CHLOE')).toBeDefined();
  });

  test('an admin who made the request is not asked to decide it', async () => {
    await submit([BENS], sam);
    time = new Date('2026-11-27T11:00:00Z');

    await followUpTokenRequests(ctx);

    expect(await notificationByKey(db, 'token-request/r1/escalated/U01SAM')).toBeUndefined();
    expect(await notificationByKey(db, 'token-request/r1/escalated/U02CHLOE')).toBeDefined();
  });

  test('the owner only after the day on which the parcel should arrive, and names the day', async () => {
    await shipFirst({ expectedOn: '2026-12-10' });

    time = new Date('2026-12-10T11:00:00Z');
    expect(await plannedFollowUps(ctx)).toEqual([]);
    time = new Date('2026-12-11T11:00:00Z');
    expect(await plannedFollowUps(ctx)).toEqual([{ to: ana.id, requestId: 'r1' }]);

    const asked = await db.transaction((tx) => followUpInReminder(tx, ['r1'], time));
    expect(asked).toMatchObject([{ to: 'confirm-receipt', expectedOn: '2026-12-10' }]);
  });

  test('the owner, whether it has come, in the one message of the day', async () => {
    await shipFirst();
    expect(await plannedFollowUps(ctx)).toEqual([]);

    time = new Date('2026-11-30T11:00:00Z');
    expect(await plannedFollowUps(ctx)).toEqual([{ to: ana.id, requestId: 'r1' }]);
    const asked = await db.transaction((tx) => followUpInReminder(tx, ['r1'], time));

    expect(asked).toEqual([
      { requestId: 'r1', to: 'confirm-receipt', accounts: [{ id: PAYMENTS, name: 'payments-prod' }] },
    ]);
    expect(await plannedFollowUps(ctx)).toEqual([]);
  });

  test('approvers, when the requester has left', async () => {
    await shipFirst();
    await savePeople(db, [{ ...aPerson(ana.id, 'ana@example.com'), kind: 'deactivated' }]);
    time = new Date('2026-11-30T11:00:00Z');

    expect(await plannedFollowUps(ctx)).toEqual([]);
    expect(await followUpTokenRequests(ctx)).toEqual({ approversAsked: 1, escalated: 0 });
  });

  test('no one about requests that were closed meanwhile', async () => {
    await shipFirst();
    await cancelTokenRequest(ctx, { ...r1, by: ana, reason: null });

    expect(await db.transaction((tx) => followUpInReminder(tx, ['r1', 'nowhere'], time))).toEqual([]);
  });
});

describe('a request of a person who has left', () => {
  const leave = () => savePeople(db, [{ ...aPerson(ana.id, 'ana@example.com'), kind: 'deactivated' }]);
  const ownedBy = (owner: string) => {
    ctx = { ...ctx, config: { ...owners, owners: { ...owners.owners, accounts: { [PAYMENTS]: owner } } } };
  };

  test('goes to the present owner of its account, who is told, can confirm it, and is followed up', async () => {
    await shipFirst();
    await leave();
    ownedBy('ben@example.com');

    expect(await handOverTokenRequests(ctx)).toBe(1);
    expect(await handOverTokenRequests(ctx)).toBe(0);

    expect(await findTokenRequest(db, 'r1')).toMatchObject({
      requestedBy: ben.id,
      handover: { from: ana.id, at: time },
    });
    const told = await notificationByKey<TokenHandoverNotification>(db, 'token-request/r1/handover/U04BEN');
    expect(told && renderNotification(told.payload).text).toContain(
      '*A key request is yours now:* 2 security keys for *payments-prod*\n<@U03ANA> requested them and has left. You own the account now.',
    );
    expect(JSON.stringify(renderNotification(await channelNotification()).blocks)).toContain(
      'Handed over from <@U03ANA>, who has left',
    );
    expect((await channelNotification()).history[0]).toMatchObject({ state: 'requested', by: ana.id });
    expect((await listAuditEntries(db, { limit: 1 }))[0]).toMatchObject({
      kind: 'token-handed-over',
      actor: 'bot',
      detail: { from: ana.id, to: ben.id },
    });

    time = new Date('2026-11-30T11:00:00Z');
    expect(await plannedFollowUps(ctx)).toEqual([{ to: ben.id, requestId: 'r1' }]);
    expect(await receiveTokens(ctx, { ...r1, by: ben })).toMatchObject({ kind: 'received' });
  });

  test('without a reachable owner stays, says so to the approvers, and asks them to find one', async () => {
    await submit();
    await leave();

    expect(await handOverTokenRequests(ctx)).toBe(0);
    time = new Date('2026-11-25T11:00:00Z');
    expect(await followUpTokenRequests(ctx)).toEqual({ approversAsked: 1, escalated: 0 });

    expect(await notificationByKey(db, 'token-request/r1/find-owner/2026-11-25')).toMatchObject({
      to: { id: 'C04KEYS' },
      payload: { to: 'find-owner' },
    });
    expect(JSON.stringify(renderNotification(await channelNotification()).blocks)).toContain(
      '*No reachable owner.* <@U03ANA> can no longer be reached',
    );
    expect(await notificationByKey(db, 'token-request/r1/find-owner/2026-11-25/requester')).toBeUndefined();
  });
});

describe('without a channel for requests', () => {
  test('nothing is lost: admins find it and are notified, and so is the channel once there is one', async () => {
    const withoutChannel = { ...ctx, channels: { ...ctx.channels, digest: null, tokens: null } };
    const outcome = await submitTokenRequest(withoutChannel, { form, accountIds: [PAYMENTS], by: ana });

    expect(outcome).toMatchObject({ kind: 'requested', postedToChannel: false });
    expect(await readOpenTokenRequests(ctx)).toMatchObject([
      { summary: { requestId: 'r1', state: 'requested' } },
    ]);
    time = new Date('2026-11-25T11:00:00Z');
    expect(await followUpTokenRequests(withoutChannel)).toEqual({ approversAsked: 0, escalated: 0 });
    time = new Date('2026-11-27T11:00:00Z');
    expect(await followUpTokenRequests(withoutChannel)).toEqual({ approversAsked: 0, escalated: 1 });

    await approveTokenRequest(ctx, { ...r1, by: sam });
    expect(await channelNotification()).toMatchObject({ state: 'approved' });
  });
});

test('requests are read back: mine with closed ones last, all that are open by whose turn it is', async () => {
  await approveFirst();
  await submit([BENS], ben, { id: 'r2' });
  await submit([LEDGER], ana, { id: 'r3' });
  await declineTokenRequest(ctx, { requestId: 'r3', by: sam, reason: 'No' });

  expect((await readOpenTokenRequests(ctx)).map(({ request }) => request.id)).toEqual(['r2', 'r1']);
  expect((await readOwnTokenRequests(ctx, ana.id)).map(({ request }) => request.id)).toEqual(['r1', 'r3']);
});

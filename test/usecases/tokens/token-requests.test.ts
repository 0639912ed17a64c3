import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { type AccountId, accountId } from '../../../src/domain/account.ts';
import type { TokenNewsLetter, TokenRequestLetter } from '../../../src/domain/notification.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import type { TokenForm } from '../../../src/domain/token-request.ts';
import type { Mfa } from '../../../src/domain/verdict.ts';
import { closeVanished, rememberAccounts } from '../../../src/store/accounts.ts';
import { auditLog } from '../../../src/store/audit-log.ts';
import { type Letter, letterByKey, lettersAbout } from '../../../src/store/outbox.ts';
import { rememberPeople } from '../../../src/store/people.ts';
import { tokenRequest } from '../../../src/store/token-requests.ts';
import { rememberReadings } from '../../../src/store/verdicts.ts';
import { cancelToken } from '../../../src/usecases/tokens/cancel-token-request.ts';
import {
  askAboutRequests,
  chaseTokenRequests,
  plannedChases,
} from '../../../src/usecases/tokens/follow-up-token-requests.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { approveToken, declineToken } from '../../../src/usecases/tokens/decide-token-request.ts';
import { readOpenRequests, readOwnRequests } from '../../../src/usecases/tokens/read-token-requests.ts';
import { receiveToken } from '../../../src/usecases/tokens/receive-tokens.ts';
import { requestToken } from '../../../src/usecases/tokens/submit-token-request.ts';
import { settle } from '../../../src/usecases/scan/apply-scan-effects/index.ts';
import { canShip, shippingMark, shipToken } from '../../../src/usecases/tokens/ship-tokens.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabases } from '../../support/database.ts';
import { overlapping } from '../../support/overlapping-transactions.ts';

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
  await rememberAccounts(
    db,
    [
      anAccount({ id: PAYMENTS, name: 'payments-prod' }),
      anAccount({ id: LEDGER, name: 'payments-ledger' }),
      anAccount({ id: BENS, name: 'bens-idea' }),
    ],
    time,
  );
  await rememberPeople(db, [
    aPerson(ana.id, 'ana@example.com'),
    aPerson(ben.id, 'ben@example.com'),
    aPerson(sam.id, 'sam@example.com'),
    aPerson(chloe.id, 'chloe@example.com'),
  ]);
  await see({ [PAYMENTS]: 'virtual', [LEDGER]: 'none', [BENS]: 'none' });
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
async function see(mfas: Record<string, Mfa>): Promise<void> {
  const readings = Object.entries(mfas).map(([id, mfa]) => ({
    account: anAccount({ id }),
    verdict: aVerdict({ mfa }),
    errors: [],
    checkedAt: time,
  }));
  await db.transaction(async (tx) => settle(tx, ctx, await rememberReadings(tx, null, readings), time));
}

const form: TokenForm = { id: 'r1', kind: 'security-key', quantity: 2, office: 'London' };
const ask = (accountIds: readonly AccountId[] = [PAYMENTS], by = ana, over: Partial<TokenForm> = {}) =>
  requestToken(ctx, { form: { ...form, ...over }, accountIds, by });

async function send(by = sam, over: { note?: string; serial?: string } = {}) {
  const request = await tokenRequest(db, 'r1');
  const mark = request && canShip(request) ? shippingMark(request) : '';
  return shipToken(ctx, { requestId: 'r1', by, note: 'DHL 123', mark, ...over });
}

const r1 = { requestId: 'r1' };
const approved = async () => {
  await ask();
  return approveToken(ctx, { ...r1, by: sam });
};
const sent = async () => {
  await approved();
  return send();
};
const received = async () => {
  await sent();
  return receiveToken(ctx, { ...r1, by: ana });
};

const shownInChannel = async () =>
  (await letterByKey<TokenRequestLetter>(db, 'token-request/r1'))?.payload as TokenRequestLetter;
const newsTo = async (person: string): Promise<TokenNewsLetter[]> => {
  const letters = (await lettersAbout(db, PAYMENTS)) as Letter<TokenNewsLetter>[];
  return letters
    .filter(({ to, kind }) => to.id === person && kind === 'token-news')
    .map(({ payload }) => payload);
};
const logged = async () =>
  (await auditLog(db, { accountId: PAYMENTS, limit: 20 })).map(({ kind }) => kind).reverse();

describe('a key finds its way', () => {
  test('from the question to the look that sees it on root', async () => {
    const asked = await ask([PAYMENTS, LEDGER]);
    expect(asked).toMatchObject({ kind: 'requested', shown: true });
    expect(await letterByKey(db, 'token-request/r1')).toMatchObject({
      to: { kind: 'channel', id: 'C04KEYS' },
      about: [PAYMENTS, LEDGER],
      payload: { state: 'requested', accounts: [{ name: 'payments-prod' }, { name: 'payments-ledger' }] },
    });

    expect(await approveToken(ctx, { ...r1, by: sam })).toMatchObject({ kind: 'approved' });
    expect(await send(sam, { serial: '5C-17' })).toMatchObject({
      kind: 'shipped',
      request: { serial: '5C-17' },
    });
    expect(await receiveToken(ctx, { ...r1, by: ana })).toMatchObject({ kind: 'received' });

    time = new Date('2026-11-25T10:00:00Z');
    await see({ [PAYMENTS]: 'fido' });
    expect(await shownInChannel()).toMatchObject({
      state: 'received',
      accounts: [{ settled: 'enrolled' }, { settled: null }],
    });
    await see({ [LEDGER]: 'hardware' });

    expect(await tokenRequest(db, 'r1')).toMatchObject({ state: 'enrolled', closedAt: time });
    expect((await shownInChannel()).history.map(({ state, by }) => [state, by])).toEqual([
      ['requested', ana.id],
      ['approved', sam.id],
      ['shipped', sam.id],
      ['received', ana.id],
      ['enrolled', 'bot'],
    ]);
    expect((await newsTo(ana.id)).map(({ news }) => news)).toEqual(['enrolled', 'shipped', 'approved']);
    expect(await logged()).toEqual([
      'token-requested',
      'token-approved',
      'token-shipped',
      'token-received',
      'token-enrolled',
    ]);
  });

  test('however it got there: hardware on root closes a request that nobody has decided', async () => {
    await ask();
    await see({ [PAYMENTS]: 'fido' });

    expect(await tokenRequest(db, 'r1')).toMatchObject({ state: 'enrolled' });
    expect(await newsTo(ana.id)).toMatchObject([{ news: 'enrolled', step: { by: 'bot' } }]);
    expect((await ctx.decisions.current()).tokenRequests.size).toBe(0);
  });

  test('and a second key beside the first counts once it was received, though no verdict changes', async () => {
    await see({ [PAYMENTS]: 'fido' });
    time = new Date('2026-11-24T10:05:00Z');
    await received();
    expect(await tokenRequest(db, 'r1')).toMatchObject({ state: 'received' });

    time = new Date('2026-11-25T10:00:00Z');
    await see({ [LEDGER]: 'virtual' });
    expect(await tokenRequest(db, 'r1')).toMatchObject({ state: 'received' });
    await see({ [PAYMENTS]: 'fido' });

    expect(await tokenRequest(db, 'r1')).toMatchObject({ state: 'enrolled' });
  });

  test('or is needed no more: nobody can sign in as root there', async () => {
    await approved();
    await see({ [PAYMENTS]: 'no_credentials' });

    expect(await tokenRequest(db, 'r1')).toMatchObject({ state: 'cancelled', cancelledBy: 'bot' });
    expect((await newsTo(ana.id))[0]).toMatchObject({ news: 'cancelled', step: { by: 'bot' } });
    expect((await logged()).at(-1)).toBe('token-cancelled');
  });

  test('or the account has left the organization', async () => {
    await ask();
    await closeVanished(db, [LEDGER, BENS], time);
    await see({ [LEDGER]: 'none' });

    expect(await tokenRequest(db, 'r1')).toMatchObject({ state: 'cancelled', cancelledBy: 'bot' });
  });

  test('an account that could not be read settles nothing', async () => {
    await received();
    await see({ [PAYMENTS]: 'unknown' });

    expect(await tokenRequest(db, 'r1')).toMatchObject({ state: 'received' });
  });

  test('a parcel that was lost is sent again, and the letter about the first one has no button any more', async () => {
    await sent();
    time = new Date('2026-12-04T10:00:00Z');

    expect(await send(sam, { note: 'DHL 456' })).toMatchObject({ kind: 'shipped' });
    await receiveToken(ctx, { ...r1, by: ana });

    const [second, first] = await newsTo(ana.id);
    expect(second).toMatchObject({ news: 'shipped', step: { state: 'received' } });
    expect(first).toMatchObject({ news: 'shipped', step: { note: 'DHL 456' } });
  });
});

describe('what is refused', () => {
  test('a second request for an account, with who asked and how far it is', async () => {
    await approved();

    expect(await ask([PAYMENTS], sam, { id: 'r2' })).toMatchObject({
      kind: 'already-open',
      account: { name: 'payments-prod' },
      request: { id: 'r1', state: 'approved', requestedBy: ana.id },
    });
  });

  test.each([
    [
      'for an account of somebody else',
      [BENS],
      ana,
      {},
      { kind: 'not-yours', account: { name: 'bens-idea' } },
    ],
    ['for no account', [], ana, {}, { kind: 'no-accounts' }],
    ['for an account that nobody knows', [accountId('999999999999')], sam, {}, { kind: 'no-such-account' }],
    ['to an office that is none', [PAYMENTS], ana, { office: 'Mars' }, { kind: 'no-such-office' }],
    ['for too many keys', [PAYMENTS], ana, { quantity: 9 }, { kind: 'wrong-quantity', most: 8 }],
  ] as const)('a request %s', async (_what, accounts, by, over, outcome) => {
    expect(await ask(accounts, by, over)).toMatchObject(outcome);
    expect(await tokenRequest(db, 'r1')).toBeUndefined();
    expect(await lettersAbout(db, PAYMENTS)).toEqual([]);
  });

  test('a request where nobody can sign in as root', async () => {
    await see({ [PAYMENTS]: 'no_credentials' });

    expect(await ask()).toMatchObject({ kind: 'nothing-to-protect', account: { id: PAYMENTS } });
  });

  test('an admin may ask for anybody, but another one decides', async () => {
    await ask([BENS], sam);

    expect(await approveToken(ctx, { ...r1, by: sam })).toEqual({ kind: 'own-request' });
    expect(await declineToken(ctx, { ...r1, by: sam, reason: 'No' })).toEqual({ kind: 'own-request' });
    expect(await approveToken(ctx, { ...r1, by: chloe })).toMatchObject({ kind: 'approved' });
  });

  test('whoever is no admin decides and sends nothing', async () => {
    await ask();
    expect(await approveToken(ctx, { ...r1, by: ben })).toEqual({ kind: 'not-an-admin' });
    expect(await declineToken(ctx, { ...r1, by: ben, reason: 'No' })).toEqual({ kind: 'not-an-admin' });

    await approveToken(ctx, { ...r1, by: sam });
    expect(await send(ben)).toEqual({ kind: 'not-an-admin' });
  });

  test('only the requester has received it, and only they or an admin cancel', async () => {
    await sent();

    expect(await receiveToken(ctx, { ...r1, by: sam })).toEqual({ kind: 'not-yours' });
    expect(await cancelToken(ctx, { ...r1, by: ben, reason: 'why not' })).toEqual({ kind: 'not-yours' });
    expect(await tokenRequest(db, 'r1')).toMatchObject({ state: 'shipped' });
  });

  test('to decline, to cancel for another, or to send without a word', async () => {
    await ask();
    expect(await declineToken(ctx, { ...r1, by: sam, reason: ' ' })).toEqual({ kind: 'no-reason' });
    expect(await cancelToken(ctx, { ...r1, by: sam, reason: null })).toEqual({ kind: 'no-reason' });

    await approveToken(ctx, { ...r1, by: sam });
    expect(await send(sam, { note: ' ' })).toEqual({ kind: 'no-shipping-note' });
  });

  test.each([
    ['before it is approved', ask],
    ['once it is in their hands', received],
  ])('to send it %s', async (_when, before) => {
    await before();

    expect((await send()).kind).toBe('too-late');
  });

  test.each([
    ['approved', () => approveToken(ctx, { ...r1, by: chloe })],
    ['declined', () => declineToken(ctx, { ...r1, by: chloe, reason: 'No' })],
    ['sent', () => send()],
    ['received', () => receiveToken(ctx, { ...r1, by: ana })],
    ['cancelled', () => cancelToken(ctx, { ...r1, by: ana, reason: null })],
  ])('a closed request is not %s any more', async (_what, step) => {
    await ask();
    await cancelToken(ctx, { ...r1, by: ana, reason: null });

    expect(await step()).toMatchObject({ kind: 'too-late', request: { state: 'cancelled' } });
  });

  test('a request that nobody made has no steps', async () => {
    expect(await approveToken(ctx, { ...r1, by: sam })).toEqual({ kind: 'no-such-request' });
    expect(await lettersAbout(db, PAYMENTS)).toEqual([]);
  });
});

describe('declined and cancelled', () => {
  test('a declined requester hears the reason and may ask again', async () => {
    await ask();
    await declineToken(ctx, { ...r1, by: sam, reason: 'Use the passkey you have' });

    expect(await newsTo(ana.id)).toMatchObject([
      { news: 'declined', step: { by: sam.id, note: 'Use the passkey you have' } },
    ]);
    expect(await ask([PAYMENTS], ana, { id: 'r2' })).toMatchObject({ kind: 'requested' });
  });

  test('who cancels their own request is told nothing; who is cancelled is', async () => {
    await ask();
    await cancelToken(ctx, { ...r1, by: ana, reason: null });
    expect(await newsTo(ana.id)).toEqual([]);

    await ask([PAYMENTS], ana, { id: 'r2' });
    await cancelToken(ctx, { requestId: 'r2', by: sam, reason: 'The account is closed tomorrow' });
    expect(await newsTo(ana.id)).toMatchObject([{ news: 'cancelled', step: { by: sam.id } }]);
    expect(await shownInChannel()).toMatchObject({ state: 'cancelled' });
  });
});

describe('at the same moment', () => {
  const there = contextOn(otherDb);

  test('two approvers: one was first, and the other is told who', async () => {
    await ask();

    const outcomes = await Promise.all([
      approveToken(contextOn(db), { ...r1, by: sam }),
      approveToken(contextOn(otherDb), { ...r1, by: chloe }),
    ]);

    const [first] = outcomes.filter(({ kind }) => kind === 'approved');
    const [second] = outcomes.filter(({ kind }) => kind === 'too-late');
    expect(first).toMatchObject({ request: { state: 'approved' } });
    expect(second).toMatchObject({ request: (first as { request: object }).request });
    expect((await newsTo(ana.id)).length).toBe(1);
    expect(await logged()).toEqual(['token-requested', 'token-approved']);
  });

  test('one approves while the other declines, whose transaction waits for the first', async () => {
    await ask();
    const within = (tx: typeof db, context: Context): Context => ({
      ...context,
      db: { ...tx, transaction: (work) => tx.transaction(work) },
    });

    const [first, second] = await overlapping(
      [db, otherDb],
      (tx) => approveToken(within(tx, ctx), { ...r1, by: sam }),
      (tx) => declineToken(within(tx, there), { ...r1, by: chloe, reason: 'No' }),
    );

    expect(first.kind).toBe('approved');
    expect(second).toMatchObject({ kind: 'too-late', request: { state: 'approved', decidedBy: sam.id } });
    expect((await newsTo(ana.id)).map(({ news }) => news)).toEqual(['approved']);
  });

  test('a form that is sent twice is one request, and both answers say so', async () => {
    const outcomes = await Promise.all([
      requestToken(contextOn(db), { form, accountIds: [PAYMENTS], by: ana }),
      requestToken(contextOn(otherDb), { form, accountIds: [PAYMENTS], by: ana }),
    ]);

    expect(outcomes.map(({ kind }) => kind)).toEqual(['requested', 'requested']);
    expect(await readOwnRequests(ctx, ana.id)).toHaveLength(1);
    expect(await logged()).toEqual(['token-requested']);
  });

  test('two people who ask for the same account: one is refused', async () => {
    const outcomes = await Promise.all([
      requestToken(contextOn(db), { form, accountIds: [PAYMENTS], by: ana }),
      requestToken(contextOn(otherDb), { form: { ...form, id: 'r2' }, accountIds: [PAYMENTS], by: sam }),
    ]);

    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['already-open', 'requested']);
  });

  test('two who send the same keys: one parcel', async () => {
    await approved();
    const request = await tokenRequest(db, 'r1');
    const mark = request && canShip(request) ? shippingMark(request) : '';
    const parcel = { ...r1, note: 'DHL 123', mark };

    time = new Date('2026-11-24T10:05:00Z');
    await shipToken(ctx, { ...parcel, by: sam });
    const second = await shipToken(there, { ...parcel, by: chloe });

    expect(second).toMatchObject({ kind: 'too-late', request: { state: 'shipped', shippedBy: sam.id } });
    expect((await newsTo(ana.id)).map(({ news }) => news)).toEqual(['shipped', 'approved']);
  });

  test('who has it presses twice: it was received once', async () => {
    await received();

    expect(await receiveToken(ctx, { ...r1, by: ana })).toMatchObject({ kind: 'too-late' });
    expect((await logged()).filter((kind) => kind === 'token-received')).toHaveLength(1);
  });
});

describe('who is to be asked', () => {
  test('approvers, in the thread, until every admin hears that nobody decides', async () => {
    await ask();
    expect(await chaseTokenRequests(ctx)).toEqual({ asked: 0, escalated: 0 });

    time = new Date('2026-11-25T11:00:00Z');
    expect(await chaseTokenRequests(ctx)).toEqual({ asked: 1, escalated: 0 });
    expect(await chaseTokenRequests(ctx)).toEqual({ asked: 0, escalated: 0 });
    expect(await letterByKey(db, 'token-request/r1/decide/2026-11-25')).toMatchObject({
      to: { id: 'C04KEYS' },
      thread: 'token-request/r1',
      payload: { to: 'decide', escalated: false },
    });

    time = new Date('2026-11-27T11:00:00Z');
    expect(await chaseTokenRequests(ctx)).toEqual({ asked: 0, escalated: 1 });
    expect(await letterByKey(db, 'token-request/r1/escalated/U01SAM')).toMatchObject({
      to: { kind: 'person', id: sam.id },
      payload: { escalated: true },
    });
    expect(await letterByKey(db, 'token-request/r1/escalated/U02CHLOE')).toBeDefined();
  });

  test('an admin who made the request is not asked to decide it', async () => {
    await ask([BENS], sam);
    time = new Date('2026-11-27T11:00:00Z');

    await chaseTokenRequests(ctx);

    expect(await letterByKey(db, 'token-request/r1/escalated/U01SAM')).toBeUndefined();
    expect(await letterByKey(db, 'token-request/r1/escalated/U02CHLOE')).toBeDefined();
  });

  test('the owner, whether it has come, in the one message of the day', async () => {
    await sent();
    expect(await plannedChases(ctx)).toEqual([]);

    time = new Date('2026-11-30T11:00:00Z');
    expect(await plannedChases(ctx)).toEqual([{ to: ana.id, requestId: 'r1' }]);
    const asked = await db.transaction((tx) => askAboutRequests(tx, ['r1'], time));

    expect(asked).toEqual([
      { requestId: 'r1', to: 'confirm-receipt', accounts: [{ id: PAYMENTS, name: 'payments-prod' }] },
    ]);
    expect(await plannedChases(ctx)).toEqual([]);
  });

  test('approvers, when whoever asked has left', async () => {
    await sent();
    await rememberPeople(db, [{ ...aPerson(ana.id, 'ana@example.com'), kind: 'deactivated' }]);
    time = new Date('2026-11-30T11:00:00Z');

    expect(await plannedChases(ctx)).toEqual([]);
    expect(await chaseTokenRequests(ctx)).toEqual({ asked: 1, escalated: 0 });
  });

  test('nobody about what was closed meanwhile', async () => {
    await sent();
    await cancelToken(ctx, { ...r1, by: ana, reason: null });

    expect(await db.transaction((tx) => askAboutRequests(tx, ['r1', 'nowhere'], time))).toEqual([]);
  });
});

describe('without a channel for requests', () => {
  test('nothing is lost: admins find it, hear of it, and the channel is told once there is one', async () => {
    const mute = { ...ctx, channels: { ...ctx.channels, digest: null, tokens: null } };
    const outcome = await requestToken(mute, { form, accountIds: [PAYMENTS], by: ana });

    expect(outcome).toMatchObject({ kind: 'requested', shown: false });
    expect(await readOpenRequests(ctx)).toMatchObject([{ shown: { requestId: 'r1', state: 'requested' } }]);
    time = new Date('2026-11-25T11:00:00Z');
    expect(await chaseTokenRequests(mute)).toEqual({ asked: 0, escalated: 0 });
    time = new Date('2026-11-27T11:00:00Z');
    expect(await chaseTokenRequests(mute)).toEqual({ asked: 0, escalated: 1 });

    await approveToken(ctx, { ...r1, by: sam });
    expect(await shownInChannel()).toMatchObject({ state: 'approved' });
  });
});

test('requests are read back: mine with closed ones last, all that are open by whose turn it is', async () => {
  await approved();
  await ask([BENS], ben, { id: 'r2' });
  await ask([LEDGER], ana, { id: 'r3' });
  await declineToken(ctx, { requestId: 'r3', by: sam, reason: 'No' });

  expect((await readOpenRequests(ctx)).map(({ request }) => request.id)).toEqual(['r2', 'r1']);
  expect((await readOwnRequests(ctx, ana.id)).map(({ request }) => request.id)).toEqual(['r1', 'r3']);
});

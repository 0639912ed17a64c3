import { beforeEach, describe, expect, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import {
  approve,
  cancel,
  chased,
  closeIfEnrolled,
  decline,
  escalated,
  type Requested,
  type TokenRequest,
} from '../../src/domain/token-request.ts';
import { rememberAccounts } from '../../src/store/accounts.ts';
import { revision } from '../../src/store/account-cache.ts';
import {
  lockTokenRequest,
  newTokenRequest,
  openRequestFor,
  openRequestsByAccount,
  openTokenRequests,
  saveTokenRequest,
  tokenRequest,
  tokenRequestsOf,
} from '../../src/store/token-requests.ts';
import { anAccount } from '../support/builders.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { overlapping } from '../support/overlapping-transactions.ts';
import { ANA, BEN } from '../support/reminders.ts';
import {
  admin,
  anAccountInQuestion,
  anApproved,
  ana,
  aReceived,
  aRequested,
  aShipped,
  LEDGER,
  MONDAY,
  only,
  PAYMENTS,
} from '../support/token-requests.ts';
import { day } from './examples.ts';

const instances = await testDatabases(2);
const [db] = instances as [(typeof instances)[number]];

const SANDBOX = accountId('111122225555');
const payments = anAccountInQuestion();
const ledger = anAccountInQuestion({ id: LEDGER });
const hardware = { mfa: 'fido' } as const;

const requested = (over: Partial<Requested> = {}, ...accounts: Parameters<typeof aRequested>): Requested => ({
  ...aRequested(...accounts),
  ...over,
});
const cancelled = (request: Requested) => only(cancel(request, ana, null, MONDAY), 'cancelled').request;

beforeEach(async () => {
  await emptyTables(db);
  await rememberAccounts(
    db,
    [PAYMENTS, LEDGER, SANDBOX].map((id) => anAccount({ id })),
    day(1),
  );
});

describe('a request is remembered as it is when it is', () => {
  const received = aReceived(payments, ledger);
  const enrolled = (request: Parameters<typeof closeIfEnrolled>[0]) =>
    closeIfEnrolled(request, new Map([PAYMENTS, LEDGER].map((id) => [id, hardware])), MONDAY);
  const halfWay = closeIfEnrolled(received, new Map([[LEDGER, hardware]]), MONDAY);
  const notNeeded = closeIfEnrolled(
    aRequested(),
    new Map([[PAYMENTS, { mfa: 'no_credentials' as const }]]),
    MONDAY,
  );

  test.each<[string, TokenRequest]>([
    ['new', requested({ office: 'Berlin', note: 'Two for the "vault" <!channel>' }, payments, ledger)],
    ['chased', chased(chased(aRequested(), day(1)), day(2))],
    ['escalated', escalated(aRequested(), day(2))],
    ['approved', anApproved()],
    ['declined', only(decline(aRequested(), admin, 'No budget', MONDAY), 'declined').request],
    ['shipped', aShipped()],
    ['received', received],
    ['half enrolled', only(halfWay, 'progress').request],
    ['enrolled', only(enrolled(received), 'enrolled').request],
    ['enrolled before anybody had decided', only(enrolled(aRequested()), 'enrolled').request],
    ['cancelled', cancelled(aRequested())],
    ['cancelled on its way', only(cancel(aShipped(), admin, 'Lost twice', MONDAY), 'cancelled').request],
    ['no longer needed', only(notNeeded, 'not-needed').request],
  ])('%s', async (_, request) => {
    await newTokenRequest(
      db,
      requested({ office: request.office, note: request.note }, ...inQuestion(request)),
    );

    await saveTokenRequest(db, request);

    expect(await tokenRequest(db, 'r1')).toEqual(request);
    expect(await tokenRequestsOf(db, ANA)).toEqual([request]);
  });

  const inQuestion = ({ accounts }: TokenRequest) =>
    accounts.map(({ id, mfaThen }) => anAccountInQuestion({ id, mfa: mfaThen }));
});

test('a request that nobody made cannot be saved', async () => {
  await expect(saveTokenRequest(db, aRequested())).rejects.toThrow(
    'Cannot save the token request r1: nobody made it',
  );
});

test('nobody decides about their own request, whatever the code says', async () => {
  await newTokenRequest(db, aRequested());

  await expect(saveTokenRequest(db, { ...anApproved(), decidedBy: ANA })).rejects.toThrow(/check constraint/);
});

describe('a second request for an account', () => {
  const first = requested({ id: 'first' }, payments);
  const second = requested({ id: 'second' }, ledger, payments);

  test('is refused by the name of the first, and leaves nothing behind', async () => {
    await newTokenRequest(db, first);

    const outcome = await db.transaction((tx) => newTokenRequest(tx, second));

    expect(outcome).toEqual({ kind: 'already-open', accountId: PAYMENTS, requestId: 'first' });
    expect(await tokenRequest(db, 'second')).toBeUndefined();
    expect(await openRequestFor(db, LEDGER)).toBeUndefined();
  });

  test('is refused when both are made at once, and the transaction goes on', async () => {
    const outcomes = await overlapping(
      instances,
      (tx) => newTokenRequest(tx, first),
      async (tx) => [await newTokenRequest(tx, second), await tokenRequest(tx, 'first')],
    );

    expect(outcomes).toEqual([
      { kind: 'remembered' },
      [{ kind: 'already-open', accountId: PAYMENTS, requestId: 'first' }, first],
    ]);
  });

  test('is made when the first, made at once, was given up', async () => {
    const [, outcome] = await overlapping(
      instances,
      async (tx) => {
        await newTokenRequest(tx, first);
        await saveTokenRequest(tx, cancelled(first));
      },
      (tx) => newTokenRequest(tx, second),
    );

    expect(outcome).toEqual({ kind: 'remembered' });
  });

  test('does not block the first, in whatever order they name their accounts', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => accountId(String(n + 1).padStart(12, '0')));
    await rememberAccounts(
      db,
      many.map((id) => anAccount({ id })),
      day(1),
    );
    const inOrder = many.map((id) => anAccountInQuestion({ id }));

    const outcomes = await Promise.all(
      instances.map((instance, n) => {
        const accounts = n % 2 ? inOrder.toReversed() : inOrder;
        return newTokenRequest(instance, requested({ id: `r${n}` }, ...accounts));
      }),
    );

    const [open] = await openTokenRequests(db);
    expect(outcomes).toContainEqual({ kind: 'remembered' });
    expect(outcomes).toContainEqual({ kind: 'already-open', accountId: many[0], requestId: open?.id });
  });

  test('is made once the first is closed', async () => {
    await newTokenRequest(db, first);
    await saveTokenRequest(db, cancelled(first));

    expect(await newTokenRequest(db, second)).toEqual({ kind: 'remembered' });
  });

  test('is made once the account is settled, while the first goes on for the others', async () => {
    const both = requested({ id: 'first' }, payments, ledger);
    await newTokenRequest(db, both);
    const progress = closeIfEnrolled(both, new Map([[PAYMENTS, hardware]]), MONDAY);
    await saveTokenRequest(db, only(progress, 'progress').request);

    expect(await newTokenRequest(db, requested({ id: 'second' }, payments))).toEqual({ kind: 'remembered' });
    expect([...(await openRequestsByAccount(db))].map(([id, request]) => [id, request.id])).toEqual([
      [LEDGER, 'first'],
      [PAYMENTS, 'second'],
    ]);
    expect((await openRequestFor(db, PAYMENTS))?.id).toBe('second');
    expect((await openRequestFor(db, LEDGER))?.id).toBe('first');
  });
});

test('two approvers who press at once: one decides, the other sees that it is decided', async () => {
  await newTokenRequest(db, aRequested());
  const decide = async (tx: typeof db) => {
    const request = await lockTokenRequest(tx, 'r1');
    if (request?.state !== 'requested') return request?.state;
    await saveTokenRequest(tx, only(approve(request, admin, MONDAY), 'approved').request);
    return 'decided by me';
  };

  expect(await overlapping(instances, decide, decide)).toEqual(['decided by me', 'approved']);
});

test('two looks that each settle another account lose nothing', async () => {
  await newTokenRequest(db, aRequested(payments, ledger));
  const settle = (id: typeof PAYMENTS) => async (tx: typeof db) => {
    const request = await lockTokenRequest(tx, 'r1');
    if (request?.state !== 'requested') throw new Error('not open');
    const outcome = closeIfEnrolled(request, new Map([[id, hardware]]), MONDAY);
    if (outcome.kind !== 'unchanged') await saveTokenRequest(tx, outcome.request);
    return outcome.kind;
  };

  const outcomes = await overlapping(instances, settle(PAYMENTS), settle(LEDGER));

  expect(outcomes).toEqual(['progress', 'enrolled']);
});

test('open requests are listed oldest first, a person’s own newest first', async () => {
  const late = requested({ id: 'late', requestedAt: day(3) }, ledger);
  const early = requested({ id: 'early', requestedAt: day(1) }, payments);
  const bens = requested(
    { id: 'bens', requestedAt: day(2), requestedBy: BEN },
    anAccountInQuestion({ id: SANDBOX }),
  );
  for (const request of [late, early, bens]) await newTokenRequest(db, request);
  const ids = (requests: readonly TokenRequest[]) => requests.map(({ id }) => id);

  expect(ids(await openTokenRequests(db))).toEqual(['early', 'bens', 'late']);
  expect(ids(await tokenRequestsOf(db, ANA))).toEqual(['late', 'early']);

  await saveTokenRequest(db, cancelled(early));
  expect(ids(await openTokenRequests(db))).toEqual(['bens', 'late']);
  expect(ids(await tokenRequestsOf(db, ANA))).toEqual(['late', 'early']);
});

test('who keeps requests in memory hears of each change, and not of a refusal', async () => {
  const before = await revision(db);

  await newTokenRequest(db, aRequested());
  await saveTokenRequest(db, anApproved());
  expect(await revision(db)).toBe(before + 2);

  await newTokenRequest(db, requested({ id: 'again' }));
  expect(await revision(db)).toBe(before + 2);
});

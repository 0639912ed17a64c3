import { beforeEach, describe, expect, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import {
  approve,
  cancel,
  closeIfEnrolled,
  decline,
  markFollowedUp,
  markRequestEscalated,
  type Requested,
  type TokenRequest,
} from '../../src/domain/token-request.ts';
import { readRevision } from '../../src/store/account-cache.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import {
  findOpenTokenRequest,
  findTokenRequest,
  insertTokenRequest,
  listOpenTokenRequests,
  listTokenRequestsOfPerson,
  lockTokenRequest,
  openTokenRequestsByAccount,
  saveTokenRequest,
} from '../../src/store/token-requests.ts';
import { anAccount } from '../support/builders.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { runOverlapping } from '../support/overlapping-transactions.ts';
import { ANA, BEN } from '../support/reminders.ts';
import {
  admin,
  anApprovedTokenRequest,
  ana,
  aPendingTokenRequest,
  aReceivedTokenRequest,
  aShippedTokenRequest,
  aTokenRequestAccount,
  expectKind,
  LEDGER,
  MONDAY,
  PAYMENTS,
} from '../support/token-requests.ts';
import { day } from './examples.ts';

const instances = await testDatabases(2);
const [db] = instances as [(typeof instances)[number]];

const SANDBOX = accountId('111122225555');
const payments = aTokenRequestAccount();
const ledger = aTokenRequestAccount({ id: LEDGER });
const hardware = { mfa: 'fido', hardwareDevices: 2 } as const;

const requested = (
  over: Partial<Requested> = {},
  ...accounts: Parameters<typeof aPendingTokenRequest>
): Requested => ({
  ...aPendingTokenRequest(...accounts),
  ...over,
});
const cancelled = (request: Requested) => expectKind(cancel(request, ana, null, MONDAY), 'cancelled').request;

beforeEach(async () => {
  await emptyTables(db);
  await saveAccounts(
    db,
    [PAYMENTS, LEDGER, SANDBOX].map((id) => anAccount({ id })),
    day(1),
  );
});

describe('a request is stored unchanged when it is', () => {
  const received = aReceivedTokenRequest(payments, ledger);
  const enrolled = (request: Parameters<typeof closeIfEnrolled>[0]) =>
    closeIfEnrolled(request, new Map([PAYMENTS, LEDGER].map((id) => [id, hardware])), MONDAY);
  const halfWay = closeIfEnrolled(received, new Map([[LEDGER, hardware]]), MONDAY);
  const firstKey = closeIfEnrolled(
    received,
    new Map([[LEDGER, { mfa: 'fido' as const, hardwareDevices: 1 }]]),
    MONDAY,
  );
  const notNeeded = closeIfEnrolled(
    aPendingTokenRequest(),
    new Map([[PAYMENTS, { mfa: 'no_credentials' as const }]]),
    MONDAY,
  );

  test.each<[string, TokenRequest]>([
    ['new', requested({ office: 'Berlin', note: 'Two for the "vault" <!channel>' }, payments, ledger)],
    ['chased', markFollowedUp(markFollowedUp(aPendingTokenRequest(), day(1)), day(2))],
    ['escalated', markRequestEscalated(aPendingTokenRequest(), day(2))],
    ['approved', anApprovedTokenRequest()],
    ['declined', expectKind(decline(aPendingTokenRequest(), admin, 'No budget', MONDAY), 'declined').request],
    ['shipped', aShippedTokenRequest()],
    ['received', received],
    ['with one of two keys', expectKind(firstKey, 'progress').request],
    ['half enrolled', expectKind(halfWay, 'progress').request],
    ['enrolled', expectKind(enrolled(received), 'enrolled').request],
    ['enrolled before anybody had decided', expectKind(enrolled(aPendingTokenRequest()), 'enrolled').request],
    ['cancelled', cancelled(aPendingTokenRequest())],
    [
      'cancelled on its way',
      expectKind(cancel(aShippedTokenRequest(), admin, 'Lost twice', MONDAY), 'cancelled').request,
    ],
    ['no longer needed', expectKind(notNeeded, 'not-needed').request],
  ])('%s', async (_, request) => {
    await insertTokenRequest(
      db,
      requested({ office: request.office, note: request.note }, ...accountsInRequest(request)),
    );

    await saveTokenRequest(db, request);

    expect(await findTokenRequest(db, 'r1')).toEqual(request);
    expect(await listTokenRequestsOfPerson(db, ANA)).toEqual([request]);
  });

  const accountsInRequest = ({ accounts }: TokenRequest) =>
    accounts.map(({ id, mfaAtRequest }) => aTokenRequestAccount({ id, mfa: mfaAtRequest }));
});

test('a request without a requester cannot be saved', async () => {
  await expect(saveTokenRequest(db, aPendingTokenRequest())).rejects.toThrow(
    'Cannot save the token request r1: it does not exist',
  );
});

test('no one decides about their own request, whatever the code says', async () => {
  await insertTokenRequest(db, aPendingTokenRequest());

  await expect(saveTokenRequest(db, { ...anApprovedTokenRequest(), decidedBy: ANA })).rejects.toThrow(
    /check constraint/,
  );
});

describe('a second request for an account', () => {
  const first = requested({ id: 'first' }, payments);
  const second = requested({ id: 'second' }, ledger, payments);

  test('is refused by the name of the first, and leaves nothing behind', async () => {
    await insertTokenRequest(db, first);

    const outcome = await db.transaction((tx) => insertTokenRequest(tx, second));

    expect(outcome).toEqual({ kind: 'already-open', accountId: PAYMENTS, requestId: 'first' });
    expect(await findTokenRequest(db, 'second')).toBeUndefined();
    expect(await findOpenTokenRequest(db, LEDGER)).toBeUndefined();
  });

  test('is refused when both are made at once, and the transaction continues', async () => {
    const outcomes = await runOverlapping(
      instances,
      (tx) => insertTokenRequest(tx, first),
      async (tx) => [await insertTokenRequest(tx, second), await findTokenRequest(tx, 'first')],
    );

    expect(outcomes).toEqual([
      { kind: 'created' },
      [{ kind: 'already-open', accountId: PAYMENTS, requestId: 'first' }, first],
    ]);
  });

  test('is made when the first, made at the same time, was rolled back', async () => {
    const [, outcome] = await runOverlapping(
      instances,
      async (tx) => {
        await insertTokenRequest(tx, first);
        await saveTokenRequest(tx, cancelled(first));
      },
      (tx) => insertTokenRequest(tx, second),
    );

    expect(outcome).toEqual({ kind: 'created' });
  });

  test('does not block the first, in whatever order they name their accounts', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => accountId(String(n + 1).padStart(12, '0')));
    await saveAccounts(
      db,
      many.map((id) => anAccount({ id })),
      day(1),
    );
    const inOrder = many.map((id) => aTokenRequestAccount({ id }));

    const outcomes = await Promise.all(
      instances.map((instance, n) => {
        const accounts = n % 2 ? inOrder.toReversed() : inOrder;
        return insertTokenRequest(instance, requested({ id: `r${n}` }, ...accounts));
      }),
    );

    const [open] = await listOpenTokenRequests(db);
    expect(outcomes).toContainEqual({ kind: 'created' });
    expect(outcomes).toContainEqual({ kind: 'already-open', accountId: many[0], requestId: open?.id });
  });

  test('is made once the first is closed', async () => {
    await insertTokenRequest(db, first);
    await saveTokenRequest(db, cancelled(first));

    expect(await insertTokenRequest(db, second)).toEqual({ kind: 'created' });
  });

  test('is made once the account is done, while the first continues for the others', async () => {
    const both = requested({ id: 'first' }, payments, ledger);
    await insertTokenRequest(db, both);
    const progress = closeIfEnrolled(both, new Map([[PAYMENTS, hardware]]), MONDAY);
    await saveTokenRequest(db, expectKind(progress, 'progress').request);

    expect(await insertTokenRequest(db, requested({ id: 'second' }, payments))).toEqual({ kind: 'created' });
    expect([...(await openTokenRequestsByAccount(db))].map(([id, request]) => [id, request.id])).toEqual([
      [LEDGER, 'first'],
      [PAYMENTS, 'second'],
    ]);
    expect((await findOpenTokenRequest(db, PAYMENTS))?.id).toBe('second');
    expect((await findOpenTokenRequest(db, LEDGER))?.id).toBe('first');
  });
});

test('two approvers who click at once: one decides, the other sees that it is decided', async () => {
  await insertTokenRequest(db, aPendingTokenRequest());
  const decide = async (tx: typeof db) => {
    const request = await lockTokenRequest(tx, 'r1');
    if (request?.state !== 'requested') return request?.state;
    await saveTokenRequest(tx, expectKind(approve(request, admin, MONDAY), 'approved').request);
    return 'decided by me';
  };

  expect(await runOverlapping(instances, decide, decide)).toEqual(['decided by me', 'approved']);
});

test('two checks that each complete another account lose nothing', async () => {
  await insertTokenRequest(db, aPendingTokenRequest(payments, ledger));
  const closeAccount = (id: typeof PAYMENTS) => async (tx: typeof db) => {
    const request = await lockTokenRequest(tx, 'r1');
    if (request?.state !== 'requested') throw new Error('not open');
    const outcome = closeIfEnrolled(request, new Map([[id, hardware]]), MONDAY);
    if (outcome.kind !== 'unchanged') await saveTokenRequest(tx, outcome.request);
    return outcome.kind;
  };

  const outcomes = await runOverlapping(instances, closeAccount(PAYMENTS), closeAccount(LEDGER));

  expect(outcomes).toEqual(['progress', 'enrolled']);
});

test('open requests are listed oldest first, a person’s own newest first', async () => {
  const late = requested({ id: 'late', requestedAt: day(3) }, ledger);
  const early = requested({ id: 'early', requestedAt: day(1) }, payments);
  const bens = requested(
    { id: 'bens', requestedAt: day(2), requestedBy: BEN },
    aTokenRequestAccount({ id: SANDBOX }),
  );
  for (const request of [late, early, bens]) await insertTokenRequest(db, request);
  const ids = (requests: readonly TokenRequest[]) => requests.map(({ id }) => id);

  expect(ids(await listOpenTokenRequests(db))).toEqual(['early', 'bens', 'late']);
  expect(ids(await listTokenRequestsOfPerson(db, ANA))).toEqual(['late', 'early']);

  await saveTokenRequest(db, cancelled(early));
  expect(ids(await listOpenTokenRequests(db))).toEqual(['bens', 'late']);
  expect(ids(await listTokenRequestsOfPerson(db, ANA))).toEqual(['late', 'early']);
});

test('a cache of requests is invalidated by each change, and not by a refusal', async () => {
  const before = await readRevision(db);

  await insertTokenRequest(db, aPendingTokenRequest());
  await saveTokenRequest(db, anApprovedTokenRequest());
  expect(await readRevision(db)).toBe(before + 2);

  await insertTokenRequest(db, requested({ id: 'again' }));
  expect(await readRevision(db)).toBe(before + 2);
});

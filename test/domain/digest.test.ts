import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { COMPLIANCE_WORST_FIRST } from '../../src/domain/compliance.ts';
import { figuresByOrgUnit, figuresByTag, shouldPost, withShortLists } from '../../src/domain/digest.ts';
import { createExemptionRequest, grantExemptionRequest } from '../../src/domain/exemption.ts';
import { handOver } from '../../src/domain/token-request.ts';
import {
  aCoverage,
  aDigest,
  aDigestAccount,
  compliant,
  noncompliant,
  snapshot,
  THIS_MONDAY,
} from '../support/digest.ts';
import { ANA, BEN, SAM } from '../support/reminders.ts';
import {
  admin,
  aPendingTokenRequest,
  aShippedTokenRequest,
  expectKind,
  LEDGER,
  PAYMENTS,
} from '../support/token-requests.ts';

const names = ({ items }: { items: readonly { name: string }[] }) => items.map(({ name }) => name);

describe('the changes of the week', () => {
  const lost = aDigestAccount('lost-its-key', { before: compliant('fido'), after: noncompliant('none') });
  const fresh = aDigestAccount('new-one', { before: null, after: noncompliant('none') });
  const fixed = aDigestAccount('has-a-key-now', {
    before: noncompliant('virtual'),
    after: compliant('fido'),
  });
  const old = aDigestAccount('as-ever', {
    before: noncompliant('none'),
    after: noncompliant('none'),
    noncompliantSince: new Date('2026-09-01T10:00+02:00'),
  });
  const older = aDigestAccount('since-spring', {
    before: noncompliant('none'),
    after: noncompliant('none'),
    noncompliantSince: new Date('2026-03-30T10:00+02:00'),
  });
  const digest = aDigest({ accounts: [old, fresh, fixed, lost, older, aDigestAccount('fine')] });

  test('are in their sections, each account once', () => {
    expect(names(digest.regressed)).toEqual(['lost-its-key']);
    expect(digest.newlyFailing.items).toEqual([
      expect.objectContaining({ name: 'new-one', cause: 'new-account' }),
    ]);
    expect(names(digest.outstanding)).toEqual(['since-spring', 'as-ever']);
  });

  test('names the people to thank', () => {
    expect(digest.fixed.items).toEqual([
      expect.objectContaining({
        name: 'has-a-key-now',
        owner: 'ana@example.com',
        was: 'virtual',
        mfa: 'fido',
      }),
    ]);
  });

  test('says for how many days an account has been outstanding', () => {
    expect(digest.outstanding.items.map(({ days }) => days)).toEqual([238, 83]);
  });
});

describe('accounts that could not be checked', () => {
  const unreadable = (name: string, call: string, code: string) =>
    aDigestAccount(name, {
      after: snapshot('unknown', 'fido'),
      readFailure: { since: THIS_MONDAY, errors: [{ call, code, message: '' }] },
    });

  test('are grouped by reason, the commonest first', () => {
    const { couldNotCheck } = aDigest({
      accounts: [
        unreadable('slow', 'iam:GetAccountSummary', 'Throttling'),
        unreadable('locked-2', 'sts:AssumeRole', 'AccessDenied'),
        unreadable('locked-1', 'sts:AssumeRole', 'AccessDenied'),
      ],
    });

    expect(couldNotCheck.count).toBe(3);
    expect(
      couldNotCheck.groups.map(({ reason, accounts }) => [reason, accounts.count, names(accounts)]),
    ).toEqual([
      ['no-way-in', 2, ['locked-1', 'locked-2']],
      ['throttled', 1, ['slow']],
    ]);
  });
});

describe('accounts without a reachable owner', () => {
  const ownerless = aDigestAccount('orphan', { owner: null, ownerGap: 'none-named', orgUnit: '/Data' });
  const sibling = aDigestAccount('sibling', { orgUnit: '/Data' });
  const elsewhere = aDigestAccount('elsewhere', { orgUnit: '/Sandbox' });
  const firstDigest = { coverage: { now: aCoverage({ compliant: 3 }), lastWeek: null } };
  const ownerAction = (account: { id: typeof sibling.id }, by: typeof ANA, day: string) => ({
    accountId: account.id,
    by,
    at: new Date(day),
  });

  test('are listed once, then only counted', () => {
    const known = aDigest({ accounts: [ownerless] });
    const fresh = aDigest({ accounts: [{ ...ownerless, before: null }] });

    expect([known.withoutOwner.count, known.unchanged?.withoutOwner]).toEqual([0, 1]);
    expect([fresh.withoutOwner.count, fresh.unchanged?.withoutOwner]).toEqual([1, 0]);
  });

  test('come with who answered last for a sibling', () => {
    const { withoutOwner } = aDigest({
      ...firstDigest,
      accounts: [ownerless, sibling, elsewhere],
      ownerActions: [
        ownerAction(sibling, BEN, '2026-11-20'),
        ownerAction(sibling, ANA, '2026-11-02'),
        ownerAction(elsewhere, SAM, '2026-11-21'),
      ],
    });

    expect(withoutOwner.items).toEqual([
      expect.objectContaining({ name: 'orphan', gap: 'none-named', suggestion: BEN }),
    ]);
  });

  test('come without a guess where no one answered, or the org unit was not read', () => {
    const unread = aDigestAccount('somewhere', { ownerGap: 'left', orgUnit: null });

    const { withoutOwner } = aDigest({
      ...firstDigest,
      accounts: [ownerless, unread],
      ownerActions: [ownerAction(unread, SAM, '2026-11-20')],
    });

    expect(withoutOwner.items.map(({ suggestion }) => suggestion)).toEqual([null, null]);
  });

  test('suggests no one who can no longer be reached', () => {
    const ownerActions = [ownerAction(sibling, BEN, '2026-11-20')];
    const suggestionOf = (unreachable: ReadonlySet<typeof BEN>) =>
      aDigest({ ...firstDigest, accounts: [ownerless, sibling], ownerActions, unreachable }).withoutOwner
        .items[0]?.suggestion;

    expect(suggestionOf(new Set())).toBe(BEN);
    expect(suggestionOf(new Set([BEN]))).toBeNull();
  });

  test('are no concern once they are closed', () => {
    const closed = aDigestAccount('closed', {
      ownerGap: 'left',
      after: snapshot('not_applicable', 'not_applicable'),
    });
    const gone = aDigestAccount('gone', { ownerGap: 'left', after: null });

    expect(aDigest({ accounts: [closed, gone] }).withoutOwner.count).toBe(0);
  });
});

describe('what comes to an end', () => {
  const leaveUntil = (id: string, lastDay: string) => {
    const policy = { open: undefined, policy: { maxDays: 90 }, zone: 'Europe/Berlin' };
    const at = new Date('2026-11-02T10:00+01:00');
    const asked = expectKind(
      createExemptionRequest(
        { id, accountId: PAYMENTS, reason: 'the key is on its way', lastDay },
        ANA,
        policy,
        at,
      ),
      'asked',
    );
    return expectKind(grantExemptionRequest(asked.exemption, admin, null, at), 'granted').exemption;
  };

  test('are exemptions within two weeks, the next first', () => {
    const { exemptionsEnding } = aDigest({
      accounts: [aDigestAccount('payments', { id: PAYMENTS })],
      exemptions: [
        leaveUntil('far', '2026-12-31'),
        leaveUntil('later', '2026-12-06'),
        leaveUntil('soon', '2026-11-24'),
        leaveUntil('over', '2026-11-20'),
      ],
    });

    expect(exemptionsEnding.items.map(({ exemptionId, daysLeft }) => [exemptionId, daysLeft])).toEqual([
      ['soon', 2],
      ['later', 14],
    ]);
    expect(exemptionsEnding.items[0]?.account.name).toBe('payments');
  });

  test('are grace periods that end within the week, of accounts that are still non-compliant', () => {
    const short = (name: string) => aDigestAccount(name, { before: null, after: noncompliant('none') });
    const [wednesday, nextMonth, past, fixed] = [
      short('wednesday'),
      short('next-month'),
      short('past'),
      aDigestAccount('fixed-meanwhile'),
    ];

    const { graceEnding } = aDigest({
      accounts: [wednesday, nextMonth, past, fixed],
      graceEnds: new Map([
        [wednesday.id, new Date('2026-11-25T00:00+01:00')],
        [nextMonth.id, new Date('2026-12-25T00:00+01:00')],
        [past.id, new Date('2026-11-20T00:00+01:00')],
        [fixed.id, new Date('2026-11-25T00:00+01:00')],
      ]),
    });

    expect(names(graceEnding)).toEqual(['wednesday']);
  });
});

test('accounts that lost their owner since the last digest are new, and not called unchanged', () => {
  const without = (name: string) => aDigestAccount(name, { ownerGap: 'not-found' });
  const [known, lost] = [without('known'), without('lost')] as const;
  const digest = aDigest({
    accounts: [known, lost],
    knownGaps: new Set([known.id]),
    coverage: { now: aCoverage({ compliant: 2 }), lastWeek: aCoverage({ compliant: 2 }) },
  });

  expect(names(digest.withoutOwner)).toEqual(['lost']);
  expect(digest.unchanged?.withoutOwner).toBe(1);
});

test('a token request of someone who has left waits for its approvers until it is handed over', () => {
  const account = aDigestAccount('payments', { id: PAYMENTS });
  const shipped = aShippedTokenRequest();
  const lines = (overrides: Partial<Parameters<typeof aDigest>[0]>) =>
    aDigest({ accounts: [account], requests: [shipped], ...overrides }).requestsWaiting.items;

  expect(lines({})[0]).not.toHaveProperty('noReachableOwner');
  expect(lines({ unreachable: new Set([ANA]) })).toMatchObject([
    { noReachableOwner: true, waitsFor: 'approvers', requestedBy: ANA },
  ]);
  expect(lines({ requests: [handOver(shipped, BEN, THIS_MONDAY)] })).toMatchObject([
    { requestedBy: BEN, handedOverFrom: ANA, waitsFor: 'requester' },
  ]);
});

test('open token requests name who has to act, and since when', () => {
  const { requestsWaiting } = aDigest({
    accounts: [aDigestAccount('payments', { id: PAYMENTS })],
    requests: [
      { ...aShippedTokenRequest(), id: 'shipped', expectedOn: '2026-11-25' },
      { ...aPendingTokenRequest(), id: 'asked', requestedAt: new Date('2026-10-30T10:00Z') },
    ],
  });

  expect(
    requestsWaiting.items.map(({ requestId, waitsFor, to, days }) => [requestId, waitsFor, to, days]),
  ).toEqual([
    ['asked', 'approvers', 'decide', 24],
    ['shipped', 'requester', 'confirm-receipt', 21],
  ]);
  expect(requestsWaiting.items.map(({ expectedOn }) => expectedOn)).toEqual([undefined, '2026-11-25']);
  expect(requestsWaiting.items[0]?.accounts).toEqual([{ id: PAYMENTS, name: 'payments' }]);
});

describe('coverage', () => {
  test('is given for both levels, now and last week, rounded down', () => {
    const { coverage } = aDigest({
      coverage: {
        now: aCoverage({ compliant: 2, noncompliant: 1 }),
        lastWeek: aCoverage({ compliant: 1, noncompliant: 2 }),
      },
    });

    expect(coverage.level2).toMatchObject({
      now: { pass: 2, of: 3, percent: '66%' },
      lastWeek: { pass: 1, of: 3, percent: '33%' },
    });
  });

  test('has no last week in the first digest', () => {
    const { coverage, headline } = aDigest({
      coverage: { now: aCoverage({ compliant: 2, noncompliant: 1 }), lastWeek: null },
    });

    expect([headline.kind, coverage.level1.lastWeek]).toEqual(['first', null]);
  });
});

describe('the reading', () => {
  test('is old after a day, which is said', () => {
    const reading = (at: string) => aDigest({ readAt: new Date(at) }).reading;

    expect(reading('2026-11-22T09:00+01:00')).toMatchObject({ old: false, hoursOld: 24 });
    expect(reading('2026-11-22T08:59+01:00')).toMatchObject({ old: true, hoursOld: 24 });
    expect(aDigest({ readAt: null }).reading).toEqual({ at: null, hoursOld: null, old: true });
  });
});

test('a digest that comes late says so, and stays the digest of its week', () => {
  const tuesdayAWeekLater = new Date('2026-12-01T10:30+01:00');

  expect(aDigest({ now: tuesdayAWeekLater })).toMatchObject({ week: '2026-W48', hoursLate: 193 });
  expect(aDigest({ now: new Date('2026-11-23T09:40+01:00') }).hoursLate).toBeNull();
});

describe('a company that wants silence while all is met', () => {
  const skip = { whenAllMet: 'skip' } as const;
  const allCompliant = { now: aCoverage({ compliant: 4 }), lastWeek: aCoverage({ compliant: 4 }) };
  const daysAgo = (days: number) => new Date(THIS_MONDAY.getTime() - days * 24 * 3600_000);
  const quiet = aDigest({ coverage: allCompliant });

  test('gets a message once a month, so that silence is not mistaken for a failure', () => {
    expect(shouldPost(quiet, skip, null, THIS_MONDAY)).toBe('quiet-note');
    expect(shouldPost(quiet, skip, daysAgo(21), THIS_MONDAY)).toBe('nothing');
    expect(shouldPost(quiet, skip, daysAgo(28), THIS_MONDAY)).toBe('quiet-note');
  });

  test('still gets what needs attention', () => {
    const waiting = aDigest({ coverage: allCompliant, requests: [aPendingTokenRequest()] });
    const stale = aDigest({ coverage: allCompliant, readAt: daysAgo(3) });
    const undelivered = aDigest({
      coverage: allCompliant,
      undelivered: [
        { key: 'reminder/U03ANA/2026-11-20', kind: 'reminder', to: ANA, error: 'account_inactive' },
      ],
    });
    const lastOne = aDigest({
      coverage: allCompliant,
      accounts: [aDigestAccount('fixed', { before: noncompliant('none'), after: compliant('fido') })],
    });

    for (const digest of [waiting, stale, undelivered, lastOne, aDigest()]) {
      expect(shouldPost(digest, skip, daysAgo(7), THIS_MONDAY)).toBe('digest');
    }
  });

  test('is the exception', () => {
    expect(shouldPost(quiet, { whenAllMet: 'post' }, null, THIS_MONDAY)).toBe('digest');
  });
});

test('a shortened digest keeps the counts', () => {
  const accounts = ['a', 'b', 'c'].map((name) =>
    aDigestAccount(name, { before: null, after: noncompliant('none') }),
  );

  const { newlyFailing, couldNotCheck } = withShortLists(aDigest({ accounts }), 2);

  expect([newlyFailing.count, names(newlyFailing)]).toEqual([3, ['a', 'b']]);
  expect(couldNotCheck.count).toBe(0);
});

describe('whatever the week was like', () => {
  const anySnapshot = fc.option(
    fc
      .tuple(
        fc.constantFrom(...COMPLIANCE_WORST_FIRST),
        fc.constantFrom('none', 'virtual', 'fido', 'no_credentials', 'unknown', 'not_applicable'),
      )
      .map(([standing, mfa]) => snapshot(standing, mfa)),
  );
  const anyWeek = fc.array(
    fc
      .record({
        before: anySnapshot,
        after: anySnapshot,
        noncompliantSince: fc.option(
          fc.date({ min: new Date('2025-01-01'), max: THIS_MONDAY, noInvalidDate: true }),
        ),
        ownerGap: fc.option(fc.constantFrom('none-named', 'left', 'guest')),
      })
      .map((over) => aDigestAccount('any', over)),
    { maxLength: 20 },
  );

  test('every non-compliant account is listed exactly once', () => {
    fc.assert(
      fc.property(anyWeek, (accounts) => {
        const { regressed, newlyFailing, outstanding } = aDigest({ accounts });
        const listedIds = [...regressed.items, ...newlyFailing.items, ...outstanding.items].map(
          ({ id }) => id,
        );
        const short = accounts
          .filter(({ after }) => after?.compliance === 'noncompliant')
          .map(({ id }) => id);

        expect(new Set(listedIds).size).toBe(listedIds.length);
        expect(listedIds).toEqual(expect.arrayContaining(short));
      }),
    );
  });

  test('the digest survives JSON', () => {
    fc.assert(
      fc.property(anyWeek, (accounts) => {
        const digest = aDigest({ accounts, requests: [aPendingTokenRequest()] });

        expect(JSON.parse(JSON.stringify(digest))).toEqual(digest);
      }),
    );
  });
});

test('accounts that a request no longer waits for are not named', () => {
  const request = aPendingTokenRequest();
  const settled = [
    {
      id: LEDGER,
      mfaAtRequest: 'none',
      settled: 'enrolled',
      firstKeyAt: null,
      settledAt: THIS_MONDAY,
    } as const,
  ];

  const { requestsWaiting } = aDigest({
    requests: [{ ...request, accounts: [...request.accounts, ...settled] }],
  });

  expect(requestsWaiting.items[0]?.accounts).toEqual([{ id: PAYMENTS, name: null }]);
});

test('figures by org unit count top-level units, most non-compliant accounts first', () => {
  const pass = {
    level1: 'pass',
    level2: 'pass',
    rootCredentials: 'present',
    compliance: 'compliant',
  } as const;
  const fail = {
    level1: 'fail',
    level2: 'fail',
    rootCredentials: 'present',
    compliance: 'noncompliant',
  } as const;

  const groups = figuresByOrgUnit([
    { ...pass, orgUnit: '/Production/Payments' },
    { ...fail, orgUnit: '/Sandbox' },
    { ...pass, orgUnit: '/Production' },
    { ...pass, orgUnit: null },
  ]);

  expect(groups.map(({ name, accounts, noncompliant }) => [name, accounts, noncompliant])).toEqual([
    ['/Sandbox', 1, 1],
    ['/Production', 2, 0],
    ['Unknown org unit', 1, 0],
  ]);

  const teams = figuresByTag(
    [
      { ...pass, tags: { team: 'payments' } },
      { ...fail, tags: { team: 'data' } },
      { ...fail, tags: { owner: 'ana' } },
      { ...pass, tags: null },
    ],
    'team',
  );
  expect(teams.groups.map(({ name, accounts, noncompliant }) => [name, accounts, noncompliant])).toEqual([
    ['Without this tag', 2, 1],
    ['data', 1, 1],
    ['payments', 1, 0],
  ]);
});

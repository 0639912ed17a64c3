import { describe, expect, test } from '@jest/globals';
import { formatProblem, validateHome } from '@root-mfa-bot/local-slack';
import fc from 'fast-check';
import { demoConfig } from '../../../../src/demo/demo-config.ts';
import { coverageOf } from '../../../../src/domain/coverage.ts';
import { tokenRequestNotification } from '../../../../src/domain/notification-content.ts';
import { slackUserId } from '../../../../src/domain/person.ts';
import type { TokenRequest } from '../../../../src/domain/token-request.ts';
import { UNKNOWN_REASONS } from '../../../../src/domain/unknown-reason.ts';
import type { CompanyHomeData } from '../../../../src/slack/views/home/company-section.ts';
import { type HomeProps, renderHome, renderHomeMessage } from '../../../../src/slack/views/home/home.ts';
import { message } from '../../../../src/slack/views/shared/message.ts';
import type { Notification } from '../../../../src/store/outbox.ts';
import type { OwnReminders } from '../../../../src/usecases/reminders/read-own-reminders.ts';
import type { AccountView } from '../../../../src/usecases/shared/account-view.ts';
import { anAccountView } from '../../../support/account-views.ts';
import { aVerdict } from '../../../support/builders.ts';
import { aGrantedExemption, aRequestedExemption } from '../../../support/exemptions.ts';
import { ANA, BEN, SAM } from '../../../support/reminders.ts';
import {
  anApprovedTokenRequest,
  aPendingTokenRequest,
  aReceivedTokenRequest,
  aShippedTokenRequest,
  aTokenRequestAccount,
} from '../../../support/token-requests.ts';

const NOW = new Date('2026-11-24T09:00:00Z');
const QUIET: OwnReminders = {
  next: null,
  waitingForKey: 0,
  inRecovery: 0,
  disowned: 0,
  snoozedUntil: null,
  snoozesLeft: null,
};
const lastScan = {
  id: '1',
  startedAt: NOW,
  finishedAt: NOW,
  startedBy: 'schedule',
  accounts: 1,
  unread: 0,
  coverage: coverageOf([]),
  centralRootAccess: null,
};

/** Ana's Home, unless said otherwise. */
function aHome(overrides: Partial<Omit<HomeProps, 'own'>> & { own?: Partial<HomeProps['own']> } = {}) {
  return renderHome({
    viewer: { id: ANA, admin: false },
    seesAll: true,
    company: null,
    lastScan,
    config: demoConfig(),
    now: NOW,
    ...overrides,
    own: {
      accounts: [],
      firstSteps: new Map(),
      targets: [],
      requests: [],
      reminders: QUIET,
      ...overrides.own,
    },
  });
}

/** The company as Sam is shown it, with nothing waiting unless said otherwise. */
function aCompany(
  views: readonly AccountView[],
  overrides: Partial<CompanyHomeData['adminTasks']> = {},
): CompanyHomeData {
  return {
    status: {
      coverage: coverageOf(views),
      needingAttention: views,
      rootKeys: [],
      lastScan,
      scanFailure: undefined,
    },
    adminTasks: {
      requests: [],
      exemptions: [],
      disowned: [],
      recoveryWindows: [],
      removals: [],
      unlisted: [],
      unread: [],
      undelivered: [],
      unresponsive: [],
      ...overrides,
    },
    targets: [],
    owners: {
      ownerGaps: { gaps: [], unknownCount: 0 },
      reminderAudience: { mode: 'on', people: 0, accounts: 0 },
    },
  };
}

const sam = { viewer: { id: SAM, admin: true } };
const tokenNotification = (request: TokenRequest, name = 'payments-prod') =>
  tokenRequestNotification(request, () => name);
const problems = (home: unknown) => validateHome(home).map(formatProblem);
const json = (home: unknown) => JSON.stringify(home);

/** All that Slack would parse. */
function parsed(home: unknown): string {
  const found: string[] = [];
  JSON.stringify(home, (_key, value) => {
    if (value?.type === 'mrkdwn') found.push(value.text);
    return value;
  });
  return found.join('\n');
}

const COMPLIANT = { compliance: 'compliant', level1: 'pass', level2: 'pass' } as const;
const numbered = (index: number) => String(100_000_000_000 + index);

/** This many accounts, of every compliance, with everything that a row can show. */
function accountsOfEveryKind(count: number, name: string): AccountView[] {
  const kinds: readonly Parameters<typeof anAccountView>[0][] = [
    { exemption: aRequestedExemption(), exemptionLastDay: '2026-12-31' },
    { tokenRequest: aPendingTokenRequest(aTokenRequestAccount()) },
    { compliance: 'unknown', account: { readFailure: { since: NOW, errors: [] } } },
    { compliance: 'exempt', exemption: aGrantedExemption(), exemptionLastDay: '2026-12-31' },
    { ...COMPLIANT, account: { verdict: aVerdict({ flags: ['root_access_key_present'] }) } },
    { ...COMPLIANT, account: { verdict: aVerdict({ mfa: 'hardware' }) } },
  ];
  return Array.from({ length: count }, (_, at) => {
    const { account, ...kind } = kinds[at % kinds.length] ?? {};
    return anAccountView({ ...kind, account: { ...account, id: numbered(at), name: `${name}${at}` } });
  });
}

/** An admin's Home with as much in it as there can be. */
function fullHome(views: readonly AccountView[], text: string, who: string) {
  const name = text;
  const requests = views.slice(0, 20).flatMap(() => {
    const accounts = Array.from({ length: 12 }, (_, at) => ({
      id: numbered(at) as never,
      name,
      settled: null,
    }));
    return [
      aPendingTokenRequest(),
      anApprovedTokenRequest(),
      aShippedTokenRequest(),
      aReceivedTokenRequest(),
    ].map((request) => ({
      ...tokenNotification({ ...request, note: text, office: text } as TokenRequest, name),
      accounts,
    }));
  });
  const notification = {
    kind: 'reminder',
    to: { kind: 'person', id: who },
    lastError: text,
    createdAt: NOW,
  } as Notification;
  const reminders: OwnReminders = {
    next: { kind: 'remind', at: NOW, accounts: views.length },
    waitingForKey: 3,
    inRecovery: 1,
    disowned: 2,
    snoozedUntil: null,
    snoozesLeft: 2,
  };
  const person = { id: SAM, name: text, email: null, timeZone: 'UTC', awayUntil: null };
  return aHome({
    ...sam,
    own: {
      accounts: views,
      firstSteps: new Map(views.map(({ account }) => [account.id, text])),
      requests,
      reminders,
    },
    company: {
      ...aCompany(views, {
        requests,
        exemptions: views.map((view) => ({
          view,
          exemption: { ...aRequestedExemption(), reason: text || '–' },
          lastDay: '2026-12-31',
        })),
        disowned: views.map((view) => ({ view, by: ANA, reason: text })),
        unread: Array.from({ length: 9 }, () => ({
          explanation: UNKNOWN_REASONS['unclear-answer'].says,
          accounts: 3,
        })),
        undelivered: Array.from({ length: 9 }, () => notification),
      }),
      owners: {
        ownerGaps: {
          gaps: views.map((view) => ({
            view,
            gap: 'left',
            suggestion: { person, accounts: 2, orgUnit: text },
          })),
          unknownCount: 0,
        },
        reminderAudience: { mode: 'pilot', people: 4, accounts: views.length },
      },
    },
  });
}

describe('whatever there is to show', () => {
  test.each([0, 1, 2, 3, 300, 10_000])('Slack takes the Home of an owner of %i accounts', (count) => {
    const views = accountsOfEveryKind(count, 'x'.repeat(70));

    expect(problems(aHome({ own: { accounts: views } }))).toEqual([]);
  });

  test.each([0, 1, 2, 3, 300, 10_000])('and that of an admin of %i accounts, everything waiting', (count) => {
    const home = fullHome(accountsOfEveryKind(count, 'x'.repeat(70)), 'y'.repeat(600), 'U07FRANK');

    expect(problems(home)).toEqual([]);
    expect(home.blocks.length).toBeLessThanOrEqual(100);
  });

  test('what does not fit is counted, and it is said where it is', () => {
    const views = accountsOfEveryKind(300, 'account-').sort(
      (a, b) => Number(b.compliance === 'noncompliant') - Number(a.compliance === 'noncompliant'),
    );
    const shown = json(aHome({ own: { accounts: views } }));

    expect(shown).toContain('… and 88 more: `/mfa-status mine`');
    expect(shown).toContain('Your AWS accounts · 300');
  });
});

describe('whatever accounts and people are called', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '<!channel>',
      '<!here|here> now',
      '<@U01SAM>',
      '<https://evil.example|AWS console>',
      '*bold* _it_ ~no~ `code`',
      '&'.repeat(300),
      '\u202egnp.exe',
      'a\nb\r\n> quote',
      '🔐'.repeat(200),
      '',
    ),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
  );

  test('no one is mentioned, nothing is linked, and Slack accepts it', () => {
    fc.assert(
      fc.property(hostile, hostile, (name, said) => {
        const home = fullHome(accountsOfEveryKind(30, name), said, 'U07FRANK');
        const ours = parsed(home)
          .replaceAll(/<!date\^\d+\^[^|<>]*\|[^<>]*>/g, '')
          .replaceAll(/<@U0(1SAM|3ANA|7FRANK)>/g, '');

        expect(ours.replaceAll(/^> /gm, '')).not.toMatch(/<[^>]*>/);
        expect(problems(home)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('an owner', () => {
  test('of no account explains where owners come from', () => {
    expect(json(aHome())).toContain('so there is nothing to do here');
  });

  test('before the first scan says that nothing is known', () => {
    expect(json(aHome({ lastScan: undefined }))).toContain('The first scan has not finished yet');
  });

  test('of accounts that are in order is thanked', () => {
    const shown = json(aHome({ own: { accounts: [anAccountView(COMPLIANT)] } }));

    expect(shown).toContain('Nothing to do.* Thank you.');
    expect(shown).not.toContain('check-now');
  });

  test('of a non-compliant account starts with how to fix it', () => {
    const home = aHome({
      own: { accounts: [anAccountView()], firstSteps: new Map([[anAccountView().account.id, 'Do this.']]) },
    });
    const row = home.blocks.find(({ type }) => type === 'actions');

    expect(json(row)).toMatch(/How to fix.*"style":"primary".*Check now.*Request a hardware key/);
    expect(json(home)).toContain(':point_right: Do this.');
  });

  test('of one that only an admin can make readable is not asked to solve it', () => {
    const refused = { call: 'sts:AssumeRoot', code: 'AccessDenied', message: 'no' };
    const view = anAccountView({
      compliance: 'unknown',
      account: { readFailure: { since: NOW, errors: [refused] } },
    });

    expect(json(aHome({ own: { accounts: [view] } }))).toContain('Your security team must fix this');
  });

  test('of an account that is compliant except for a root key says to delete it', () => {
    const verdict = aVerdict({ mfa: 'virtual', level1: 'pass', flags: ['root_access_key_present'] });
    const shown = json(aHome({ own: { accounts: [anAccountView({ ...COMPLIANT, account: { verdict } })] } }));

    expect(shown).toContain('but root still has an access key');
    expect(shown).not.toContain('Thank you');
  });

  test('who sees only their own accounts gets no way to those of others', () => {
    const accounts = [anAccountView()];

    expect(json(aHome({ own: { accounts }, seesAll: true }))).toContain('All accounts');
    const shown = json(aHome({ own: { accounts }, seesAll: false }));
    expect(shown).not.toContain('All accounts');
    expect(shown).not.toContain('list:failing');
  });
});

test.each([
  [aPendingTokenRequest(), 'Waiting for an admin to decide', []],
  [anApprovedTokenRequest(), 'I’ll message you when it ships', []],
  [aShippedTokenRequest(), 'When it arrives, press “I have it”', ['receive-token']],
  [aReceivedTokenRequest(), 'Please register it on root', ['how-to-fix']],
] as const)('of a request that is $state it is said what is expected', (request, expected, ids) => {
  const shown = json(
    aHome({ own: { accounts: [anAccountView(COMPLIANT)], requests: [tokenNotification(request)] } }),
  );

  expect(shown).toContain(expected);
  for (const id of ids) expect(shown).toContain(`"action_id":"${id}"`);
});

describe('reminders', () => {
  const homeWithReminders = (reminders: Partial<OwnReminders>) =>
    json(aHome({ own: { accounts: [anAccountView()], reminders: { ...QUIET, ...reminders } } }));
  const at = new Date('2026-12-01T09:00:00Z');

  test('are announced', () => {
    expect(homeWithReminders({ next: { kind: 'remind', at, accounts: 2 } })).toMatch(
      /Next reminder: <!date\^\d+\^\{date_long_pretty\}[^>]*>, about 2 accounts/,
    );
  });

  test('can be snoozed only by those who were reminded, and only as often as allowed', () => {
    const next = { kind: 'remind', at, accounts: 1 } as const;

    expect(homeWithReminders({ next })).not.toContain('snooze-reminder');
    expect(homeWithReminders({ next, snoozesLeft: 1 })).toContain('snooze-reminder');
    expect(homeWithReminders({ next, snoozesLeft: 0 })).not.toContain('snooze-reminder');
    expect(homeWithReminders({ next, snoozesLeft: 1, snoozedUntil: at })).toContain('Snoozed.');
  });

  test('are not spoken of where there are none', () => {
    expect(homeWithReminders({})).not.toContain(':bell:');
  });
});

describe('an admin', () => {
  test('sees every open key request by state, with its age, ticket and next step', () => {
    const ticket = { label: 'Jira issue', text: 'SEC-12', url: 'https://jira.example.com/SEC-12' };
    const requests = [
      aPendingTokenRequest(),
      anApprovedTokenRequest(),
      aShippedTokenRequest(),
      aReceivedTokenRequest(),
    ].map((request) => ({ ...tokenNotification(request), ticket }));
    const shown = json(aHome({ ...sam, company: aCompany([anAccountView()], { requests }) }));

    expect(shown).toContain('Needs your decision · 1');
    expect(shown).toContain('Key requests · 4');
    expect(shown).toMatch(/\*1\* waiting for approval.*\*1\* to ship.*\*1\* on the way.*\*1\* received/);
    expect(shown).toMatch(
      /Approved \d+ (hours|days) ago · Jira issue: <https:\/\/jira.example.com\/SEC-12\|SEC-12>/,
    );
    expect(shown.match(/"ship-token"/g)).toHaveLength(1);
    expect(shown).not.toContain('All 4 open requests');
  });

  test('opens the full list when there are more than ten', () => {
    const requests = Array.from({ length: 12 }, () => tokenNotification(anApprovedTokenRequest()));
    const shown = json(aHome({ ...sam, company: aCompany([anAccountView()], { requests }) }));

    expect(shown.match(/"ship-token"/g)).toHaveLength(10);
    expect(shown).toContain('… and 2 more');
    expect(shown).toContain('All 12 open requests');
  });

  test('decides from there about others, never about their own', () => {
    const requests = [
      tokenNotification(aPendingTokenRequest()),
      tokenNotification({ ...aPendingTokenRequest(), requestedBy: SAM }),
    ];
    const exemptionRequest = { view: anAccountView(), lastDay: '2026-12-31' };
    const exemptions = [
      { ...exemptionRequest, exemption: aRequestedExemption() },
      { ...exemptionRequest, exemption: { ...aRequestedExemption(), askedBy: SAM } },
    ];
    const shown = json(aHome({ ...sam, company: aCompany([anAccountView()], { requests, exemptions }) }));

    expect(shown.match(/"approve-token"/g)).toHaveLength(1);
    expect(shown.match(/"grant-exemption"/g)).toHaveLength(1);
    expect(shown.match(/Another admin must decide, because this is your own request\./g)).toHaveLength(2);
  });

  test('returns an account to the person who said it is not theirs', () => {
    const disowned = [{ view: anAccountView(), by: BEN, reason: 'I changed teams' }];
    const shown = json(aHome({ ...sam, company: aCompany([anAccountView()], { disowned }) }));

    expect(shown).toContain('<@U04BEN> says *payments-prod*');
    expect(shown).toContain('It’s theirs');
  });

  test('lists undelivered messages', () => {
    const to = { kind: 'person', id: slackUserId('U07FRANK') } as const;
    const notification: unknown = { kind: 'reminder', to, lastError: 'user_disabled', createdAt: NOW };
    const undelivered = [notification as Notification];
    const shown = json(aHome({ ...sam, company: aCompany([anAccountView()], { undelivered }) }));

    expect(shown).toContain('1 undelivered message');
    expect(shown).toContain('reminder to <@U07FRANK>: user_disabled');
  });

  test('is not kept waiting while owners are looked up', () => {
    const company = { ...aCompany([anAccountView()]), owners: null };

    expect(json(aHome({ ...sam, company }))).toContain('Owners are being looked up');
  });

  test('may begin the first scan', () => {
    const company = aCompany([]);
    const nothing = { ...company, status: { ...company.status, lastScan: undefined } };
    const home = aHome({ ...sam, company: nothing, lastScan: undefined });

    expect(json(home)).toContain('Scan now');
    expect(problems(home)).toEqual([]);
  });
});

test('a person who is refused reads why', () => {
  const home = renderHomeMessage(message('This is only for full members of the workspace.'));

  expect(problems(home)).toEqual([]);
  expect(json(home)).toContain('only for full members');
});

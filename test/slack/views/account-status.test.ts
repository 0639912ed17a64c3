import { describe, expect, test } from '@jest/globals';
import { coverageOf } from '../../../src/domain/coverage.ts';
import { unknownText } from '../../../src/domain/unknown-reason.ts';
import { statusMark } from '../../../src/slack/views/shared/account-status.ts';
import { renderAccount } from '../../../src/slack/views/status/account.ts';
import { renderAccountList } from '../../../src/slack/views/status/account-list.ts';
import { renderCompanyStatus } from '../../../src/slack/views/status/company-status.ts';
import type { AccountView } from '../../../src/usecases/shared/account-view.ts';
import { anAccountView } from '../../support/account-views.ts';
import { aVerdict } from '../../support/builders.ts';

const NOW = new Date('2026-11-24T09:00:00Z');
const COMPLIANT = { compliance: 'compliant', level1: 'pass', level2: 'pass' } as const;

/** Could not be checked: the reader role is refused. */
const locked = anAccountView({
  compliance: 'unknown',
  account: {
    readFailure: { since: NOW, errors: [{ call: 'sts:AssumeRole', code: 'AccessDenied', message: '' }] },
  },
});
const withRootKey = anAccountView({
  ...COMPLIANT,
  account: { verdict: aVerdict({ mfa: 'hardware', flags: ['root_access_key_present'] }) },
});

const card = (view: AccountView) =>
  renderAccount({
    view,
    history: [],
    cis: '7.0.0',
    now: NOW,
    viewer: { id: 'U01SAM', admin: true, owner: false },
  });
const list = (views: readonly AccountView[]) =>
  renderAccountList({
    query: { filter: { kind: 'all' }, compliance: null, page: 0 },
    views,
    whenEmpty: '',
    title: 'All accounts',
  });
const shown = (rendered: unknown) => JSON.stringify(rendered);

describe('the mark of an account', () => {
  test.each<[string, AccountView, string]>([
    ['red without MFA', anAccountView(), ':red_circle:'],
    [
      'orange with the wrong kind of MFA',
      anAccountView({ account: { verdict: aVerdict({ mfa: 'virtual', level1: 'pass' }) } }),
      ':large_orange_circle:',
    ],
    ['blue if it could not be checked', locked, ':large_blue_circle:'],
    ['yellow if it is exempt', anAccountView({ compliance: 'exempt' }), ':large_yellow_circle:'],
    ['green if it is compliant', anAccountView(COMPLIANT), ':large_green_circle:'],
    ['never green with a root access key', withRootKey, ':large_orange_circle:'],
  ])('is %s', (_name, view, mark) => {
    expect(statusMark(view).markup).toBe(mark);
    expect(shown(card(view))).toContain(mark);
    expect(shown(list([view]))).toContain(mark);
  });

  test('never stands alone: the text says the same', () => {
    expect(shown(list([anAccountView()]))).toContain('Non-compliant: no MFA');
    expect(shown(list([withRootKey]))).toContain('Compliant: hardware token · :key: root has an access key');
  });
});

test('the reason why an account is unknown is the same on its page and in lists, and never that it was not read', () => {
  const reason = unknownText(locked.account);

  expect(shown(card(locked))).toContain(reason);
  expect(shown(list([locked]))).toContain(reason.replace(/\.$/, ''));
  expect(shown([card(locked), list([locked])])).not.toMatch(/never read/i);
});

test('root access keys have a line of their own in the overview', () => {
  const views = [withRootKey];
  const overview = renderCompanyStatus({
    status: {
      coverage: coverageOf(views),
      needingAttention: [],
      rootKeys: views,
      scanFailure: undefined,
      lastScan: {
        id: '1',
        startedAt: NOW,
        finishedAt: NOW,
        startedBy: 'schedule',
        accounts: 1,
        unread: 0,
        coverage: coverageOf(views),
        centralRootAccess: 'enabled',
      },
    },
    change: {
      regressed: [],
      newlyFailing: [],
      fixed: [],
      newlyUnknown: [],
      newAccounts: [],
      closed: [],
      outstanding: [],
    },
    since: NOW,
    cis: '7.0.0',
    admin: false,
    now: NOW,
  });

  expect(shown(overview)).toContain('1 account has a root access key or certificate');
});

import { describe, expect, test } from '@jest/globals';
import { formatProblem, validateMessage } from '@root-mfa-bot/local-slack';
import { accountId } from '../../../../src/domain/account.ts';
import { countedList } from '../../../../src/domain/counted-list.ts';
import type {
  AdminAlertNotification,
  AlertNotification,
  EscalatedAccount,
  EscalationNotification,
  NotificationContent,
  RemindedAccount,
  ReminderNotification,
} from '../../../../src/domain/notification.ts';
import { renderNotification } from '../../../../src/slack/views/notification.ts';
import type { RenderedMessage } from '../../../../src/slack/views/shared/blocks.ts';
import { ANA, BEN, SAM } from '../../../support/reminders.ts';

const SINCE = '2026-11-02T08:00:00.000Z';
const HOSTILE = '<!channel> & *friends* <https://evil.example|click> `x`';

const reminded = (n: number, overrides: Partial<RemindedAccount> = {}): RemindedAccount => ({
  id: accountId(String(n).padStart(12, '0')),
  name: `account-${n}`,
  managementAccount: false,
  mfa: 'none',
  level: 1,
  why: 'Root can sign in with a password and no MFA device is registered.',
  nextStep: 'Register an authenticator app (about 5 minutes).',
  since: SINCE,
  regressed: false,
  ...overrides,
});
const escalated = (n: number, overrides: Partial<EscalatedAccount> = {}): EscalatedAccount => ({
  id: accountId(String(n).padStart(12, '0')),
  name: `account-${n}`,
  owner: BEN,
  mfa: 'virtual',
  why: 'Root signs in with an authenticator app.',
  since: SINCE,
  timesReminded: 3,
  ...overrides,
});
const aReminderNotification = (overrides: Partial<ReminderNotification> = {}): ReminderNotification => ({
  kind: 'reminder',
  accounts: countedList([reminded(1)]),
  counts: { owned: 1, noncompliant: 1 },
  snoozesLeft: 2,
  snoozeDays: 7,
  escalated: countedList([]),
  requests: [],
  fixed: [],
  ...overrides,
});
const many = <T>(count: number, one: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => one(n + 1));

function shown(notification: NotificationContent): string {
  return JSON.stringify(renderNotification(notification).blocks);
}

function problemsOf({ text, blocks }: RenderedMessage): string[] {
  return validateMessage(blocks, text).map(formatProblem);
}

describe('a reminder', () => {
  test('greets, says what it is about, and what to do first', () => {
    const { text, blocks } = renderNotification(aReminderNotification());

    const words = JSON.stringify(blocks);
    expect(words).toContain('Your AWS account needs MFA on its root user');
    expect(words).toContain('Hello! Every AWS account has a *root user*');
    expect(words).toContain('Register an authenticator app (about 5 minutes).');
    expect(words).toContain('snoozes this for 7 days; you can snooze twice');
    expect(text).toContain('account-1 (000000000001): Its root user has no MFA');
    expect(words).not.toMatch(/CIS|Level [12]/);
  });

  test('names a root access key, in the message and in its text', () => {
    const { text, blocks } = renderNotification(
      aReminderNotification({
        accounts: countedList([reminded(1, { rootCredential: 'an access key' }), reminded(2)]),
      }),
    );

    expect(JSON.stringify(blocks)).toContain('Root also has an access key, which works without MFA');
    expect(text).toContain('delete it, too');
    expect(text.match(/access key/g)).toHaveLength(1);
  });

  test('explains itself in small print when it comes again, and says when the security team is asked next', () => {
    const second = shown(aReminderNotification({ earlier: 1, last: false }));
    const third = shown(aReminderNotification({ earlier: 2, last: true }));

    expect(second).toContain('Hello again! This account is still non-compliant.');
    expect(second).not.toContain('I will ask the security team to help you');
    expect(third).toContain('*If this stays open, I will ask the security team to help you.*');
  });

  test('says that others were asked to help, and that reminders go on', () => {
    const words = shown(
      aReminderNotification({
        earlier: 3,
        accounts: countedList([reminded(1, { escalatedSince: '2026-11-25T09:00:00.000Z' })]),
      }),
    );

    expect(words).toContain('I got no answer, so I asked the security team to help you on ');
    expect(words).toContain('I’ll keep reminding you, less often, until it is fixed.');
    expect(words).not.toMatch(/\blast\b/i);
  });

  test('says once what many accounts have in common', () => {
    const words = shown(aReminderNotification({ accounts: countedList(many(3, (n) => reminded(n))) }));

    expect(words.split('Register an authenticator app').length - 1).toBe(1);
    expect(words).toContain('*3 accounts:*');
    expect(words.split('"how-to-fix"').length - 1).toBe(3);
  });

  test('of three hundred accounts fits into what Slack takes, whatever they are called', () => {
    const notification = aReminderNotification({
      accounts: {
        count: 300,
        items: many(50, (n) =>
          reminded(n, {
            name: '&'.repeat(60),
            why: 'x'.repeat(400),
            mfa: 'unknown',
            nextStep: `${n} ${'y'.repeat(400)}`,
          }),
        ),
      },
      counts: { owned: 300, noncompliant: 300 },
      escalated: { count: 90, items: many(50, (n) => escalated(n, { name: '&'.repeat(60) })) },
      fixed: many(30, (n) => ({ ...reminded(n), at: SINCE, mfa: 'fido' })),
    });
    const plain = aReminderNotification({
      accounts: { count: 300, items: many(50, (n) => reminded(n, { nextStep: `Step ${n}.` })) },
    });

    const rendered = renderNotification(notification);
    expect(problemsOf(rendered)).toEqual([]);
    expect(rendered.blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(rendered.blocks)).toContain('… and 292 more. To see them all: /mfa-status mine');
    expect(JSON.stringify(renderNotification(plain)).length).toBeLessThan(10_000);
  });

  test('says until when it is snoozed, and what to do when no snoozes are left', () => {
    const snoozed = shown(
      aReminderNotification({ snoozesLeft: 1, snoozedUntil: '2026-11-11T12:00:00.000Z' }),
    );
    const noSnoozesLeft = shown(aReminderNotification({ snoozesLeft: 0 }));

    expect(snoozed).toContain('Snoozed. I’ll remind you on <!date^1794398400');
    expect(noSnoozesLeft).toContain('request an exemption');
    for (const words of [snoozed, noSnoozesLeft]) expect(words).not.toContain('snooze-reminder');
  });

  test('asks about a key, with the button that answers', () => {
    const [account] = [reminded(1)];
    const requests = [{ requestId: 'r1', to: 'confirm-receipt', accounts: [account] }] as const;
    const words = shown(aReminderNotification({ accounts: countedList([]), requests }));

    expect(words).toContain('Has the key for *account-1* arrived?');
    const late = requests.map((request) => ({ ...request, expectedOn: '2026-12-01' }));
    expect(shown(aReminderNotification({ accounts: countedList([]), requests: late }))).toContain(
      'The key for *account-1* should have arrived by Dec 1, 2026. Has it?',
    );
    expect(words).toContain('"receive-token"');
    expect(words).not.toContain('Remind me later');
  });

  test('tells a backup who to talk to, in a friendly tone', () => {
    const words = shown(
      aReminderNotification({ accounts: countedList([]), escalated: countedList([escalated(7)]) }),
    );

    expect(words).toContain('1 AWS account needs your help');
    expect(words).toContain('<@U04BEN>, reminded 3 times');
    expect(words).toContain('that helps more than another reminder');
  });

  test('becomes thanks, first for some and then for all', () => {
    const fixed = [{ id: accountId('000000000009'), name: 'account-9', mfa: 'fido', at: SINCE }] as const;
    const some = shown(aReminderNotification({ fixed }));
    const all = renderNotification(aReminderNotification({ accounts: countedList([]), fixed }));
    const none = renderNotification(aReminderNotification({ accounts: countedList([]) }));

    expect(some).toContain('root has a security key now. Thank you.');
    expect(some).toContain('How to fix');
    expect(all.text).toMatch(/^Done. Thank you!/);
    expect(JSON.stringify(all.blocks)).not.toContain('button');
    expect(none.text).toBe('Nothing left to do here. Thank you.');
  });
});

describe('in the channel', () => {
  const alert: AlertNotification = {
    kind: 'alert',
    alarm: 'regression',
    account: { ...reminded(1), managementAccount: false },
    owner: 'ben@example.com',
    was: 'fido',
    mfa: 'none',
    why: 'Root can sign in with a password and no MFA device is registered.',
    since: SINCE,
  };
  const escalation: EscalationNotification = {
    kind: 'escalation',
    accounts: countedList(many(12, (n) => escalated(n))),
    fixed: [],
  };

  test('an escalation names the day by which an account must reach its target', () => {
    const due = { name: 'Production on hardware', by: '2026-11-20', daysLeft: -2 };
    const accounts = countedList([escalated(1, { due }), escalated(2)]);
    const target = '*overdue since Nov 20, 2026* (Production on hardware)';

    expect(shown({ ...escalation, accounts })).toContain(
      `*account-1*  000000000001 (authenticator app), ${target}, *account-2*`,
    );
    const toBackup = aReminderNotification({ accounts: countedList([]), escalated: accounts });
    expect(shown(toBackup)).toContain(target);
    expect(renderNotification(toBackup).text).toContain(target);
  });

  test('an alert says what was and what is, and later that it is over', () => {
    expect(renderNotification(alert).text).toContain('Before: passkey or security key. Now: no MFA.');
    expect(shown({ ...alert, others: 30 })).toContain('The same scan found this on 30 more accounts');
    const over = renderNotification({ ...alert, fixedAt: SINCE });
    expect(over.text).toContain('Fixed: confirmed');
    expect(JSON.stringify(over.blocks)).not.toContain('How to fix');
  });

  test('an escalation mentions each owner with their accounts and their manager, and no one else', () => {
    const notification: EscalationNotification = {
      ...escalation,
      accounts: countedList([
        ...many(5, (n) => escalated(n, { contact: SAM })),
        escalated(6, { owner: ANA, timesReminded: 4 }),
      ]),
    };
    const { text, blocks } = renderNotification(notification);

    expect(text.split('\n')).toEqual([
      ':rotating_light: *No answer about 6 non-compliant accounts*',
      expect.stringContaining('Owners: please fix these accounts'),
      expect.stringMatching(/^Owner: <@U04BEN> .* reminded 3 times {2}· {2}can help: <@U01SAM>$/),
      expect.stringMatching(/^\*account-1\* .* and 2 more$/),
      expect.stringMatching(/^Owner: <@U03ANA> .* reminded 4 times$/),
      expect.stringContaining('*account-6*  000000000006 (authenticator app)'),
    ]);
    expect(JSON.stringify(blocks)).not.toMatch(/ignored|failed/);
    expect(shown({ ...escalation, accounts: countedList([escalated(1, { escalations: 1 })]) })).toContain(
      '*Still no answer about 1 non-compliant account*',
    );
    expect(problemsOf({ text, blocks })).toEqual([]);
    expect(shown({ ...escalation, accounts: countedList([]) })).toContain('All of these accounts are fixed');
  });
});

test('names and reasons are escaped in every message', () => {
  const alert: AdminAlertNotification = {
    kind: 'finding',
    finding: 'account-disowned',
    account: { id: accountId('000000000001'), name: HOSTILE },
    by: ANA,
    reason: HOSTILE,
    suggestion: { who: SAM, accounts: 2 },
  };
  const notifications: NotificationContent[] = [
    aReminderNotification({
      accounts: countedList([
        reminded(1, { name: HOSTILE, why: HOSTILE, nextStep: HOSTILE, mfa: 'unknown' }),
      ]),
      escalated: countedList([escalated(2, { name: HOSTILE })]),
      fixed: [{ id: accountId('000000000003'), name: HOSTILE, mfa: 'fido', at: SINCE }],
    }),
    {
      kind: 'alert',
      alarm: 'management-account',
      account: { ...reminded(1, { name: HOSTILE }), managementAccount: true },
      owner: null,
      was: null,
      mfa: 'none',
      why: HOSTILE,
      since: SINCE,
    },
    { kind: 'escalation', accounts: countedList([escalated(1, { name: HOSTILE })]), fixed: [] },
    alert,
    { ...alert, handedBack: { by: SAM, at: SINCE } },
    { kind: 'finding', finding: 'digest-channel-shared', channel: 'C03SHARED' },
  ];

  for (const notification of notifications) {
    const rendered = renderNotification(notification);
    expect(problemsOf(rendered)).toEqual([]);
    expect(parsedText(rendered)).not.toMatch(/<!channel|<https:\/\/evil|\*friends\*/);
  }
});

/** All text that Slack would parse. */
function parsedText({ text, blocks }: RenderedMessage): string {
  const found: string[] = [text];
  JSON.stringify(blocks, (_key, value) => {
    if (value?.type === 'mrkdwn') found.push(value.text);
    return value;
  });
  return found.join('\n');
}

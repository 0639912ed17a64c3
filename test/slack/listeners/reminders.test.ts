import { describe, expect, jest, test } from '@jest/globals';
import { nextWorkingMoment } from '../../../src/domain/calendar.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { findOwnerGaps } from '../../../src/usecases/owners/find-owner-gaps.ts';
import { remindOwners } from '../../../src/usecases/reminders/remind-owners.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

jest.setTimeout(120_000);
const { slack, bot, aws, clock, scan } = await startBotHarness();
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const sam = slack.as('U01SAM');
const gus = slack.as('U08GUS');
type TestPerson = typeof ben;

const DAY_MS = 24 * 60 * 60_000;
const BENS = '555566660002';
const PAYMENTS = '111122223333';

/** An hour in which people in New York and in São Paulo are at work, at least this many days later. */
function daysLater(days: number): void {
  const at = new Date(clock.now().getTime() + days * DAY_MS);
  const both = nextWorkingMoment(at, 'America/New_York', { from: '10:00', to: '11:00' });
  clock.advance(both.getTime() - clock.now().getTime());
}

/** What the person's direct message says last, once it says that. */
const reads = (person: TestPerson, words: string, place = 'dm') =>
  slack.waitUntil(() => person.messages(place).find(({ shown }) => shown.includes(words))?.shown);
const modal = (person: TestPerson, words: string) =>
  slack.waitUntil(() => {
    const shown = person.modal()?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });

describe('a reminder, from the first morning to the thanks', () => {
  test('says nothing on the first day', async () => {
    await remindOwners(bot.ctx, []);

    expect([ana, ben, gus].map((person) => person.messages('dm').length)).toEqual([0, 0, 0]);
  });

  test('comes by direct message when grace is over, to those who can do something', async () => {
    daysLater(5);
    await remindOwners(bot.ctx, []);
    await remindOwners(bot.ctx, []);

    const toBen = await reads(ben, 'Hello!');
    expect(toBen).toContain('ben-prototype');
    expect(toBen).toContain('Register an authenticator app (about 5 minutes)');
    const toAna = await reads(ana, 'of your 14 AWS accounts need attention');
    expect(toAna).toContain('payments-prod');
    expect([ana, ben, gus].map((person) => person.messages('dm').length)).toEqual([1, 1, 0]);
  });

  test('is snoozed with a click, and a second click changes nothing', async () => {
    await ana.open('dm');
    await Promise.all([ana.click('snooze-reminder'), ana.click('snooze-reminder')]);

    expect(await reads(ana, 'You can snooze once more')).toContain('Snoozed. I’ll remind you on');
    await reads(ana, 'Already snoozed');
    await slack.waitUntil(() => ana.messages('dm').every(({ shown }) => !shown.includes('Remind me later')));
    const snoozed = (await listAuditEntries(bot.ctx.db, { limit: 50 })).filter(
      ({ kind }) => kind === 'reminder-snoozed',
    );
    expect(new Set(snoozed.map(({ accountId }) => accountId)).size).toBe(snoozed.length);
  });

  test('becomes thanks in place when a scan sees the fix, and only the rest is left', async () => {
    aws.organization.deleteRootCredentials(PAYMENTS);
    await scan();

    const message = await reads(ana, 'no one can sign in as root anymore. Thank you.');
    expect(message).toContain('of your 14 AWS accounts');
    expect(ana.messages('dm').filter(({ shown }) => shown.includes('Hello!'))).toHaveLength(1);
  });
});

describe('not mine', () => {
  test('is said with a reason, and takes the account off the list', async () => {
    await ben.open('dm');
    await ben.click('not-mine');
    await modal(ben, 'Which account is not yours?');

    const empty = await ben.submit({ why: '   ' });
    expect(JSON.stringify(empty)).toContain('Please add a reason');
    await ben.submit({ why: 'It was for a demo; *Dev* runs it <now>' });

    expect(await modal(ben, 'Thank you. I’ve stopped reminding you about')).toContain(
      'Your security team has your answer',
    );
    await ben.close();
    await reads(ben, 'Nothing left to do here');
  });

  test('is reported to admins with the reason, and only an admin can undo it', async () => {
    const told = await reads(sam, 'is not theirs');
    expect(told).toContain('It was for a demo; ∗Dev∗ runs it &lt;now&gt;');

    await sam.open('dm');
    await sam.click('hand-back');

    expect(await reads(sam, 'returned *ben-prototype* to <@U04BEN>')).toContain('will remind them again');
    await reads(sam, 'returned it to');
  });

  test('and the reminder comes again, until it is fixed: then it becomes thanks', async () => {
    daysLater(7);
    await remindOwners(bot.ctx, []);
    await slack.waitUntil(() => ben.messages('dm').length === 2);

    aws.organization.enrolDevice(BENS, 'fido', 'bens-key');
    await ben.open('dm');
    await ben.click('check-now');

    const thanks = await reads(ben, 'Done. Thank you!');
    expect(thanks).toContain('root has a security key now');
    expect(await reads(ben, 'Fixed, thank you')).toBeDefined();
    daysLater(14);
    await remindOwners(bot.ctx, []);
    expect(ben.messages('dm').filter(({ shown }) => shown.includes('Hello!'))).toEqual([]);
  });
});

describe('for the company', () => {
  test('the channel is told immediately that MFA was removed from an account, and registered again', async () => {
    aws.organization.removeMfa(BENS);
    await scan();
    await reads(sam, 'Root MFA was removed from', '#security');

    aws.organization.enrolDevice(BENS, 'fido', 'bens-other-key');
    await scan();
    await reads(sam, 'Fixed: confirmed', '#security');
  });

  test('a post of its own in the channel mentions an owner who does not answer, and their accounts', async () => {
    for (const days of [7, 7, 7]) {
      daysLater(days);
      await remindOwners(bot.ctx, []);
    }

    const post = await reads(sam, 'No answer about', '#security');
    expect(post).toContain('Owner: <@U03ANA>');
    expect(post).toContain('reminded 3 times');
  });

  test('lists and the card show admins how far the reminders have come', async () => {
    await sam.command('#general', '/mfa-status failing');
    expect(await reads(sam, 'Non-compliant · ', '#general')).toMatch(
      /3 reminders · escalated since .* · next /,
    );

    await sam.command('#general', '/mfa-status payroll');
    expect(await reads(sam, 'Reminders: ', '#general')).toMatch(/Reminders: 3 reminders · escalated since /);
  });

  test('an admin sees who gets what next; no one else does', async () => {
    await sam.command('#general', '/mfa-status reminders');
    await ana.command('#general', '/mfa-status reminders');

    expect(await reads(sam, 'Reminders are on', '#general')).toContain('Next reminders');
    await reads(ana, 'Only admins can see who gets which reminder', '#general');
  });

  test('an owner who left gets no more messages, and their accounts are reported', async () => {
    slack.deactivate('U03ANA');
    const before = ana.messages('dm').length;
    daysLater(28);
    await remindOwners(bot.ctx, []);

    const { gaps } = await findOwnerGaps(bot.ctx);
    const left = gaps.filter(({ gap }) => gap === 'left').map(({ view }) => view.owner?.identifier);
    expect(new Set(left)).toEqual(new Set(['ana@example.com']));
    expect(left).toHaveLength(14);
    expect(ana.messages('dm')).toHaveLength(before);
  });
});

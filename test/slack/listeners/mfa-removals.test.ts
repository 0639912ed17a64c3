import { describe, expect, jest, test } from '@jest/globals';
import { accountId } from '../../../src/domain/account.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { saveReminder } from '../../../src/store/reminders.ts';
import { askAboutMfaRemovals } from '../../../src/usecases/mfa-removals/ask-about-mfa-removals.ts';
import { snoozeReminders } from '../../../src/usecases/reminders/snooze-reminders.ts';
import { readCompanyStatus } from '../../../src/usecases/shared/read-accounts.ts';
import { startBotHarness } from '../../support/bot-harness.ts';
import { storedReminder } from '../../support/reminders.ts';

jest.setTimeout(120_000);
const { slack, bot, aws, clock, scan } = await startBotHarness();
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const dev = slack.as('U05DEV');
const sam = slack.as('U01SAM');
type TestPerson = typeof ben;

const DAY_MS = 24 * 60 * 60_000;
const PAYMENTS = accountId('111122223333');
const BENS = accountId('555566660002');
const dayIn = (days: number) => new Date(clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 10);

const reads = (person: TestPerson, place: string, words: string) =>
  slack.waitUntil(() => person.messages(place).findLast(({ shown }) => shown.includes(words))?.shown);
const modal = (person: TestPerson, words: string) =>
  slack.waitUntil(() => {
    const shown = person.modal()?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });
const auditOf = async (id: typeof PAYMENTS) =>
  (await listAuditEntries(bot.ctx.db, { accountId: id, limit: 20 })).map(({ kind }) => kind);

describe('an owner who replaces a device', () => {
  test('is asked immediately whether it was them, and the channel sees who was asked', async () => {
    aws.organization.removeMfa(PAYMENTS);
    await scan();

    const question = await reads(ana, 'dm', 'Was this you?');
    expect(question).toContain('payments-prod');
    expect(question).toContain('This cannot be snoozed');
    expect(await reads(sam, '#security', 'Asked <@U03ANA>')).toContain('Root MFA was removed from');
    expect(await askAboutMfaRemovals(bot.ctx)).toBe(0);
    expect(ana.messages('dm')).toHaveLength(1);
  });

  test('has the most urgent account, and it is marked', async () => {
    const { needingAttention } = await readCompanyStatus(bot.ctx);
    expect(needingAttention[0]).toMatchObject({ account: { id: PAYMENTS }, mfaRemoved: true });
  });

  test('says until when, and reminders wait for that day', async () => {
    await ana.open('dm');
    await ana.click('confirm-mfa-removal');
    await modal(ana, 'When will MFA be registered again?');
    expect(JSON.stringify(await ana.submit({ until: dayIn(30) }))).toContain('within the next 14 days');
    await ana.submit({ until: dayIn(3), reason: 'The <old> key is worn out' });
    await modal(ana, 'I send no reminders about this account until');
    await ana.close();

    expect(await reads(sam, '#security', 'Explained by <@U03ANA>')).toContain('The &lt;old&gt; key');
    const reminder = await storedReminder(bot.ctx.db, PAYMENTS);
    expect(reminder?.snoozedUntil?.getTime()).toBeGreaterThan(clock.now().getTime() + 2 * DAY_MS);
    expect(await auditOf(PAYMENTS)).toContain('mfa-removal-explained');
  });

  test('cannot snooze it on top of that', async () => {
    const reminder = await storedReminder(bot.ctx.db, PAYMENTS);
    if (!reminder) throw new Error('no reminder');
    await saveReminder(bot.ctx.db, { ...reminder, timesSent: 1, snoozedUntil: null });

    expect(await snoozeReminders(bot.ctx, { by: 'U03ANA' as never, zone: 'Europe/Berlin' })).toEqual({
      kind: 'mfa-removed',
    });
  });

  test('reads that it is over once MFA is registered again', async () => {
    aws.organization.enrolDevice(PAYMENTS, 'fido', 'new-key');
    await scan();

    expect(await reads(ana, 'dm', 'MFA is registered again')).not.toContain('No, not me');
    expect(await reads(sam, '#security', 'Fixed: confirmed')).toContain('Explained by <@U03ANA>');
  });
});

describe('an owner who did not remove it', () => {
  test('says so with one click: channel and admins are alerted with what to do now', async () => {
    aws.organization.enrolDevice(BENS, 'fido', 'bens-key');
    await scan();
    aws.organization.removeMfa(BENS);
    await scan();
    await reads(ben, 'dm', 'Was this you?');
    await ben.open('dm');
    await ben.click('deny-mfa-removal');

    await reads(ben, 'dm', 'I have alerted the security channel and the admins');
    for (const [person, place] of [
      [sam, '#security'],
      [sam, 'dm'],
    ] as const) {
      const alert = await reads(person, place, 'The owner denies removing root MFA from');
      expect(alert).toContain('<@U04BEN> says it was not them');
      expect(alert).toContain('What to do now');
    }
    expect(await auditOf(BENS)).toContain('mfa-removal-denied');
  });

  test('cannot take it back', async () => {
    const denied = ben.messages('dm').findLast(({ shown }) => shown.includes('Was this you?'));
    expect(denied?.shown).not.toContain('Yes, I’m replacing a device');
  });

  test('is handled in the channel, which shows by whom', async () => {
    await dev.open('#security');
    await dev.click('acknowledge-mfa-removal');
    await reads(dev, '#security', 'Only admins and the person it is assigned to');

    await sam.open('dm');
    await sam.click('acknowledge-mfa-removal');
    await sam.click('assign-mfa-removal');
    await modal(sam, 'Who should look into it?');
    await sam.submit({ assignee: 'U05DEV' });
    await modal(sam, 'Assigned to');
    await sam.close();

    const alert = await reads(sam, '#security', 'Assigned to <@U05DEV> by <@U01SAM>');
    expect(alert).toContain('Acknowledged by <@U01SAM>');
    await reads(dev, 'dm', 'Root MFA was removed from');
    expect(await auditOf(BENS)).toEqual(
      expect.arrayContaining(['mfa-removal-acknowledged', 'mfa-removal-assigned']),
    );
  });
});

import { describe, expect, jest, test } from '@jest/globals';
import { accountId } from '../../../src/domain/account.ts';
import { businessDaysAfter, nextWorkingMoment } from '../../../src/domain/calendar.ts';
import type { StatusReport } from '../../../src/reports/status-export.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { followUpOwnerProposals } from '../../../src/usecases/owners/follow-up-owner-proposals.ts';
import { readAccount } from '../../../src/usecases/shared/read-accounts.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

jest.setTimeout(120_000);
const { slack, bot, clock } = await startBotHarness();
const sam = slack.as('U01SAM');
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const dev = slack.as('U05DEV');
const gus = slack.as('U08GUS');
type TestPerson = typeof ben;

const BENS = accountId('555566660002');

/** Noon in Germany, this many working days later. */
function workingDaysLater(days: number): void {
  const zone = 'Europe/Berlin';
  const at = nextWorkingMoment(businessDaysAfter(clock.now(), days, zone), zone, {
    from: '12:00',
    to: '13:00',
  });
  clock.advance(at.getTime() - clock.now().getTime());
}

const reads = (person: TestPerson, words: string, place = 'dm') =>
  slack.waitUntil(() => person.messages(place).find(({ shown }) => shown.includes(words))?.shown);
const ownerNow = async () => (await readAccount(bot.ctx, BENS))?.owner;

/** Opens the account and picks a new owner. */
async function pick(person: TestPerson, newOwner: TestPerson): Promise<string> {
  await person.open('#security');
  await person.command('#security', `/mfa-status ${BENS}`);
  await slack.waitUntil(() => person.messages('#security').some(({ shown }) => shown.includes(BENS)));
  await person.click('change-owner');
  await slack.waitUntil(() => person.modal()?.shown.includes('Who owns'));
  await person.submit({ 'new-owner': newOwner.id, 'new-owner-note': 'You run it *now*' });
  const shown = await slack.waitUntil(() => {
    const words = person.modal()?.shown ?? '';
    return words.includes('Who owns') ? undefined : words || undefined;
  });
  await person.close();
  return shown;
}

describe('an account that changes hands in Slack', () => {
  test('is offered to the person its owner picks, and stays theirs until then', async () => {
    expect(await pick(ben, dev)).toContain('I asked <@U05DEV> to confirm that they own *ben-prototype*');

    const asked = await reads(dev, 'says you own the AWS account');
    expect(asked).toContain('You run it ∗now∗');
    expect(await ownerNow()).toMatchObject({ identifier: 'ben@example.com' });
  });

  test('does not change hands when that person says no, and the one who asked is notified', async () => {
    await dev.open('dm');
    await dev.click('decline-owner');

    await reads(dev, 'You said it is not yours');
    await reads(ben, 'Please pick another person');
    expect(await ownerNow()).toMatchObject({ identifier: 'ben@example.com' });
  });

  test('cannot go to a guest', async () => {
    expect(await pick(sam, gus)).toContain('cannot own an account');
  });

  test('asks a person who has not answered again, whatever is picked twice, and reports no answer', async () => {
    await pick(sam, dev);
    expect(await pick(sam, dev)).toContain('Nothing changed: I asked <@U05DEV> about *ben-prototype*');
    const questions = () =>
      dev
        .messages('dm')
        .filter(({ shown }) => shown.includes('says you own') && shown.includes('No, not mine'));
    await slack.waitUntil(() => questions().length === 1);

    for (let round = 0; round < 3; round += 1) {
      workingDaysLater(6);
      await followUpOwnerProposals(bot.ctx);
      await followUpOwnerProposals(bot.ctx);
    }

    await reads(dev, 'I still need your answer');
    await reads(sam, 'has not said whether they own');
    expect(questions()).toHaveLength(3);
    await dev.open('dm');
    await dev.click('decline-owner');
    await slack.waitUntil(() => questions().length === 0);
    await reads(sam, 'says they do not own');
  });

  test('is the new owner’s once they confirm, and the admin reads which tag to correct', async () => {
    await pick(sam, ana);
    await ana.open('dm');
    await reads(ana, 'says you own the AWS account');
    await ana.click('confirm-owner');

    const told = await reads(sam, 'confirmed that they own');
    expect(told).toContain('To make it permanent: in AWS, set the tag');
    expect(told).toContain('to ana@example.com');
    expect(await ownerNow()).toEqual({ identifier: 'ana@example.com', source: 'assigned' });
  });

  test('is exported with its new owner', async () => {
    const before = sam.messages('dm').length;
    await sam.command('#security', '/mfa-status export json');
    const message = await slack.waitUntil(() =>
      sam
        .messages('dm')
        .slice(before)
        .find(({ files }) => files.length > 0),
    );
    const file = message.files.find(({ name }) => name.endsWith('.json'));
    const report = (await (await fetch(`${slack.url}${file?.url}`)).json()) as StatusReport;

    expect(report.accounts.find(({ accountId: id }) => id === BENS)?.owner).toBe('ana@example.com');
  });

  test('is in the audit log', async () => {
    const kinds = (await listAuditEntries(bot.ctx.db, { limit: 20 })).map(({ kind }) => kind);

    expect(kinds.filter((kind) => kind.startsWith('owner-')).slice(0, 3)).toEqual([
      'owner-confirmed',
      'owner-proposed',
      'owner-declined',
    ]);
  });

  test('offers nothing to people who neither own it nor are admins', async () => {
    await dev.command('#security', `/mfa-status ${BENS}`);

    expect(await reads(dev, BENS, '#security')).not.toContain('Change owner…');
  });
});

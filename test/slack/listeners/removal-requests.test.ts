import { describe, expect, test } from '@jest/globals';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { refreshDirectory } from '../../../src/usecases/owners/refresh-directory.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

const { slack, aws, bot } = await startBotHarness();
await refreshDirectory(bot.ctx);
const ben = slack.as('U04BEN');
const ana = slack.as('U03ANA');
const sam = slack.as('U01SAM');
const BEN_PROTOTYPE = '555566660002';
type TestPerson = typeof ben;

const reads = (person: TestPerson, place: string, words: string) =>
  slack.waitUntil(() => person.messages(place).find(({ shown }) => shown.includes(words))?.shown);
const modal = (person: TestPerson, words: string) =>
  slack.waitUntil(() => {
    const shown = person.modal()?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });

describe('a request to remove root credentials', () => {
  test('is one click away for the owner, and made once', async () => {
    await ben.command('#general', '/mfa-status fix ben-prototype');
    await modal(ben, 'Ask an admin to remove root credentials');

    await ben.click('request-removal');

    const shown = await modal(ben, 'Asked the admins');
    expect(shown).toContain('Waiting for an admin');
    expect(shown).not.toContain('Ask an admin to remove root credentials');
    expect(await reads(sam, '#security', 'asks an admin to remove the root credentials')).toContain(
      'ben-prototype',
    );
    await ben.close();
  });

  test('is withdrawn by the requester, and can be made again', async () => {
    await ben.command('#general', '/mfa-status fix ben-prototype');
    await modal(ben, 'Waiting for an admin');
    await ben.click('withdraw-removal');
    await modal(ben, 'Request withdrawn');
    await reads(sam, '#security', 'Withdrawn');

    await ben.click('request-removal');
    await modal(ben, 'Asked the admins');
    await ben.close();
    await slack.waitUntil(
      () => sam.messages('#security').filter(({ shown }) => shown.includes('Who takes it?')).length === 1,
    );
  });

  test('waits in the Home of every admin', async () => {
    await sam.openHome();

    await slack.waitUntil(() => sam.home()?.shown.includes('asks an admin to remove the root credentials'));
  });

  test('is taken by an admin only, and the owner is told who does it', async () => {
    await ana.click('assign-removal', { in: '#security' });
    await reads(ana, '#security', 'Only admins can remove root credentials');

    await sam.click('assign-removal', { in: '#security' });

    await reads(sam, '#security', 'is on it');
    expect(await reads(ben, 'dm', 'is removing the root credentials of')).toContain('ben-prototype');
  });

  test('is closed by the check that sees none, and recorded', async () => {
    aws.organization.deleteRootCredentials(BEN_PROTOTYPE);
    await sam.command('#general', '/mfa-status ben-prototype');
    await slack.waitUntil(() => sam.messages('#general').length > 0);

    await sam.click('check-now');

    await reads(ben, 'dm', 'there is nothing left for you to do');
    expect(await reads(sam, '#security', 'Done: confirmed')).toContain('ben-prototype');
    const kinds = (await listAuditEntries(bot.ctx.db, { limit: 10 })).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['removal-requested', 'removal-assigned', 'removal-done']));
  });
});

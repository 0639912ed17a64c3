import { describe, expect, test } from '@jest/globals';
import { accountId } from '../../../src/domain/account.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { saveRegisteredKey } from '../../../src/store/registered-keys.ts';
import { askToConfirmKeys } from '../../../src/usecases/keys/ask-to-confirm-keys.ts';
import { refreshDirectory } from '../../../src/usecases/owners/refresh-directory.ts';
import { startBotHarness } from '../../support/bot-harness.ts';
import { aRegisteredKey } from '../../support/registered-keys.ts';
import { BEN } from '../../support/reminders.ts';

const { slack, bot, clock } = await startBotHarness();
await refreshDirectory(bot.ctx);
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const sam = slack.as('U01SAM');
type TestPerson = typeof ben;

const PAYMENTS = accountId('111122223333');
const reads = (person: TestPerson, place: string, words: string) =>
  slack.waitUntil(() => person.messages(place).findLast(({ shown }) => shown.includes(words))?.shown);
const modal = (person: TestPerson, words: string) =>
  slack.waitUntil(() => {
    const shown = person.modal()?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });
const lastAudit = async () => (await listAuditEntries(bot.ctx.db, { limit: 1 }))[0];

describe('the owner of an account', () => {
  test('names the holder of a key and where the spare is', async () => {
    await ana.command('#general', '/mfa-status keys payments-prod');
    await reads(ana, '#general', 'No key is registered yet');

    await ana.click('edit-key');
    await modal(ana, 'Where it is kept');
    expect(await ana.submit({ place: '12 Baker Street' })).toMatchObject({
      ok: false,
      error: expect.stringContaining('looks like an address'),
    });
    await ana.submit({ role: 'spare', holder: 'U04BEN', place: 'safe 2', serial: '12345678' });

    const shown = await modal(ana, 'Added to the key register');
    expect(shown).toContain('*Spare:* security key 12345678 · held by <@U04BEN> · safe 2');
    await ana.close();
    expect(await lastAudit()).toMatchObject({ actor: 'U03ANA', kind: 'keys-shown', accountId: PAYMENTS });
  });

  test('sees in the account how many keys there are, without a name or a place', async () => {
    await ana.command('#general', '/mfa-status payments-prod');

    const shown = await reads(ana, '#general', '*Keys*');
    expect(shown).toContain('*Keys* 1 registered');
    expect(shown).not.toContain('safe 2');
  });

  test('removes a key, and it stays in the audit log', async () => {
    await ana.click('show-keys');
    await reads(ana, '#general', 'held by <@U04BEN>');

    await ana.click({ text: 'Remove…' });

    await reads(ana, '#general', 'Removed from the key register');
    const entries = await listAuditEntries(bot.ctx.db, { limit: 2 });
    expect(entries.map(({ kind }) => kind)).toContain('key-removed');
  });
});

describe('the register', () => {
  test('is listed for admins, findings first, and the reading is on record', async () => {
    await sam.command('#general', '/mfa-status keys');

    const shown = await reads(sam, '#general', 'with findings');
    expect(shown).toContain('no spare named');
    expect(shown).toContain('The audit log records');
    expect(await lastAudit()).toMatchObject({
      actor: 'U01SAM',
      kind: 'keys-listed',
      detail: { accounts: 8 },
    });

    await sam.click('show-keys:next');
    await reads(sam, '#general', 'Page 2 of');
  });

  test('shows others only their own accounts', async () => {
    await ben.command('#general', '/mfa-status keys payments-prod');

    expect(await reads(ben, '#general', 'payments-prod')).not.toContain('Keys · payments-prod');
  });
});

test('the Home tab counts findings, and leads to the register', async () => {
  const home = (person: TestPerson) =>
    slack.waitUntil(() => {
      const shown = person.home()?.shown ?? '';
      return shown.includes('*Keys:*') ? shown : undefined;
    });
  await ana.openHome();
  expect(await home(ana)).toContain('with findings');
  await sam.openHome();
  expect(await home(sam)).toContain('no spare named');

  await sam.click('show-keys:all');

  expect(await modal(sam, 'The audit log records who opens this list')).toContain('payments-prod');
  await sam.close();
});

test('a holder confirms with one click, and the question says so', async () => {
  await saveRegisteredKey(
    bot.ctx.db,
    aRegisteredKey({ holder: BEN, accountId: PAYMENTS, confirmedAt: null }),
  );
  clock.advance(370 * 24 * 60 * 60_000);
  await askToConfirmKeys(bot.ctx);
  expect(await reads(ben, 'dm', 'Do you still have this key?')).toContain('main security key');

  await ben.open('dm');
  await ben.click('confirm-keys');

  await reads(ben, 'dm', ':white_check_mark: Confirmed');
  expect(await lastAudit()).toMatchObject({ actor: 'U04BEN', kind: 'keys-confirmed', accountId: PAYMENTS });
});

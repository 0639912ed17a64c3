import { expect, test } from '@jest/globals';
import type { PersonDriver } from '../../packages/local-slack/src/person-driver.ts';
import { accountId } from '../../src/domain/account.ts';
import { openExemptionFor } from '../../src/store/exemptions.ts';
import { aRehearsal } from '../support/bot-harness.ts';

const { slack, bot, logged } = await aRehearsal();
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const BENS = accountId('555566660002');
const PHONE = accountId('111122223333');

const modal = (person: PersonDriver, words: string) =>
  slack.until(() => (person.modal()?.shown.includes(words) ? person.modal()?.shown : undefined));
const troubles = () => logged.filter(({ level }) => level === 'error').map(({ message }) => message);

async function asksForLeave(person: PersonDriver, account: string): Promise<void> {
  const before = person.see('#general').length;
  await person.command('#general', `/mfa-status ${account}`);
  await slack.until(() => person.see('#general').length > before);
  await person.click('ask-exemption');
  await modal(person, 'An admin decides');
  await person.submit({ reason: 'The key is ordered', 'last-day': '2026-12-01' });
}

test('whoever closes a form while it is worked on reads the outcome in a direct message', async () => {
  slack.inject({ method: 'views.update', error: 'not_found' });

  await asksForLeave(ben, BENS);

  expect(await slack.until(() => ben.see('dm').at(-1)?.shown)).toContain('Asked, until');
  expect(troubles()).toEqual([]);
  await ben.close();
});

test('and so does whoever closes a guide while the account is looked at', async () => {
  await ben.command('#general', `/mfa-status fix ${BENS}`);
  await modal(ben, 'authenticator');
  const heard = ben.see('dm').length;
  await ben.click('check-fix');
  await ben.close();

  expect(await slack.until(() => ben.see('dm')[heard]?.shown)).toContain('Not fixed yet');
  expect(troubles()).toEqual([]);
});

test('what was decided is not denied when only the outcome could not be shown', async () => {
  slack.inject({ method: 'views.update', error: 'internal_error' });

  await asksForLeave(ana, PHONE);

  const shown = await modal(ana, 'Something went wrong');
  expect(await openExemptionFor(bot.ctx.db, PHONE)).toMatchObject({ state: 'asked', askedBy: 'U03ANA' });
  expect(shown).not.toContain('nothing was changed');
  expect(shown).toContain('please look whether it was done');
});

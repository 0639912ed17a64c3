import { expect, test } from '@jest/globals';
import type { PersonDriver } from '@root-mfa-bot/local-slack';
import { accountId } from '../../src/domain/account.ts';
import { findOpenExemption } from '../../src/store/exemptions.ts';
import { startBotHarness } from '../support/bot-harness.ts';

const { slack, bot, logged } = await startBotHarness();
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const BENS = accountId('555566660002');
const PHONE = accountId('111122223333');

const modal = (person: PersonDriver, words: string) =>
  slack.waitUntil(() => (person.modal()?.shown.includes(words) ? person.modal()?.shown : undefined));
const loggedErrors = () => logged.filter(({ level }) => level === 'error').map(({ message }) => message);

async function requestsExemption(person: PersonDriver, account: string): Promise<void> {
  const before = person.messages('#general').length;
  await person.command('#general', `/mfa-status ${account}`);
  await slack.waitUntil(() => person.messages('#general').length > before);
  await person.click('ask-exemption');
  await modal(person, 'An admin decides');
  await person.submit({ reason: 'The key is ordered', 'last-day': '2026-12-01' });
}

test('whoever closes a form while it is worked on reads the outcome in a direct message', async () => {
  slack.injectFault({ method: 'views.update', error: 'not_found' });

  await requestsExemption(ben, BENS);

  expect(await slack.waitUntil(() => ben.messages('dm').at(-1)?.shown)).toContain('Exemption until');
  expect(loggedErrors()).toEqual([]);
  await ben.close();
});

test('and so does whoever closes a guide while the account is looked at', async () => {
  await ben.command('#general', `/mfa-status fix ${BENS}`);
  await modal(ben, 'authenticator');
  const heard = ben.messages('dm').length;
  await ben.click('check-fix');
  await ben.close();

  expect(await slack.waitUntil(() => ben.messages('dm')[heard]?.shown)).toContain('Not fixed yet');
  expect(loggedErrors()).toEqual([]);
});

test('what was decided is not denied when only the outcome could not be shown', async () => {
  slack.injectFault({ method: 'views.update', error: 'internal_error' });

  await requestsExemption(ana, PHONE);

  const shown = await modal(ana, 'Something went wrong');
  expect(await findOpenExemption(bot.ctx.db, PHONE)).toMatchObject({ state: 'asked', askedBy: 'U03ANA' });
  expect(shown).not.toContain('nothing was changed');
  expect(shown).toContain('please look whether it was done');
});

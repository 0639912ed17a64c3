import { expect, test } from '@jest/globals';
import type { PersonDriver } from '@root-mfa-bot/local-slack';
import { accountId } from '../../src/domain/account.ts';
import { startBotHarness } from '../support/bot-harness.ts';

const { slack, logged } = await startBotHarness();
const ben = slack.as('U04BEN');
const BENS = accountId('555566660002');

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

test('the outcome of a form is in its modal without another call to Slack', async () => {
  const fault = slack.injectFault({ method: 'views.update', error: 'internal_error' });

  await requestsExemption(ben, BENS);

  expect(await modal(ben, 'Exemption until')).toBeDefined();
  expect(fault.applied()).toBe(0);
  fault.remove();
  expect(loggedErrors()).toEqual([]);
  await ben.close();
});

test('the result of a check is sent as a direct message when its modal was closed meanwhile', async () => {
  await ben.command('#general', `/mfa-status fix ${BENS}`);
  await modal(ben, 'authenticator');
  const heard = ben.messages('dm').length;
  await ben.click('check-fix');
  await ben.close();

  expect(await slack.waitUntil(() => ben.messages('dm')[heard]?.shown)).toContain('Not fixed yet');
  expect(loggedErrors()).toEqual([]);
});

import { describe, expect, test } from '@jest/globals';
import type { PersonDriver } from '@root-mfa-bot/local-slack';
import { parseConfig } from '../../src/config/config.ts';
import { CHANNELS, PEOPLE } from '../../src/demo/company.ts';
import { accountId } from '../../src/domain/account.ts';
import { slackUserId } from '../../src/domain/person.ts';
import { findOwnerGaps } from '../../src/usecases/owners/find-owner-gaps.ts';
import { submitTokenRequest } from '../../src/usecases/tokens/submit-token-request.ts';
import { startBotHarness } from '../support/bot-harness.ts';

/** Frank has left; no one sees accounts of others, and Dev stands in for owners who cannot be reached. */
const config = parseConfig(`
policy: { level: 2 }
owners: { fallback: ${PEOPLE.dev.email} }
slack: { channel: ${CHANNELS.security.id}, admins: [${PEOPLE.sam.id}], visibility: owners }
`);
const FRANKS = { id: '444455550010', name: 'legacy-hr' };
const DEVS = { id: '333344440001', name: 'data-lake' };
const ANAS = { id: '111122223333', name: 'payments-prod' };

const { slack, bot } = await startBotHarness({ config });
await findOwnerGaps(bot.ctx);
const ana = slack.as(PEOPLE.ana.id);
const dev = slack.as(PEOPLE.dev.id);

async function answerTo(person: PersonDriver, text: string): Promise<string> {
  const before = person.messages('#general').length;
  await person.command('#general', text);
  return slack.waitUntil(() => person.messages('#general')[before]?.shown);
}
const modal = (person: PersonDriver, words: string) =>
  slack.waitUntil(() => (person.modal()?.shown.includes(words) ? person.modal()?.shown : undefined));

describe('the stand-in for an owner who left', () => {
  test('sees their accounts among their own', async () => {
    expect(await answerTo(dev, '/mfa-status mine')).toContain(FRANKS.name);
    await dev.openHome();
    expect(await slack.waitUntil(() => dev.home()?.shown)).toContain(FRANKS.name);
  });

  test('opens one, and sees what its owner would see', async () => {
    const page = await answerTo(dev, `/mfa-status ${FRANKS.id}`);
    expect(page).toContain('frank@example.com');
    for (const way of ['How to fix', 'Check now', 'Request a hardware key', 'Request an exemption']) {
      expect(page).toContain(way);
    }
  });

  test('may do what its owner might: request an exemption and a key', async () => {
    await dev.click('ask-exemption');
    await modal(dev, 'An admin decides');
    await dev.submit({ reason: 'I found it yesterday', 'last-day': '2026-12-01' });
    expect(await modal(dev, 'Exemption until')).toContain('Until then');
    await dev.close();

    await dev.command('#general', `/mfa-status request ${FRANKS.id}`);
    await modal(dev, 'Quantity');
    await dev.submit({});
    expect(await modal(dev, 'You requested')).toContain(FRANKS.name);
    await dev.close();
  });

  test('is no more to the accounts of owners who are there', async () => {
    expect(await answerTo(dev, `/mfa-status ${ANAS.id}`)).not.toContain(ANAS.name);
    expect(await answerTo(dev, '/mfa-status mine')).not.toContain(ANAS.name);
  });

  test('nor sees their names in a key request that is also for an account of their own', async () => {
    const accountIds = [ANAS.id, DEVS.id].map(accountId);
    const by = { id: slackUserId(PEOPLE.sam.id), admin: true };
    const form = { id: 'r1', kind: 'security-key', quantity: 2 } as const;
    await submitTokenRequest(bot.ctx, { form, accountIds, by });

    await answerTo(dev, `/mfa-status ${DEVS.id}`);
    await dev.click('token-request');
    const page = await slack.waitUntil(() =>
      dev
        .messages('#general')
        .findLast(({ shown }) => shown.includes('for <@U01SAM>') || shown.includes('Sam')),
    );
    expect(page?.shown).toContain(DEVS.name);
    expect(page?.shown).toContain('someone else’s account');
    expect(page?.shown).not.toContain(ANAS.name);
  });

  test('and no one else stands in', async () => {
    expect(await answerTo(ana, `/mfa-status ${FRANKS.id}`)).not.toContain(FRANKS.name);
  });
});

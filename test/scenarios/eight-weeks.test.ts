import { expect, jest, test } from '@jest/globals';
import { advanceClock } from '../../src/demo/advance-clock.ts';
import { demoConfig } from '../../src/demo/demo-config.ts';
import { startBotHarness } from '../support/bot-harness.ts';
import { untilNextMonday, waitForDelivery } from '../support/weeks.ts';

jest.setTimeout(180_000);

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const BENS = '555566660002';

const settings = demoConfig();
const config = {
  ...settings,
  // Two runs a day reach everyone at work: Tokyo and Bengaluru at 3:45, London to New York at 15:45.
  schedule: { ...settings.schedule, timezone: 'UTC', scan: '0 1 * * 1', reminders: '45 3,15 * * *' },
};
const harness = await startBotHarness({ config });
const { bot, slack, aws, clock } = harness;
clock.advance(untilNextMonday(clock.now()) + 3.75 * HOUR_MS);

const advanceWeeks = (count: number) => advanceClock(clock, count * WEEK_MS, bot.tick, 12 * HOUR_MS);
const inTheDmOf = (person: string) =>
  slack
    .as(person)
    .messages('dm')
    .filter(({ fromBot }) => fromBot);
const digests = () => slack.messagesIn('#security').filter(({ text }) => text.startsWith('Root MFA, '));

test('eight weeks of a company, as each of its people lives them', async () => {
  // The first week: everyone with something to do is reminded once, in their own working hours.
  await advanceWeeks(1);
  await waitForDelivery(harness);
  expect(digests()).toHaveLength(1);
  expect(inTheDmOf('U04BEN')).toHaveLength(1);
  expect(inTheDmOf('U03ANA')).toHaveLength(1);
  const [notification] = inTheDmOf('U04BEN');
  expect(notification?.shown).toContain('ben-prototype');

  // Ben registers a spare key and confirms it. His reminder becomes a thank-you, and nothing more comes.
  aws.organization.enrolDevice(BENS, 'fido', 'bens-key');
  await slack.as('U04BEN').click('check-now', { in: 'dm' });
  await slack.waitUntil(() => inTheDmOf('U04BEN')[0]?.shown.toLowerCase().includes('thank'));

  // Ana has two weeks of release ahead of her and puts it off.
  await slack.as('U03ANA').click({ text: 'Remind me later' }, { in: 'dm' });

  await advanceWeeks(7);
  await waitForDelivery(harness);

  // One digest a week; no one got more than one reminder a week, and Ben none anymore.
  expect(digests()).toHaveLength(8);
  expect(inTheDmOf('U04BEN').filter(({ ephemeral }) => !ephemeral)).toHaveLength(1);
  const notificationCounts = Object.fromEntries(
    ['U03ANA', 'U05DEV', 'U06EMI', 'U07FRANK', 'U08GUS', 'U09XENA'].map((person) => [
      person,
      inTheDmOf(person).filter(({ ephemeral }) => !ephemeral).length,
    ]),
  );
  for (const count of Object.values(notificationCounts)) expect(count).toBeLessThanOrEqual(8);
  // People who left, guests and people of other companies never get a message.
  expect(notificationCounts).toMatchObject({ U07FRANK: 0, U08GUS: 0, U09XENA: 0 });

  // An owner who never answers is escalated after three reminders, and gets fewer from then on.
  expect(notificationCounts['U05DEV']).toBeGreaterThanOrEqual(3);
  expect(notificationCounts['U05DEV']).toBeLessThan(8);
  const [deadLetters] = await bot.ctx.db.query<{ count: number }>(
    `select count(*) as count from outbox where state = 'dead'`,
  );
  expect(deadLetters?.count).toBe(0);
});

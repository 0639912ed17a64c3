import { describe, expect, test } from '@jest/globals';
import type { PersonDriver } from '@root-mfa-bot/local-slack';
import { accountId } from '../../../src/domain/account.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { listAuditEntries, recordAuditEvent } from '../../../src/store/audit-log.ts';
import { recordAccessDenied } from '../../../src/usecases/audit/record-access-denied.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

const { slack, bot, clock, logged } = await startBotHarness();
const { db } = bot.ctx;
const sam = slack.as('U01SAM');
const ben = slack.as('U04BEN');
const BEN = accountId('555566660002');
const PAYMENTS = accountId('111122223333');

for (let number = 1; number <= 40; number += 1) {
  await recordAuditEvent(db, clock.now(), 'bot', {
    kind: 'exemption-ended',
    accountId: BEN,
    detail: { exemptionId: `E${number}` },
  });
}
await recordAuditEvent(db, clock.now(), 'U03ANA', {
  kind: 'account-disowned',
  accountId: PAYMENTS,
  detail: { reason: `<!channel> *ask* <https://evil.example|Ben> ${'& '.repeat(2_000)}` },
});
await recordAuditEvent(db, clock.now(), 'U01SAM', {
  kind: 'account-handed-back',
  accountId: PAYMENTS,
  detail: { to: bot.ctx.config.slack.admins[0] as never },
});

const shows = (person: PersonDriver, words: string) =>
  slack.waitUntil(() => {
    const message = person.messages('#security').at(-1);
    return message?.shown.includes(words) ? message : undefined;
  });
const asked = async (person: PersonDriver, typed: string, words: string) => {
  await person.command('#security', `/mfa-status ${typed}`);
  return shows(person, words);
};

describe('the audit log', () => {
  test('is shown to an admin, newest first: who, when, about which account, what', async () => {
    const { shown, blocks } = await asked(sam, 'audit', 'Audit log');

    const [first, second] = blocks.slice(1).map((block) => JSON.stringify(block));
    expect(first).toContain('<@U01SAM> · payments-prod (111122223333)');
    expect(first).toContain('Returned the account to <@U01SAM>.');
    expect(second).toContain('Said that the account is not theirs');
    expect(shown).toContain('the bot · ben-prototype');
    expect(blocks.length).toBeLessThanOrEqual(50);
  });

  test("shows people's own words unformatted and shortened", async () => {
    const { blocks, text } = await asked(sam, 'audit', 'Audit log');

    const written = JSON.stringify(blocks);
    expect(written).toContain('&lt;!channel&gt; ∗ask∗ &lt;https://evil.example|Ben&gt;');
    expect(written + text).not.toMatch(/<!channel>|<https:\/\/evil/);
    for (const block of blocks) expect(JSON.stringify(block).length).toBeLessThan(3_000);
  });

  test('is leafed through, page by page and back', async () => {
    await asked(sam, 'audit 555566660002', 'Audit log · ben-prototype');

    const pages: number[] = [];
    const lines = () =>
      (
        sam
          .messages('#security')
          .at(-1)
          ?.shown.match(/The exemption ended/g) ?? []
      ).length;
    pages.push(lines());
    const [newest] = await listAuditEntries(db, { accountId: BEN, limit: 1 });
    const page = (first: number) =>
      slack.waitUntil(() =>
        JSON.stringify(sam.messages('#security').at(-1)?.blocks).includes(`before=${first}`),
      );
    await sam.click({ text: 'Older ▶' });
    await page((newest?.id ?? 0) - 29);
    pages.push(lines());
    await sam.click({ text: 'Older ▶' });
    await slack.waitUntil(() => lines() === 10);
    pages.push(lines());

    expect(pages).toEqual([15, 15, 10]);
    expect(JSON.stringify(sam.messages('#security').at(-1)?.blocks)).not.toContain('Older');
    await sam.click({ text: '◀ Newest' });
    await slack.waitUntil(() => lines() === 15);
  });

  test('of an account is found by a part of its name, or offered when there are several', async () => {
    const one = await asked(sam, 'audit ments-prod', 'Audit log · payments-prod');
    expect(one.shown).not.toContain('payments-prod (');

    await asked(sam, 'audit payments', 'Which one?');
    await sam.click({ actionId: `audit:${PAYMENTS}` });
    await shows(sam, 'Audit log · payments-prod');

    await asked(sam, 'audit ben-prototipe', 'Did you mean one of these?');
    await asked(sam, 'audit nobody knows this', 'To find a closed account, type its 12-digit ID');
    await asked(sam, 'audit 999999999999', 'There are no entries yet');
  });
});

test('the unfiltered audit log can be paged to its third page and back', async () => {
  await asked(sam, 'audit', 'Returned the account to');
  const firstPage = sam.messages('#security').at(-1)?.shown;
  for (const label of ['Older ▶', 'Older ▶', '◀ Newest']) {
    const before = sam.messages('#security').at(-1)?.shown;
    await sam.click({ text: label });
    await slack.waitUntil(() => sam.messages('#security').at(-1)?.shown !== before);
  }

  expect(sam.messages('#security').at(-1)?.shown).toBe(firstPage);
});

describe('a member who is not an admin', () => {
  test('cannot fill the audit log: a refusal is recorded once an hour', async () => {
    const refusals = async () =>
      (await listAuditEntries(db, { limit: 500 })).filter(({ kind }) => kind === 'access-refused').length;
    for (let n = 0; n < 5; n += 1) await recordAccessDenied(bot.ctx, slackUserId('U03ANA'), 'the audit log');

    expect(await refusals()).toBe(1);
  });

  test('is refused politely, which is logged and recorded', async () => {
    await asked(ben, 'audit 555566660002', 'The audit log is for admins');

    expect(logged.at(-1)).toMatchObject({
      level: 'warn',
      fields: { user: 'U04BEN', reason: 'not-an-admin', what: 'the audit log' },
    });
    expect(await listAuditEntries(db, { limit: 1 })).toMatchObject([
      { actor: 'U04BEN', kind: 'access-refused', detail: { what: 'the audit log' } },
    ]);
  });

  test('is recorded as well when they ask for a scan or for the reminders', async () => {
    await asked(ben, 'scan', 'Only admins');
    await asked(ben, 'reminders', 'Only admins can see who');

    expect((await listAuditEntries(db, { limit: 2 })).map(({ detail }) => detail)).toMatchObject([
      { what: 'the list of reminders' },
      { what: 'a scan of all accounts' },
    ]);
  });
});

test('a requested scan is on record, a scheduled one is not', async () => {
  await sam.command('#security', '/mfa-status scan');
  await slack.waitUntil(() => sam.messages('dm').at(-1)?.shown.includes('Scan finished'));
  const scans = async () =>
    (await listAuditEntries(db, { limit: 99 })).filter(({ kind }) => kind === 'scan-requested');

  expect(await scans()).toMatchObject([{ actor: 'U01SAM' }]);
}, 120_000);

import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { PEOPLE } from '../../src/demo/company.ts';
import { slackUserId } from '../../src/domain/person.ts';
import { notificationByKey } from '../../src/store/outbox.ts';
import { decideExemption } from '../../src/usecases/exemptions/decide-exemption.ts';
import { requestExemption } from '../../src/usecases/exemptions/request-exemption.ts';
import { startBotHarness } from '../support/bot-harness.ts';

const { slack, bot, clock } = await startBotHarness();
const { ctx } = bot;
const BEN = slackUserId(PEOPLE.ben.id);
const SAM = { id: slackUserId(PEOPLE.sam.id), admin: true };

/** The answer to a request of Ben's, as a notification to him: its key. */
async function anAnswerToBen(): Promise<string> {
  const form = { accountId: '555566660002' as never, reason: 'It comes', lastDay: '2026-12-20' };
  const asked = await requestExemption(ctx, form, { id: BEN, admin: false });
  if (asked.kind !== 'asked') throw new Error(`Ben could not ask: ${asked.kind}`);
  const { id } = asked.exemption;
  await decideExemption(ctx, { id, decision: { kind: 'decline', reason: 'No' } }, SAM);
  return `exemption/${id}/declined`;
}
test('a person who became a guest gets no more messages about accounts, and the undelivered one says why', async () => {
  await anAnswerToBen();
  await slack.waitUntil(() => slack.messagesIn(BEN).length === 1);

  const ben = slack.workspace.people.get(BEN);
  if (ben) ben.kind = 'guest';
  clock.advance(11 * 60_000);

  const key = await anAnswerToBen();
  while ((await notificationByKey(ctx.db, key))?.state !== 'dead' && slack.messagesIn(BEN).length === 1) {
    await pause(10);
  }

  expect(slack.messagesIn(BEN)).toHaveLength(1);
  expect(await notificationByKey(ctx.db, key)).toMatchObject({
    state: 'dead',
    lastError: 'The recipient is no longer a full, active member of the workspace',
  });
});

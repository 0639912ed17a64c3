import { expect, test } from '@jest/globals';
import type { LocalSlack } from '../src/local-slack.ts';
import {
  ANA,
  callApi,
  createTestClock,
  plainTextObject,
  socketApp,
  startTestSlack,
  type TestClock,
} from './bolt-harness.ts';

const view = { type: 'modal', title: plainTextObject('Request a key'), blocks: [] };

/** Ana has typed a command: a local Slack, its clock, the trigger that the app got, and a way to get another. */
async function createTrigger(): Promise<{
  slack: LocalSlack;
  clock: TestClock;
  trigger: string;
  createAnother: () => Promise<string>;
}> {
  const clock = createTestClock();
  const slack = await startTestSlack({ now: clock.now });
  let trigger = '';
  await socketApp(slack, (app) => {
    app.command('/status', async ({ ack, command }) => {
      trigger = command.trigger_id;
      await ack();
    });
  });
  const createAnother = async () => {
    await slack.as(ANA).command('#security', '/status');
    return trigger;
  };
  return { slack, clock, trigger: await createAnother(), createAnother };
}

test('a trigger opens one modal, and not a second one', async () => {
  const { slack, trigger } = await createTrigger();

  const first = await callApi(slack, 'views.open', { trigger_id: trigger, view });
  const second = await callApi(slack, 'views.open', { trigger_id: trigger, view });

  expect(first).toMatchObject({ ok: true, view: { type: 'modal' } });
  expect(second).toEqual({ ok: false, error: 'exchanged_trigger_id' });
  expect(slack.as(ANA).modal()?.title).toBe('Request a key');
});

test('a trigger is good for three seconds, and no longer', async () => {
  const [early, late] = [await createTrigger(), await createTrigger()];
  early.clock.advance(3_000);
  late.clock.advance(3_001);

  const inTime = await callApi(early.slack, 'views.open', { trigger_id: early.trigger, view });
  const tooLate = await callApi(late.slack, 'views.open', { trigger_id: late.trigger, view });

  expect(inTime).toMatchObject({ ok: true });
  expect(tooLate).toEqual({ ok: false, error: 'expired_trigger_id' });
  expect(late.slack.as(ANA).modal()).toBeNull();
});

test('an unknown trigger opens nothing', async () => {
  const slack = await startTestSlack();

  expect(await callApi(slack, 'views.open', { trigger_id: '1.2.3', view })).toEqual({
    ok: false,
    error: 'invalid_trigger_id',
  });
  expect(await callApi(slack, 'views.open', { view })).toEqual({ ok: false, error: 'invalid_arguments' });
});

test('modals stack three high', async () => {
  const { slack, trigger, createAnother } = await createTrigger();
  const push = async () => callApi(slack, 'views.push', { trigger_id: await createAnother(), view });
  await callApi(slack, 'views.open', { trigger_id: trigger, view });

  const pushed = [await push(), await push(), await push()];

  expect(pushed.map(({ ok }) => ok)).toEqual([true, true, false]);
  expect(pushed.at(-1)).toEqual({ ok: false, error: 'push_limit_reached' });
  expect(slack.workspace.modalsOf(ANA)).toHaveLength(3);
});

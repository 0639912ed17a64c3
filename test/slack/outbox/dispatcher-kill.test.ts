import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, jest, test } from '@jest/globals';
import type { LocalSlack } from '@root-mfa-bot/local-slack';
import type { NewNotification } from '../../../src/store/outbox.ts';
import { type Child, killChildren, startChild } from '../../support/child.ts';
import { databaseForChildren } from '../../support/child-database.ts';
import type { DispatcherChildInput } from '../../support/dispatcher-child.ts';
import { ANA, BEN, createTestClock, GUS, startTestSlack } from '../../support/test-slack.ts';
import { SECURITY } from './dispatcher-harness.ts';

/** The embedded engine takes a second to start. */
const KILLS = Number(process.env['KILLS'] ?? (process.env['TEST_DATABASE_URL'] ? 12 : 8));
const CHILD = 'test/support/dispatcher-child.ts';

jest.setTimeout(60_000 + KILLS * 10_000);

afterAll(killChildren);

const database = await databaseForChildren();

/** The notifications of one life: to a channel and into its thread, and to some people, more than one each. */
function notificationsOf(life: number): readonly NewNotification[] {
  const notification = (name: string, to: NewNotification['to'], thread?: string): NewNotification => {
    const key = `${life} ${name}`;
    return { key, kind: 'reminder', to, payload: key, ...(thread && { thread: `${life} ${thread}` }) };
  };
  const channel = { kind: 'channel', id: SECURITY } as const;
  return [
    notification('digest', channel),
    notification('details', channel, 'digest'),
    ...[ANA, BEN, GUS, ANA, BEN].map((id, index) => notification(`${id} ${index}`, { kind: 'person', id })),
  ];
}

const RECIPIENTS = [SECURITY, ANA, BEN, GUS];
const allMessages = (slack: LocalSlack) => RECIPIENTS.flatMap((place) => slack.messagesIn(place));

test(`a dispatcher that is killed ${KILLS} times leaves each notification exactly once`, async () => {
  const clock = createTestClock();
  const slack = await startTestSlack({ now: clock.now, rateLimits: false });
  const calls = slack.injectFault({ method: '*', delayMs: 15, times: Number.POSITIVE_INFINITY });
  const settled = () => slack.waitUntil(() => calls.applied() === slack.traffic.length);
  const instants: string[] = [];
  let nextChild = startChild(CHILD);
  const startLife = (life: number, notifications: readonly NewNotification[]) => {
    const { botToken: token, apiUrl: slackApiUrl } = slack;
    const child = nextChild;
    // The next one gets ready meanwhile: starting is what takes the time.
    if (life <= KILLS) nextChild = startChild(CHILD);
    const now = clock.now().toISOString();
    const input: DispatcherChildInput = {
      database,
      token,
      slackApiUrl,
      instance: `life ${life}`,
      now,
      notifications,
    };
    child.send(input);
    return child;
  };

  for (let life = 1; life <= KILLS; life += 1) {
    const child = startLife(life, notificationsOf(life));
    await child.nextLine();
    instants.push(life % 2 ? await killAtMessage(child, slack) : await killAfterAWhile(child));
    // What was asked before the end still happens.
    await settled();
    clock.advance(10 * 60_000);
  }
  const last = startLife(KILLS + 1, []);
  await last.nextLine();
  const counts = JSON.parse(await last.nextLine());

  const expected = Array.from({ length: KILLS }, (_, index) => notificationsOf(index + 1)).flat();
  const texts = allMessages(slack).map(({ text }) => text);
  expect({ instants, texts: texts.sort() }).toEqual({
    instants,
    texts: expected.map(({ key }) => key).sort(),
  });
  expect(counts).toMatchObject({ sent: expected.length, waiting: 0, sending: 0, uncertain: 0, dead: 0 });
  for (const { key, thread } of expected.filter((notification) => notification.thread)) {
    const head = allMessages(slack).find(({ text }) => text === thread);
    expect(allMessages(slack).find(({ text }) => text === key)?.threadTs).toBe(head?.ts);
  }
});

/** Kills it at the moment when a message arrived, before it can know. */
async function killAtMessage(child: Child, slack: LocalSlack): Promise<string> {
  const before = allMessages(slack).length;
  const nth = 1 + Math.floor(Math.random() * 5);
  const forget = slack.workspace.onChange(() => {
    if (allMessages(slack).length >= before + nth) child.kill();
  });
  await child.ended;
  forget();
  return `at message ${nth}`;
}

async function killAfterAWhile(child: Child): Promise<string> {
  const milliseconds = Math.floor(Math.random() * 250);
  await Promise.race([sleep(milliseconds), child.ended]);
  child.kill();
  await child.ended;
  return `after ${milliseconds} ms`;
}

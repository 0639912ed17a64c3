import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, jest, test } from '@jest/globals';
import type { LocalSlack } from '../../../packages/local-slack/src/local-slack.ts';
import type { NewLetter } from '../../../src/store/outbox.ts';
import { ANA, aSlack, BEN, GUS, stoppedClock } from '../../../packages/local-slack/test/bolt-harness.ts';
import { aChild, type Child, endChildren } from '../../support/child.ts';
import { databaseForChildren } from '../../support/child-database.ts';
import type { PostmanLife } from '../../support/dispatcher-child.ts';
import { SECURITY } from './dispatcher-harness.ts';

/** The embedded engine takes a second to start. */
const KILLS = Number(process.env['KILLS'] ?? (process.env['TEST_DATABASE_URL'] ? 12 : 8));
const CHILD = new URL('../../support/dispatcher-child.ts', import.meta.url).pathname;

jest.setTimeout(60_000 + KILLS * 10_000);

afterAll(endChildren);

const database = await databaseForChildren();

/** The letters of one life: to a channel and into its thread, and to some people, more than one each. */
function lettersOf(life: number): readonly NewLetter[] {
  const letter = (name: string, to: NewLetter['to'], thread?: string): NewLetter => {
    const key = `${life} ${name}`;
    return { key, kind: 'reminder', to, payload: key, ...(thread && { thread: `${life} ${thread}` }) };
  };
  const channel = { kind: 'channel', id: SECURITY } as const;
  return [
    letter('digest', channel),
    letter('details', channel, 'digest'),
    ...[ANA, BEN, GUS, ANA, BEN].map((id, index) => letter(`${id} ${index}`, { kind: 'person', id })),
  ];
}

const PLACES = [SECURITY, ANA, BEN, GUS];
const everything = (slack: LocalSlack) => PLACES.flatMap((place) => slack.messagesIn(place));

test(`a postman that is killed ${KILLS} times leaves each letter exactly once`, async () => {
  const clock = stoppedClock();
  const slack = await aSlack({ now: clock.now, rateLimits: false });
  const calls = slack.inject({ method: '*', delayMs: 15, times: Number.POSITIVE_INFINITY });
  const settled = () => slack.until(() => calls.hits() === slack.traffic.length);
  const instants: string[] = [];
  let unborn = aChild(CHILD);
  const live = (life: number, letters: readonly NewLetter[]) => {
    const { botToken: token, apiUrl: slackApiUrl } = slack;
    const child = unborn;
    // The next one gets ready meanwhile: starting is what takes the time.
    if (life <= KILLS) unborn = aChild(CHILD);
    const now = clock.now().toISOString();
    const told: PostmanLife = { database, token, slackApiUrl, instance: `life ${life}`, now, letters };
    child.tell(told);
    return child;
  };

  for (let life = 1; life <= KILLS; life += 1) {
    const child = live(life, lettersOf(life));
    await child.told();
    instants.push(life % 2 ? await killAtMessage(child, slack) : await killAfterAWhile(child));
    // What was asked before the end still happens.
    await settled();
    clock.pass(10 * 60_000);
  }
  const last = live(KILLS + 1, []);
  await last.told();
  const counts = JSON.parse(await last.told());

  const expected = Array.from({ length: KILLS }, (_, index) => lettersOf(index + 1)).flat();
  const texts = everything(slack).map(({ text }) => text);
  expect({ instants, texts: texts.sort() }).toEqual({
    instants,
    texts: expected.map(({ key }) => key).sort(),
  });
  expect(counts).toMatchObject({ sent: expected.length, waiting: 0, sending: 0, uncertain: 0, dead: 0 });
  for (const { key, thread } of expected.filter((letter) => letter.thread)) {
    const head = everything(slack).find(({ text }) => text === thread);
    expect(everything(slack).find(({ text }) => text === key)?.threadTs).toBe(head?.ts);
  }
});

/** Kills it at the very moment when some message arrived, and nobody can have told it yet. */
async function killAtMessage(child: Child, slack: LocalSlack): Promise<string> {
  const before = everything(slack).length;
  const nth = 1 + Math.floor(Math.random() * 5);
  const forget = slack.workspace.onChange(() => {
    if (everything(slack).length >= before + nth) child.kill();
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

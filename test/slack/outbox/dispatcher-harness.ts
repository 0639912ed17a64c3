import type { WebClient } from '@slack/web-api';
import type { LocalSlack, LocalSlackOptions } from '../../../packages/local-slack/src/local-slack.ts';
import { postmanClient } from '../../../src/slack/outbox/client.ts';
import { openPostman, type PostmanOptions } from '../../../src/slack/outbox/dispatcher.ts';
import type { Database } from '../../../src/store/database.ts';
import { type Letter, type LetterState, letterByKey, type NewLetter, post } from '../../../src/store/outbox.ts';
import { ANA, aSlack, type StoppedClock, stoppedClock } from '../../../packages/local-slack/test/bolt-harness.ts';

export const SECURITY = 'C01SECURITY';
export const toSecurity = { to: { kind: 'channel', id: SECURITY } } as const;

/** A line of the log, as it was written. */
export interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: object;
}

/** A local Slack, and a postman on a clock that moves only when somebody waits. */
export async function aPostman(
  db: Database,
  options: Partial<PostmanOptions> & { timeoutMs?: number } = {},
  workspace: Partial<LocalSlackOptions> = {},
) {
  const clock = stoppedClock();
  const slack = await aSlack({ now: clock.now, rateLimits: () => clock.now().getTime(), ...workspace });
  const lines: Line[] = [];
  const write = (level: Line['level']) => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  const { timeoutMs, ...others } = options;
  const client = clientOf(slack, timeoutMs);
  const postman = openPostman({
    db,
    client,
    draw: asWritten,
    now: clock.now,
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    instance: 'one',
    pause: async (milliseconds) => clock.pass(milliseconds),
    random: () => 1,
    ...others,
  });
  return { slack, clock, lines, client, postman, write: writer(db, clock) };
}

export function clientOf(slack: LocalSlack, timeoutMs?: number): WebClient {
  return postmanClient({
    token: slack.botToken,
    slackApiUrl: slack.apiUrl,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** The payload is the text. */
export function asWritten({ payload }: Letter) {
  const text = String(payload);
  return { text, blocks: [{ type: 'section' as const, text: { type: 'plain_text' as const, text } }] };
}

/** Writes letters to Ana, or to whomever the details say. */
function writer(db: Database, clock: StoppedClock) {
  return (key: string, details: Partial<NewLetter> = {}) =>
    post(
      db,
      { key, kind: 'reminder', to: { kind: 'person', id: ANA }, payload: `This is ${key}`, ...details },
      clock.now(),
    );
}

/** What a channel (`#name`) or a person got, oldest first. */
export function textsIn(slack: LocalSlack, place: string): readonly string[] {
  return slack.messagesIn(place).map(({ text }) => text);
}

export async function stateOf(db: Database, key: string): Promise<LetterState | undefined> {
  return (await letterByKey(db, key))?.state;
}

import type { LocalSlack, LocalSlackOptions } from '@root-mfa-bot/local-slack';
import type { WebClient } from '@slack/web-api';
import { createDispatcherClient } from '../../../src/slack/outbox/client.ts';
import { createDispatcher, type DispatcherOptions } from '../../../src/slack/outbox/dispatcher.ts';
import type { Database } from '../../../src/store/database.ts';
import {
  enqueue,
  type NewNotification,
  type Notification,
  type NotificationState,
  notificationByKey,
} from '../../../src/store/outbox.ts';
import { ANA, createTestClock, startTestSlack, type TestClock } from '../../support/test-slack.ts';

export const SECURITY = 'C01SECURITY';
export const toSecurity = { to: { kind: 'channel', id: SECURITY } } as const;

/** A line of the log, as it was written. */
export interface RecordedLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: object;
}

/** A local Slack, and a dispatcher on a clock that moves only when something waits. */
export async function aDispatcher(
  db: Database,
  options: Partial<DispatcherOptions> & { timeoutMs?: number } = {},
  workspace: Partial<LocalSlackOptions> = {},
) {
  const clock = createTestClock();
  const slack = await startTestSlack({
    now: clock.now,
    rateLimits: () => clock.now().getTime(),
    ...workspace,
  });
  const lines: RecordedLine[] = [];
  const write = (level: RecordedLine['level']) => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  const { timeoutMs, ...others } = options;
  const client = dispatcherClientFor(slack, timeoutMs);
  const dispatcher = createDispatcher({
    db,
    client,
    render: renderPayload,
    now: clock.now,
    claimClock: clock.now,
    log: { info: write('info'), warn: write('warn'), error: write('error') },
    instance: 'one',
    sleep: async (milliseconds) => clock.advance(milliseconds),
    random: () => 1,
    ...others,
  });
  return { slack, clock, lines, client, dispatcher, write: createEnqueueText(db, clock) };
}

export function dispatcherClientFor(slack: LocalSlack, timeoutMs?: number): WebClient {
  return createDispatcherClient({
    token: slack.botToken,
    slackApiUrl: slack.apiUrl,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

/** The payload is the text. */
export function renderPayload({ payload }: Notification) {
  const text = String(payload);
  return { text, blocks: [{ type: 'section' as const, text: { type: 'plain_text' as const, text } }] };
}

/** Writes notifications to Ana, or to whomever the details say. */
function createEnqueueText(db: Database, clock: TestClock) {
  return (key: string, details: Partial<NewNotification> = {}) =>
    enqueue(
      db,
      { key, kind: 'reminder', to: { kind: 'person', id: ANA }, payload: `This is ${key}`, ...details },
      clock.now(),
    );
}

/** What a channel (`#name`) or a person got, oldest first. */
export function textsIn(slack: LocalSlack, channelOrPerson: string): readonly string[] {
  return slack.messagesIn(channelOrPerson).map(({ text }) => text);
}

export async function stateOf(db: Database, key: string): Promise<NotificationState | undefined> {
  return (await notificationByKey(db, key))?.state;
}

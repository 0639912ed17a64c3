import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import type { Access, Authorizer } from '../../src/slack/authorizer.ts';
import { createBoltLogger } from '../../src/slack/bolt-logger.ts';
import { createRouter, type Router } from '../../src/slack/router.ts';
import { emptyTables, testDatabase } from '../support/database.ts';

const db = await testDatabase();
const ANA = { id: 'U03ANA', team_id: 'T0HOME' };

/** What happened, in its order. */
let events: string[];
let access: Access;
let router: Router;
let send: (body: object) => Promise<unknown[]>;

class TestReceiver implements Receiver {
  app: App | undefined;
  init(app: App) {
    this.app = app;
  }
  async start() {}
  async stop() {}
}

beforeEach(async () => {
  await emptyTables(db);
  events = [];
  access = {
    kind: 'granted',
    caller: { id: 'U03ANA' as never, email: null, name: 'Ana', timeZone: 'UTC', admin: false },
  };
  const receiver = new TestReceiver();
  const app = new App({
    receiver,
    token: 'xoxb-1',
    botId: 'B1',
    botUserId: 'U1',
    convoStore: false,
    logger: createBoltLogger({ info: () => undefined, warn: () => undefined, error: () => undefined }),
    clientOptions: { slackApiUrl: 'http://127.0.0.1:9/', retryConfig: { retries: 0 } },
  });
  const authorizer: Authorizer = {
    authorize: async () => {
      events.push('asked who it is');
      return access;
    },
    channelDenialReason: async () => undefined,
    admins: async () => [],
    invalidateChannel: () => undefined,
  };
  const log = {
    info: (_: object, message: string) => events.push(message),
    warn: (_: object, message: string) => events.push(message),
    error: (_: object, message: string) => events.push(message),
  };
  router = createRouter(app, { authorizer, db, log, now: () => new Date('2026-11-24T09:00:00Z') });
  send = async (body) => {
    const acks: unknown[] = [];
    const event: ReceiverEvent = {
      body,
      ack: async (answer) => {
        events.push('acknowledged');
        acks.push(answer);
      },
    };
    await receiver.app?.processEvent(event);
    return acks;
  };
});

const press = (actionId: string) => ({
  type: 'block_actions',
  user: ANA,
  team: { id: 'T0HOME' },
  trigger_id: '1',
  container: { type: 'view' },
  view: { id: 'V1', type: 'home' },
  actions: [{ type: 'button', action_id: actionId, block_id: 'b', value: 'v' }],
});
const command = (name: string) => ({
  command: name,
  text: '',
  user_id: ANA.id,
  team_id: ANA.team_id,
  channel_id: 'D1',
  response_url: 'http://127.0.0.1:9/',
  trigger_id: '1',
});
const submit = (callbackId: string) => ({
  type: 'view_submission',
  user: ANA,
  team: { id: 'T0HOME' },
  view: {
    id: 'V1',
    type: 'modal',
    callback_id: callbackId,
    title: { type: 'plain_text', text: 'Form' },
    private_metadata: '',
    state: { values: { reason: { typed: { type: 'plain_text_input', value: ' because ' } } } },
  },
});

describe('everything is acknowledged before anything else happens', () => {
  test('a command', async () => {
    router.command('/mfa-status', async () => void events.push('handled'));
    await send(command('/mfa-status'));
    expect(events).toEqual(['acknowledged', 'asked who it is', 'handled']);
  });

  test('a button', async () => {
    router.action('open', async ({ value }) => void events.push(`handled ${value}`));
    await send(press('open:2'));
    expect(events).toEqual(['acknowledged', 'asked who it is', 'handled v']);
  });

  test('a form, with what is wrong in it when that can be seen at once', async () => {
    const check = (wrong: boolean) => () => (wrong ? { reason: 'Too short' } : {});
    router.form('good', check(false), async ({ form }) => void events.push(`handled ${form.text('reason')}`));
    router.form('bad', check(true), async () => void events.push('handled'));

    expect(await send(submit('bad'))).toEqual([
      { response_action: 'errors', errors: { reason: 'Too short' } },
    ]);
    expect(events).toEqual(['acknowledged']);

    events = [];
    expect(await send(submit('good'))).toMatchObject([{ response_action: 'update' }]);
    expect(events).toEqual(['acknowledged', 'asked who it is', 'handled because']);
  });

  test('and no other room of the house listens to Slack', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.startsWith('demo/') && file !== 'slack/router.ts',
    );
    const listening = files.filter((file) =>
      /\bapp\.(command|action|view|options|event|shortcut|message|use)\(/.test(
        readFileSync(join('src', file), 'utf8'),
      ),
    );
    expect(listening).toEqual([]);
  });
});

describe('who is not let in', () => {
  test('reaches nothing, and it is logged', async () => {
    access = { kind: 'refused', reason: 'guest' };
    router.action('open', async () => void events.push('handled'));
    await send(press('open'));
    expect(events).not.toContain('handled');
    expect(events).toContain('Turned somebody away');
  });

  test('is offered nothing by a picker', async () => {
    access = { kind: 'refused', reason: 'other-workspace' };
    router.options('pick', async () => [{ value: '1', text: 'payments-prod' }]);
    const body = { type: 'block_suggestion', user: ANA, action_id: 'pick', block_id: 'b', value: 'pay' };
    expect(await send(body)).toEqual([{ options: [] }]);
  });
});

test('a picker offers each choice in a text that Slack takes', async () => {
  const emoji = '🔐'.repeat(80);
  router.options('pick', async () => [
    { value: '1', text: emoji, description: emoji },
    { value: '2', text: '\u200f', description: '' },
  ]);
  const body = { type: 'block_suggestion', user: ANA, action_id: 'pick', block_id: 'b', value: '' };
  const text = { text: `${'🔐'.repeat(74)}…` };
  expect(await send(body)).toMatchObject([
    {
      options: [
        { value: '1', text, description: text },
        { value: '2', text: { text: '–' } },
      ],
    },
  ]);
});

describe('what nobody registered for is acknowledged and logged', () => {
  test.each([
    ['a command', command('/new-command'), 'A command that nobody knows'],
    ['a button', press('old-button'), 'A button that nobody knows'],
    ['a form', submit('old-form'), 'A form that nobody knows'],
  ])('%s', async (_, body, line) => {
    router.registerFallbacks();
    await send(body);
    expect(events.slice(0, 2)).toEqual(['acknowledged', line]);
  });

  test('but a button that is a link needs no word', async () => {
    router.registerFallbacks();
    await send(press('link:aws'));
    expect(events).toEqual(['acknowledged']);
  });
});

describe('what fails', () => {
  test('is logged, and the next one is served', async () => {
    router.action('open', async () => {
      throw new Error('broken');
    });
    await send(press('open'));
    expect(events).toContain('Could not answer');
  });

  test('an event that Slack delivers twice is acted on once', async () => {
    router.event('channel_shared', async ({ channel }) => void events.push(`shared ${channel}`));
    const event = {
      type: 'event_callback',
      team_id: 'T0HOME',
      event_id: 'Ev1',
      event: { type: 'channel_shared', channel: 'C1' },
    };
    await send(event);
    await send(event);
    expect(events.filter((line) => line === 'shared C1')).toHaveLength(1);
  });

  test('a stop waits for what is under way', async () => {
    let finish: () => void = () => undefined;
    router.command('/mfa-status', () => new Promise((resolve) => (finish = resolve)));
    const working = send(command('/mfa-status'));
    await new Promise(setImmediate);
    await new Promise(setImmediate);

    const drained = router.drain(5_000).then(() => events.push('drained'));
    events.push('still working');
    finish();
    await Promise.all([working, drained]);
    expect(events.slice(-2)).toEqual(['still working', 'drained']);
  });
});

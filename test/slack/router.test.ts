import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import type { Access, Authorizer } from '../../src/slack/authorizer.ts';
import { createBoltLogger } from '../../src/slack/bolt-logger.ts';
import { createRouter, type Router } from '../../src/slack/router.ts';
import { message } from '../../src/slack/views/shared/message.ts';
import { type Database, DatabaseError } from '../../src/store/database.ts';
import { savePendingInteraction } from '../../src/store/pending-interactions.ts';
import { emptyTables, testDatabase } from '../support/database.ts';

const db = await testDatabase();
const ANA = { id: 'U03ANA', team_id: 'T0HOME' };

/** What happened, in its order. */
let events: string[];
let access: Access;
let router: Router;
let createTestRouter: (options?: { ackDeadlineMs?: number; db?: Database }) => Router;
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
  };
  const channelPolicy = { denialReason: async () => undefined };
  const log = {
    info: (_: object, message: string) => events.push(message),
    warn: (_: object, message: string) => events.push(message),
    error: (_: object, message: string) => events.push(message),
  };
  const now = () => new Date('2026-11-24T09:00:00Z');
  createTestRouter = (options) => createRouter(app, { authorizer, channelPolicy, db, log, now, ...options });
  router = createTestRouter();
  send = async (body) => {
    const acks: unknown[] = [];
    const event: ReceiverEvent = {
      body,
      ack: async (answer) => {
        const [saved] = await db.query<{ count: number }>('select count(*) from pending_interactions');
        events.push(saved?.count ? 'acknowledged, and saved' : 'acknowledged');
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

  test('a command of 12,000 characters, of which 200 are read', async () => {
    router.command('/mfa-status', async ({ text }) => void events.push(`read ${text.length}`));
    await send({ ...command('/mfa-status'), text: 'a'.repeat(12_000) });
    expect(events).toEqual(['acknowledged', 'asked who it is', 'read 200']);
  });

  test('a button', async () => {
    router.action('open', async ({ value }) => void events.push(`handled ${value}`));
    await send(press('open:2'));
    expect(events).toEqual(['acknowledged', 'asked who it is', 'handled v']);
  });

  test('a form with mistakes, which are shown immediately', async () => {
    const validate = () => ({ reason: 'Too short' });
    router.form('request', validate, async () => void events.push('handled'));

    expect(await send(submit('request'))).toEqual([
      { response_action: 'errors', errors: { reason: 'Too short' } },
    ]);
    expect(events).toEqual(['acknowledged']);
  });

  test('and only the router listens to Slack', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.startsWith('demo/') && !file.startsWith('slack/routing/'),
    );
    const listening = files.filter((file) =>
      /\bapp\.(command|action|view|options|event|shortcut|message|use)\(/.test(
        readFileSync(join('src', file), 'utf8'),
      ),
    );
    expect(listening).toEqual([]);
  });
});

describe('a form or a decision', () => {
  const noMistakes = () => ({});
  const savedInteractions = () => db.query('select id from pending_interactions');

  test('is acknowledged with its outcome, after it was handled', async () => {
    router.form('request', noMistakes, async ({ form, reply }) => {
      events.push(`handled ${form.text('reason')}`);
      await reply(message('Requested'));
    });

    const [answer] = await send(submit('request'));

    expect(events).toEqual(['asked who it is', 'handled because', 'acknowledged']);
    expect(answer).toMatchObject({ response_action: 'update', view: { clear_on_close: true } });
    expect(JSON.stringify(answer)).toContain('Requested');
  });

  test('that fails says that the change may not have been saved', async () => {
    router.form('request', noMistakes, async () => {
      throw new Error('broken');
    });

    const [answer] = await send(submit('request'));

    expect(JSON.stringify(answer)).toContain('Your change may not have been saved');
    expect(events).toContain('Interaction failed');
  });

  test.each([
    ['form', submit('request'), 'Working on it'],
    ['decision', press('approve:2'), undefined],
  ])('that takes long is saved before it is acknowledged: a %s', async (kind, body, interimText) => {
    const slowRouter = createTestRouter({ ackDeadlineMs: 0 });
    let finish: () => void = () => undefined;
    const handler = () => new Promise<void>((resolve) => (finish = resolve));
    if (kind === 'form') slowRouter.form('request', noMistakes, handler);
    else slowRouter.decision('approve', handler);

    const sent = send(body);
    while (!events.some((event) => event.startsWith('acknowledged'))) await new Promise(setImmediate);
    finish();
    const [answer] = await sent;

    expect(events).toEqual(['asked who it is', 'acknowledged, and saved']);
    expect(JSON.stringify(answer)).toEqual(interimText && expect.stringContaining(interimText));
    expect(await savedInteractions()).toEqual([]);
  });

  test('that cannot be saved is not acknowledged before it is handled', async () => {
    const unreachableDb = { ...db, query: async () => Promise.reject(new DatabaseError('away')) } as Database;
    const slowRouter = createTestRouter({ ackDeadlineMs: 0, db: unreachableDb });
    let finish: () => void = () => undefined;
    slowRouter.decision('approve', () => new Promise((resolve) => (finish = resolve)));

    const sent = send(press('approve'));
    while (!events.includes('Could not save an interaction before acknowledging it'))
      await new Promise(setImmediate);
    finish();

    expect(await sent).toEqual([]);
  });

  test.each([
    ['form', submit('request')],
    ['decision', press('approve:2')],
  ])('that a crash interrupted is authorized again and finished, once: a %s', async (_, payload) => {
    router.form(
      'request',
      noMistakes,
      async ({ form }) => void events.push(`handled ${form.text('reason')}`),
    );
    router.decision('approve', async ({ value }) => void events.push(`handled ${value}`));
    await savePendingInteraction(db, { id: 'of the instance that died', payload, leaseMs: 0 });
    await savePendingInteraction(db, { id: 'of an instance at work', payload, leaseMs: 60_000 });

    expect(await router.finishInterrupted()).toBe(1);

    expect(events).toEqual([
      'Finishing an interrupted interaction',
      'asked who it is',
      expect.stringMatching(/^handled/),
    ]);
    expect(await savedInteractions()).toEqual([{ id: 'of an instance at work' }]);
  });

  test('that keeps ending the process is abandoned', async () => {
    router.decision('approve', async () => void events.push('handled'));
    await savePendingInteraction(db, { id: 'fatal', payload: press('approve'), leaseMs: 0 });
    await db.query('update pending_interactions set attempts = 3');

    await router.finishInterrupted();

    expect(events).toEqual(['Could not finish an interrupted interaction']);
    expect(await savedInteractions()).toEqual([]);
  });
});

describe('a person who is denied', () => {
  test('reaches nothing, and it is logged', async () => {
    access = { kind: 'refused', reason: 'guest' };
    router.action('open', async () => void events.push('handled'));
    await send(press('open'));
    expect(events).not.toContain('handled');
    expect(events).toContain('Access denied');
  });

  test('gets no options in a select menu', async () => {
    access = { kind: 'refused', reason: 'other-workspace' };
    router.options('pick', async () => [{ value: '1', text: 'payments-prod' }]);
    const body = { type: 'block_suggestion', user: ANA, action_id: 'pick', block_id: 'b', value: 'pay' };
    expect(await send(body)).toEqual([{ options: [] }]);
  });
});

test('a select menu offers each option in a text that Slack accepts', async () => {
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

describe('what has no handler is acknowledged and logged', () => {
  test.each([
    ['a command', command('/new-command'), 'Unknown command'],
    ['a button', press('old-button'), 'Unknown action'],
    ['a form', submit('old-form'), 'Unknown form'],
  ])('%s', async (_, body, line) => {
    router.registerFallbacks();
    await send(body);
    expect(events.slice(0, 2)).toEqual(['acknowledged', line]);
  });

  test('but a button that is a link is not logged', async () => {
    router.registerFallbacks();
    await send(press('link:aws'));
    expect(events).toEqual(['acknowledged']);
  });
});

describe('failures', () => {
  test('are logged', async () => {
    router.action('open', async () => {
      throw new Error('broken');
    });
    await send(press('open'));
    expect(events).toContain('Interaction failed');
  });

  test('an event that Slack delivers twice is handled once', async () => {
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

  test('a stop waits for what is being handled', async () => {
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

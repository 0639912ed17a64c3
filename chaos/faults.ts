import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Something that goes wrong; it may last until the end of the round. */
export type Fault = (world: World, random: Random) => Promise<void> | void;

const SLACK_METHODS = [
  'chat.postMessage',
  'chat.update',
  'conversations.open',
  'conversations.history',
  'conversations.info',
  'users.info',
  'views.open',
  'views.update',
  '*',
] as const;
const CLOCK_STEPS_MS = [-180_000, 180_000, 3_600_000];

type SlackFault = Omit<Parameters<World['slack']['injectFault']>[0], 'method'>;

const slackFault =
  (fault: SlackFault): Fault =>
  ({ slack }, random) =>
    void slack.injectFault({ ...fault, method: random.pick(SLACK_METHODS), times: random.between(1, 4) });

const endBot =
  (signal: 'SIGKILL' | 'SIGTERM'): Fault =>
  async ({ bots }, random) => {
    const bot = random.pick(bots);
    await pause(random.between(0, 1_500));
    await bot.end(signal);
    bot.start();
  };

const databaseFault =
  (kind: 'stall' | 'cut' | 'loseAnswers'): Fault =>
  async ({ databaseProxy }, random) => {
    databaseProxy?.[kind]();
    await pause(random.between(200, 3_000));
    databaseProxy?.resume();
  };

const requestFault =
  (kind: 'stall' | 'cut' | 'loseAnswers'): Fault =>
  async ({ requestProxy }, random) => {
    requestProxy?.[kind]();
    await pause(random.between(200, 3_000));
    requestProxy?.resume();
  };

const queueFault =
  (state: 'denied' | 'gone'): Fault =>
  async ({ aws: { rootEventQueue: queue } }, random) => {
    if (state === 'denied') queue.denied = true;
    else queue.exists = false;
    await pause(random.between(200, 3_000));
    queue.denied = false;
    queue.exists = true;
  };

const awsFault =
  (fault: Parameters<World['aws']['organization']['setFault']>[2], call = '*'): Fault =>
  ({ aws }, random) =>
    aws.organization.setFault(call === '*' ? random.pick(aws.organization.accountIds) : '*', call, fault);

/** What can go wrong, by kind. */
export const FAULTS = {
  kill: endBot('SIGKILL'),
  stop: endBot('SIGTERM'),
  'slack-500': slackFault({ status: 500 }),
  'slack-500-after-effect': slackFault({ status: 500, afterEffect: true }),
  'slack-answer-lost': slackFault({ afterEffect: true }),
  'slack-internal-error': slackFault({ error: 'internal_error' }),
  'slack-rate-limit': slackFault({ retryAfter: 1 }),
  'slack-cut': slackFault({ dropConnection: true }),
  'slack-slow': slackFault({ delayMs: 1_500 }),
  'slack-too-late': slackFault({ delayMs: 12_000, afterEffect: true }),
  'slack-sockets-cut': ({ slack }) => slack.sockets.disconnect('cut'),
  'requests-stall': requestFault('stall'),
  'requests-cut': requestFault('cut'),
  'requests-answers-lost': requestFault('loseAnswers'),
  'aws-throttling': awsFault({ kind: 'throttle-share', share: 0.05 }, '*'),
  'aws-hang': awsFault({ kind: 'hang' }),
  'aws-stall': awsFault({ kind: 'stall' }),
  'aws-reset': awsFault({ kind: 'reset' }),
  'aws-answer-lost': awsFault({ kind: 'answer-lost' }),
  'aws-html': awsFault({ kind: 'body', body: '<html>Sign in</html>', contentType: 'text/html', status: 200 }),
  'aws-list-denied': awsFault(
    { kind: 'error', code: 'AccessDeniedException', status: 400 },
    'organizations:ListAccounts',
  ),
  'queue-denied': queueFault('denied'),
  'queue-gone': queueFault('gone'),
  'queue-reset': awsFault({ kind: 'reset' }, 'sqs:DeleteMessageBatch'),
  'queue-answer-lost': awsFault({ kind: 'answer-lost' }, 'sqs:DeleteMessageBatch'),
  'queue-throttling': awsFault({ kind: 'throttle-share', share: 0.3 }, 'sqs:ReceiveMessage'),
  'database-stall': databaseFault('stall'),
  'database-cut': databaseFault('cut'),
  'database-answers-lost': databaseFault('loseAnswers'),
  'clock-step': ({ bots }, random) => random.pick(bots).setClockSkew(random.pick(CLOCK_STEPS_MS)),
} satisfies Record<string, Fault>;

export type FaultKind = keyof typeof FAULTS;

/** The kinds that this world can suffer. */
export function possibleFaults({ databaseProxy, requestProxy }: World): readonly FaultKind[] {
  const impossible = [
    ...(databaseProxy ? [] : ['database-']),
    ...(requestProxy ? ['slack-sockets-'] : ['requests-']),
  ];
  const kinds = Object.keys(FAULTS) as FaultKind[];
  return kinds.filter((kind) => !impossible.some((prefix) => kind.startsWith(prefix)));
}

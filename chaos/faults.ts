import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import type { ReceiverBehavior } from './webhook-receiver.ts';
import { ADMINS, type World } from './world.ts';

/** A fault that was placed. */
export interface PlacedFault {
  /** How often it has struck so far: calls refused, answers lost, connections cut, processes ended. */
  strikes(): number;
}

/** Something that goes wrong; it may last until the end of the round. */
export type Fault = (world: World, random: Random) => Promise<PlacedFault> | PlacedFault;

const SLACK_METHODS = [
  'chat.postMessage',
  'chat.update',
  'conversations.open',
  'conversations.history',
  'conversations.info',
  'users.info',
  'views.open',
  'views.update',
] as const;
const CLOCK_STEPS_MS = [-180_000, 180_000, 3_600_000];
/** How long a fault waits for the scan that it is to strike: none runs while a killed process still holds its lease. */
const SCAN_TIMEOUT_MS = 20_000;

type SlackFault = Omit<Parameters<World['slack']['injectFault']>[0], 'method'>;

const ONCE: PlacedFault = { strikes: () => 1 };

const slackFault =
  (fault: SlackFault): Fault =>
  ({ slack }, random) => {
    const { applied } = slack.injectFault({
      ...fault,
      // Half of them strike whatever comes next.
      method: random.between(1, 2) === 1 ? '*' : random.pick(SLACK_METHODS),
      times: random.between(1, 4),
    });
    return { strikes: applied };
  };

const endBot =
  (signal: 'SIGKILL' | 'SIGTERM'): Fault =>
  async ({ bots }, random) => {
    const bot = random.pick(bots);
    await pause(random.between(0, 1_500));
    await bot.end(signal);
    bot.start();
    return ONCE;
  };

type ProxyFault = 'stall' | 'cut' | 'loseAnswers';

const proxyFault =
  (proxyOf: (world: World) => TcpProxy | undefined, kind: ProxyFault): Fault =>
  async (world, random) => {
    const proxy = proxyOf(world);
    const before = proxy?.strikes() ?? 0;
    proxy?.[kind]();
    await pause(random.between(200, 3_000));
    proxy?.resume();
    const strikes = (proxy?.strikes() ?? 0) - before;
    return { strikes: () => strikes };
  };

const databaseFault = (kind: ProxyFault) => proxyFault(({ databaseProxy }) => databaseProxy, kind);
const requestFault = (kind: ProxyFault) => proxyFault(({ requestProxy }) => requestProxy, kind);

const queueFault =
  (state: 'denied' | 'gone'): Fault =>
  async ({ aws }, random) => {
    const queue = aws.rootEventQueue;
    const receives = () => aws.calls.byCall['sqs:ReceiveMessage'] ?? 0;
    const before = receives();
    if (state === 'denied') queue.denied = true;
    else queue.exists = false;
    await pause(random.between(200, 3_000));
    const strikes = receives() - before;
    queue.denied = false;
    queue.exists = true;
    return { strikes: () => strikes };
  };

type AwsFault = Parameters<World['aws']['organization']['setFault']>[2];

/** A fault of calls of a scan, which a person asks for. */
const scanFault =
  (fault: AwsFault, call: string, isAboutOneAccount = true): Fault =>
  async ({ aws, slack }, random) => {
    const account = isAboutOneAccount ? random.pick(aws.organization.accountIds) : '*';
    const { applied } = aws.organization.setFault(account, call, fault);
    await slack.as(random.pick(ADMINS)).command('#security', '/mfa-status scan');
    await waitFor(() => applied() > 0, SCAN_TIMEOUT_MS);
    return { strikes: applied };
  };

/** A fault of the calls that read the queue of root events. */
const queueCallFault =
  (fault: AwsFault, call: `sqs:${string}`): Fault =>
  ({ aws }) => ({ strikes: aws.organization.setFault('*', call, fault).applied });

const webhookFault =
  (behavior: Exclude<ReceiverBehavior, 'answer'>): Fault =>
  async ({ webhookReceiver }, random) => {
    const before = webhookReceiver.strikes();
    webhookReceiver.behavior = behavior;
    await pause(random.between(200, 3_000));
    webhookReceiver.behavior = 'answer';
    const strikes = webhookReceiver.strikes() - before;
    return { strikes: () => strikes };
  };

async function waitFor(condition: () => boolean, timeoutMs: number): Promise<void> {
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await pause(100))
    if (condition()) return;
}

const endSockets =
  (reason: 'cut' | 'warning'): Fault =>
  ({ slack }) => {
    const strikes = slack.connections() ?? 0;
    slack.sockets.disconnect(reason);
    return { strikes: () => strikes };
  };

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
  'slack-sockets-cut': endSockets('cut'),
  'slack-sockets-refresh': endSockets('warning'),
  'requests-stall': requestFault('stall'),
  'requests-cut': requestFault('cut'),
  'requests-answers-lost': requestFault('loseAnswers'),
  'aws-throttling': scanFault({ kind: 'throttle-share', share: 0.05 }, '*', false),
  'aws-hang': scanFault({ kind: 'hang' }, '*'),
  'aws-stall': scanFault({ kind: 'stall' }, '*'),
  'aws-reset': scanFault({ kind: 'reset' }, '*'),
  'aws-answer-lost': scanFault({ kind: 'answer-lost' }, '*'),
  'aws-html': scanFault(
    { kind: 'body', body: '<html>Sign in</html>', contentType: 'text/html', status: 200 },
    '*',
  ),
  'aws-list-denied': scanFault(
    { kind: 'error', code: 'AccessDeniedException', status: 400 },
    'organizations:ListAccounts',
    false,
  ),
  'queue-denied': queueFault('denied'),
  'queue-gone': queueFault('gone'),
  'queue-stall': queueCallFault({ kind: 'stall' }, 'sqs:ReceiveMessage'),
  'queue-reset': queueCallFault({ kind: 'reset' }, 'sqs:DeleteMessageBatch'),
  'queue-answer-lost': queueCallFault({ kind: 'answer-lost' }, 'sqs:DeleteMessageBatch'),
  'queue-throttling': queueCallFault({ kind: 'throttle-share', share: 0.3 }, 'sqs:ReceiveMessage'),
  'webhook-hang': webhookFault('hang'),
  'webhook-refuse': webhookFault('refuse'),
  'webhook-answer-lost': webhookFault('lose-answer'),
  'database-stall': databaseFault('stall'),
  'database-cut': databaseFault('cut'),
  'database-answers-lost': databaseFault('loseAnswers'),
  'clock-step': ({ bots }, random) => {
    random.pick(bots).setClockSkew(random.pick(CLOCK_STEPS_MS));
    return ONCE;
  },
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

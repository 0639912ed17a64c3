import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from './config/config.ts';
import type { Environment } from './config/environment.ts';
import type { TicketSystem, WebhookEndpoint } from './config/webhook-endpoints.ts';
import { createSlackRequestGuard } from './http/slack-request-guard.ts';
import { createTicketHook, type TicketHookOptions } from './http/ticket-hook.ts';
import { startWebServer, type WebServer } from './http/web-server.ts';
import { jobHandlers } from './jobs/job-handlers.ts';
import { type RootEventConsumer, startRootEventConsumer } from './jobs/root-event-consumer.ts';
import { timetable } from './jobs/schedule.ts';
import { type SchedulerOptions, startScheduler } from './jobs/scheduler.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { createDatabaseCheck, readReadinessDetails } from './metrics/readiness.ts';
import { CLOSE_TIMEOUT_MS, createShutdown, DRAIN_TIMEOUT_MS, type Shutdown } from './shutdown.ts';
import { createSlackApp, type SlackApp, type SlackOptions } from './slack/app.ts';
import { connectSlack, type SlackServices } from './slack/connect.ts';
import type { SlackDependencies } from './slack/dependencies.ts';
import { createHomePublisher } from './slack/home/publisher.ts';
import { watchRevision } from './slack/home/revision-watcher.ts';
import { registerAll } from './slack/listeners/register-all.ts';
import type { OutboxDispatcher, WebhookDelivery } from './slack/outbox/dispatcher.ts';
import { createPersonLimits } from './slack/person-limit.ts';
import { withRequestId } from './slack/request-context.ts';
import { createRouter } from './slack/router.ts';
import { watchInterruptedInteractions } from './slack/routing/interrupted-interactions.ts';
import { createAccountCache, readRevision } from './store/account-cache.ts';
import { type Database, DatabaseError, openDatabase } from './store/database.ts';
import { createDecisionCache } from './store/decision-cache.ts';
import { expireAllLeases } from './store/job-runs.ts';
import { migrate } from './store/migrate.ts';
import { expireAllClaims } from './store/outbox.ts';
import { expireInteractionLeases } from './store/pending-interactions.ts';
import { watchSchema } from './store/schema-watch.ts';
import { claimEvent } from './store/seen-events.ts';
import { notifyIncidents } from './usecases/root-events/notify-incidents.ts';
import { receiveRootEvents } from './usecases/root-events/receive-root-events.ts';
import { checkAccount } from './usecases/scan/check-account.ts';
import type { CollectorFactory, Context, Log } from './usecases/shared/context.ts';
import { readCompanyStatus } from './usecases/shared/read-accounts.ts';
import { applyTicketCall } from './usecases/tokens/apply-ticket-call.ts';
import { deliverWebhook } from './usecases/webhooks/deliver-webhook.ts';
import { createWebhookSender } from './webhooks/sender.ts';

export interface BotOptions {
  readonly config: Config;
  readonly environment: Environment;
  /** The webhooks that the configuration names. */
  readonly webhooks?: readonly WebhookEndpoint[];
  /** Whose calls take token requests further; by default none. */
  readonly ticketSystem?: TicketSystem | undefined;
  readonly log: Log;
  /** The clock; the demo has its own. */
  readonly now?: () => Date;
  /** Triggers the jobs; by default a timer, every minute. */
  readonly everyMinute?: SchedulerOptions['everyMinute'];
  /** Reads AWS; by default with the SDK's own credentials. */
  readonly collector?: CollectorFactory;
  /** How long one call waits for root events; by default the longest that SQS allows. */
  readonly rootEventWaitSeconds?: number;
  /** Aborts the start, which then fails. */
  readonly signal?: AbortSignal;
  /**
   * In HTTP mode, how long a stopping bot still takes requests: a load balancer needs a
   * moment to notice that `/readyz` fails. Default: 0.
   */
  readonly drainDelayMs?: number;
}

/** A running bot. */
export interface RunningBot {
  readonly ctx: Context;
  /** Where `/healthz`, `/readyz` and `/metrics` answer. */
  readonly port: number;
  /** Runs the jobs that are due now; resolves when they are done. */
  tick(): Promise<void>;
  /** Resolves when every interaction that came in is handled. */
  idle(): Promise<void>;
  /** Aborts, with an error as its reason, when the bot must not continue; `stop` must still be called. */
  readonly failure: AbortSignal;
  /** Stops taking requests, finishes work in progress and closes everything, within ten seconds. */
  stop(): Promise<void>;
}

/**
 * Starts the bot: database, web server, Slack, clock; each only when what it needs is there.
 *
 * Waits for an unreachable Slack, and `/readyz` says so. A problem that a person must fix ends the start with one
 * sentence.
 */
export async function startBot(options: BotOptions): Promise<RunningBot> {
  const log = withRequestId(options.log);
  const start: StartContext = {
    ...options,
    now: options.now ?? (() => new Date()),
    claimClock: options.now,
    log,
    instance: `${hostname()}-${randomUUID().slice(0, 8)}`,
    shutdown: createShutdown(log, options.signal),
    metrics: createMetrics(),
  };
  try {
    const db = await openBotDatabase(start);
    const connection = createSlackConnection(start.shutdown.signal);
    const server = await startHttp(start, db, connection);
    const slack = slackOptions(start);
    const { signal } = start.shutdown;
    const services = await connectSlack({
      ...start,
      slack,
      db,
      signal,
      deliverWebhook: webhookDelivery(start, db),
    });
    const rootEventFailure = () => connection.rootEvents?.failure() ?? null;
    const dependencies = createDependencies(start, db, { ...services, rootEventFailure });
    start.metrics.observe(dependencies.ctx, connection.problem);
    const app = createSlackApp(slack, services.workspace, log);
    const idle = await startListening(start, app, dependencies, server);
    connection.app = app;
    connection.applyTicketCall = (input) => applyTicketCall(dependencies.ctx, input);
    const tick = startJobs(start, dependencies, services.dispatcher);
    connection.rootEvents = startRootEvents(start, dependencies);
    const mode = app.listener ? 'http' : 'socket';
    log.info({ team: services.workspace.teamName, mode }, 'Connected to Slack');
    return {
      ctx: dependencies.ctx,
      port: server.port,
      tick,
      idle,
      failure: watchForNewerVersion(start, db),
      stop: start.shutdown.stop,
    };
  } catch (error) {
    await start.shutdown.stop();
    throw error;
  }
}

/** What every start-up step needs. */
interface StartContext extends BotOptions {
  readonly now: () => Date;
  /** The clock of claims if time is simulated; by default the database's. */
  readonly claimClock: (() => Date) | undefined;
  readonly instance: string;
  readonly shutdown: Shutdown;
  readonly metrics: Metrics;
}

async function openBotDatabase({ environment, log, shutdown }: StartContext): Promise<Database> {
  const db = await openDatabase({
    url: environment.DATABASE_URL,
    dataDir: environment.DATA_DIR,
    onNotice: (text) => log.info({}, text),
  });
  shutdown.onClose(() => db.close());
  await migrate(db);
  if (db.kind === 'embedded') {
    await expireAllLeases(db);
    await expireAllClaims(db);
    await expireInteractionLeases(db);
  }
  return db;
}

/** The app once it is connected to Slack; the web server starts earlier and reads this. */
interface SlackConnection {
  app?: SlackApp;
  rootEvents?: RootEventConsumer | undefined;
  applyTicketCall?: ReturnType<TicketHookOptions['apply']>;
  /** Why Slack cannot reach the bot; `null` while connected. */
  readonly problem: () => string | null;
}

function createSlackConnection(signal: AbortSignal): SlackConnection {
  const connection: SlackConnection = {
    problem() {
      if (signal.aborted) return 'stopping';
      return connection.app ? connection.app.problem() : 'Slack cannot be reached yet';
    },
  };
  return connection;
}

async function startHttp(start: StartContext, db: Database, connection: SlackConnection): Promise<WebServer> {
  const { config, environment, log, metrics, now, shutdown, ticketSystem } = start;
  const databaseProblem = createDatabaseCheck(db, log);
  const signingSecret = environment.SLACK_APP_TOKEN ? undefined : environment.SLACK_SIGNING_SECRET;
  const server = await startWebServer({
    port: environment.PORT,
    checkReadiness: async () => {
      const parts = { database: await databaseProblem(), slack: connection.problem() };
      // While it starts, what the details cost would only delay it.
      if (parts.database !== null || !connection.app) return { parts };
      return {
        parts,
        information: await readReadinessDetails({ db, config, now, log }, connection.rootEvents),
      };
    },
    // What Slack or a ticket system can reach is public: without a token no one learns how many accounts are non-compliant.
    ...(((signingSecret === undefined && ticketSystem === undefined) ||
      environment.METRICS_TOKEN !== undefined) && {
      metrics: { token: environment.METRICS_TOKEN, read: metrics.render },
    }),
    ...(signingSecret !== undefined && {
      slack: createSlackRequestGuard({
        signingSecret,
        listener: () => connection.app?.listener,
        isFirstDelivery: (id) => claimEvent(db, id, now()),
        log,
      }),
    }),
    ...(ticketSystem && {
      ticketHook: createTicketHook({
        ticketSystem,
        apply: () => connection.applyTicketCall,
        log,
      }),
    }),
  });
  shutdown.onClose(() => server.close());
  log.info({ port: server.port }, 'Listening');
  return server;
}

function slackOptions({ environment, metrics }: StartContext): SlackOptions {
  return {
    botToken: environment.SLACK_BOT_TOKEN,
    appToken: environment.SLACK_APP_TOKEN,
    signingSecret: environment.SLACK_SIGNING_SECRET,
    apiUrl: environment.SLACK_API_URL,
    fetch: metrics.slackFetch,
  };
}

/** Delivers events to the webhooks of the configuration. Without any it still gives up what is queued for a former one. */
function webhookDelivery(start: StartContext, db: Database): WebhookDelivery {
  const { claimClock, instance, log, now, shutdown, webhooks = [] } = start;
  const sender = createWebhookSender(webhooks);
  shutdown.onClose(() => sender.close());
  return (notification, signal) =>
    deliverWebhook({ db, sender, now, claimClock, log, instance }, notification, signal);
}

/** Returns what listeners depend on, with the use cases' context. */
function createDependencies(
  start: StartContext,
  db: Database,
  {
    client,
    authorizer,
    channelPolicy,
    people,
    dispatcher,
    contextServices,
    rootEventFailure,
  }: SlackServices & Required<Pick<Context, 'rootEventFailure'>>,
): SlackDependencies {
  const { config, instance, log, now, metrics, shutdown } = start;
  const ctx: Context = {
    db,
    accounts: createAccountCache(db),
    decisions: createDecisionCache(db),
    config,
    collector: metrics.instrumentCollector(start.collector ?? (() => openAwsCollector(config, now))),
    ...contextServices,
    notificationsQueued: () => {
      dispatcher.wake();
      homePublisher.invalidate();
    },
    stopSignal: shutdown.signal,
    ...(config.rootEvents.queueUrl !== undefined && { rootEventFailure }),
    log,
    now,
  };
  const homePublisher = createHomePublisher({ ctx, config, authorizer, people }, client);
  shutdown.onClose(() => homePublisher.stop());
  return {
    ctx,
    config,
    authorizer,
    channelPolicy,
    people,
    homePublisher,
    instance,
    limits: createPersonLimits(now),
  };
}

/** Reads AWS in a worker thread, which loads the SDK for each scan and frees its memory at the end. */
async function openAwsCollector(config: Config, now: () => Date) {
  const { openWorkerCollector } = await import('./aws/worker-collector.ts');
  return openWorkerCollector(config.aws, { now });
}

/** Registers the listeners and starts to receive from Slack. Returns how to wait until all that came in is handled. */
async function startListening(
  { log, now, shutdown, drainDelayMs }: StartContext,
  app: SlackApp,
  dependencies: SlackDependencies,
  server: WebServer,
): Promise<() => Promise<void>> {
  const { ctx, authorizer, channelPolicy, homePublisher } = dependencies;
  const router = createRouter(app.app, {
    authorizer,
    channelPolicy,
    db: ctx.db,
    log,
    now,
    onInteraction: ({ id }) => homePublisher.invalidate(id),
  });
  registerAll(router, dependencies);
  const idle = () => router.drain(DRAIN_TIMEOUT_MS + CLOSE_TIMEOUT_MS);
  shutdown.onDrain(async () => {
    if (app.listener) {
      await pause(drainDelayMs ?? 0);
      await server.close();
    }
    await app.stop();
    await idle();
  });
  await app.start(shutdown.signal);
  // Fill the cache early: the first request should not wait for ten thousand accounts.
  readCompanyStatus(ctx).catch(() => undefined);
  const { finishInterrupted } = router;
  const recovery = watchInterruptedInteractions({ finishInterrupted, log, signal: shutdown.signal });
  shutdown.onDrain(() => recovery);
  return idle;
}

/** Starts to read root events if the configuration names a queue. */
function startRootEvents(
  { config, log, now, instance, shutdown, metrics, rootEventWaitSeconds }: StartContext,
  { ctx }: SlackDependencies,
): RootEventConsumer | undefined {
  const { queueUrl } = config.rootEvents;
  if (queueUrl === undefined) return undefined;
  const consumer = startRootEventConsumer({
    // The SDK is loaded only now: most companies have no queue.
    openQueue: async () => {
      const { openEventQueue } = await import('./aws/event-queue.ts');
      return openEventQueue({
        queueUrl,
        ...(rootEventWaitSeconds !== undefined && { waitSeconds: rootEventWaitSeconds }),
      });
    },
    ready: () => ctx.db.query('select 1'),
    store: (bodies) => receiveRootEvents(ctx, bodies),
    notify: () => notifyIncidents(ctx),
    check: (accountId) => checkAccount(ctx, { accountId, instance }),
    onReceived: metrics.rootEventsReceived,
    log,
    now,
  });
  shutdown.onDrain(() => consumer.stop());
  return consumer;
}

/** Starts the jobs and the delivery of notifications. */
function startJobs(
  start: StartContext,
  { ctx, homePublisher }: SlackDependencies,
  dispatcher: OutboxDispatcher,
): () => Promise<void> {
  const { config, log, now, claimClock, instance, shutdown, metrics, everyMinute } = start;
  const scheduler = startScheduler({
    db: ctx.db,
    jobs: metrics.instrumentJobs(timetable(config, jobHandlers(ctx, instance, claimClock))),
    timezone: config.schedule.timezone,
    now,
    log,
    instance,
    ...(everyMinute && { everyMinute }),
  });
  shutdown.onDrain(() => scheduler.stop());

  const background = new AbortController();
  const delivery = dispatcher.run(background.signal);
  // The embedded database has no other instance.
  const homeWatch =
    ctx.db.kind === 'postgres' &&
    watchRevision({
      readRevision: () => readRevision(ctx.db),
      homePublisher,
      log,
      signal: background.signal,
    });
  shutdown.onDrain(async () => {
    background.abort();
    await Promise.all([delivery, homeWatch]);
  });
  return scheduler.tick;
}

/** Aborts when another instance has migrated the database for a newer version. An embedded one has no other instance. */
function watchForNewerVersion({ shutdown }: StartContext, db: Database): AbortSignal {
  const controller = new AbortController();
  if (db.kind === 'postgres') {
    const stop = watchSchema(db, (reason) => controller.abort(new DatabaseError(reason)));
    shutdown.onClose(async () => stop());
  }
  return controller.signal;
}

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from './config/config.ts';
import type { Environment } from './config/environment.ts';
import { timetable } from './jobs/schedule.ts';
import { type SchedulerOptions, startScheduler } from './jobs/scheduler.ts';
import { workOf } from './jobs/job-handlers.ts';
import { CLOSE_MS, DRAIN_MS, openShutdown, type Shutdown } from './shutdown.ts';
import { openSlackApp, type SlackApp, type SlackOptions } from './slack/app.ts';
import type { Bot } from './slack/dependencies.ts';
import { openDoor } from './slack/router.ts';
import { openHomes } from './slack/home/publisher.ts';
import { watchForHomes } from './slack/home/revision-watcher.ts';
import { httpGuard } from './http/slack-request-guard.ts';
import { registerAll } from './slack/listeners/register-all.ts';
import type { Postman } from './slack/outbox/dispatcher.ts';
import { enterPremises, type Premises } from './slack/connect.ts';
import { tellingRequests } from './slack/request-context.ts';
import { startWebServer, type WebServer } from './http/web-server.ts';
import { keepBook } from './store/account-cache.ts';
import { type Database, openDatabase } from './store/database.ts';
import { keepDecisions } from './store/decision-cache.ts';
import { endLeases } from './store/job-runs.ts';
import { migrate } from './store/migrate.ts';
import { endClaims } from './store/outbox.ts';
import { firstTime } from './store/seen-events.ts';
import type { CollectorFactory, Context, Log } from './usecases/shared/context.ts';
import { readCompany } from './usecases/shared/read-accounts.ts';
import { type Metrics, openMetrics } from './metrics/metrics.ts';
import { databaseCheck, readInformation } from './metrics/readiness.ts';

export interface BotOptions {
  readonly config: Config;
  readonly environment: Environment;
  readonly log: Log;
  /** The clock; a rehearsal has its own. */
  readonly now?: () => Date;
  /** What wakes the jobs; by default a timer, every minute. */
  readonly everyMinute?: SchedulerOptions['everyMinute'];
  /** How AWS is looked at; by default with the SDK's own credentials. */
  readonly collector?: CollectorFactory;
  /** Ends the start, which then fails: somebody wants the bot to stop before it began. */
  readonly signal?: AbortSignal;
  /**
   * In HTTP mode, for how long a bot that stops still takes requests: whoever spreads them over several instances needs a
   * moment to notice that `/readyz` refuses. Default: not at all.
   */
  readonly lingerMs?: number;
}

/** A bot that runs. */
export interface RunningBot {
  readonly ctx: Context;
  /** Where `/healthz`, `/readyz` and `/metrics` answer. */
  readonly port: number;
  /** Does what is due by the clock now; ends when it is done. */
  tick(): Promise<void>;
  /** Hears nothing more, lets what is under way finish, and closes everything; all of it within ten seconds. */
  stop(): Promise<void>;
}

/**
 * Starts the bot: database, web server, Slack, clock; each only when what it needs is there.
 *
 * Slack that cannot be reached is waited for, and `/readyz` says so. What a person must change ends the start with one
 * sentence.
 */
export async function startBot(options: BotOptions): Promise<RunningBot> {
  const log = tellingRequests(options.log);
  const start: Start = {
    ...options,
    now: options.now ?? (() => new Date()),
    log,
    instance: `${hostname()}-${randomUUID().slice(0, 8)}`,
    shutdown: openShutdown(log, options.signal),
    metrics: openMetrics(),
  };
  try {
    const db = await openStore(start);
    const hearing = notYetHearing(start.shutdown.signal);
    const server = await openWeb(start, db, hearing);
    const slack = slackOptions(start);
    const stops = start.shutdown.signal;
    const premises = await enterPremises({ ...start, slack, db, stops });
    const bot = assemble(start, db, premises);
    start.metrics.watch(bot.ctx, hearing.problem);
    const app = openSlackApp(slack, premises.workspace, log);
    await hear(start, app, bot, server);
    hearing.app = app;
    const tick = work(start, bot, premises.postman);
    const mode = app.listener ? 'http' : 'socket';
    log.info({ team: premises.workspace.teamName, mode }, 'Connected to Slack');
    return { ctx: bot.ctx, port: server.port, tick, stop: start.shutdown.stop };
  } catch (error) {
    await start.shutdown.stop();
    throw error;
  }
}

/** What every step of a start knows. */
interface Start extends BotOptions {
  readonly now: () => Date;
  readonly instance: string;
  readonly shutdown: Shutdown;
  readonly metrics: Metrics;
}

async function openStore({ environment, log, now, shutdown }: Start): Promise<Database> {
  const db = await openDatabase({
    url: environment.DATABASE_URL,
    dataDir: environment.DATA_DIR,
    onNotice: (text) => log.info({}, text),
  });
  shutdown.atLast(() => db.close());
  await migrate(db);
  if (db.kind === 'embedded') {
    await endLeases(db);
    await endClaims(db, now());
  }
  return db;
}

/** The app once it hears Slack; the web server is there before it, and asks. */
interface Hearing {
  app?: SlackApp;
  /** Why nothing can be heard; `null` while all is well. */
  readonly problem: () => string | null;
}

function notYetHearing(stops: AbortSignal): Hearing {
  const hearing: Hearing = {
    problem() {
      if (stops.aborted) return 'stopping';
      return hearing.app ? hearing.app.problem() : 'Slack cannot be reached yet';
    },
  };
  return hearing;
}

async function openWeb(start: Start, db: Database, hearing: Hearing): Promise<WebServer> {
  const { config, environment, log, metrics, now, shutdown } = start;
  const databaseProblem = databaseCheck(db, log);
  const signingSecret = environment.SLACK_APP_TOKEN ? undefined : environment.SLACK_SIGNING_SECRET;
  const server = await startWebServer({
    port: environment.PORT,
    ready: async () => {
      const parts = { database: await databaseProblem(), slack: hearing.problem() };
      if (parts.database !== null) return { parts };
      return { parts, information: await readInformation({ db, config, now, log }) };
    },
    // In HTTP mode the port is open to the world: without a token nobody is told how many accounts fall short.
    ...((signingSecret === undefined || environment.METRICS_TOKEN !== undefined) && {
      metrics: { token: environment.METRICS_TOKEN, read: metrics.exposed },
    }),
    ...(signingSecret !== undefined && {
      slack: httpGuard({
        signingSecret,
        listener: () => hearing.app?.listener,
        isNews: (id) => firstTime(db, id, now()),
        log,
      }),
    }),
  });
  shutdown.atLast(() => server.close());
  log.info({ port: server.port }, 'Listening');
  return server;
}

function slackOptions({ environment, metrics }: Start): SlackOptions {
  return {
    botToken: environment.SLACK_BOT_TOKEN,
    appToken: environment.SLACK_APP_TOKEN,
    signingSecret: environment.SLACK_SIGNING_SECRET,
    apiUrl: environment.SLACK_API_URL,
    fetch: metrics.slackCalls,
  };
}

/** What listeners need, use cases' context in it. */
function assemble(start: Start, db: Database, { client, gate, people, postman, known }: Premises): Bot {
  const { config, instance, log, now, metrics, shutdown } = start;
  const ctx: Context = {
    db,
    book: keepBook(db),
    decisions: keepDecisions(db),
    config,
    collector: metrics.looks(start.collector ?? (() => collectorOfAws(config, now))),
    ...known,
    lettersWritten: () => {
      postman.wake();
      homes.changed();
    },
    stops: shutdown.signal,
    log,
    now,
  };
  const homes = openHomes({ ctx, config, gate, people }, client);
  shutdown.atLast(() => homes.stop());
  return { ctx, config, gate, people, homes, instance };
}

/** By the SDK, which is loaded only now: nobody needs it before the first scan. */
async function collectorOfAws(config: Config, now: () => Date) {
  const { openCollector } = await import('./aws/collector.ts');
  return openCollector(config.aws, { now });
}

/** Opens the door and begins to hear Slack. */
async function hear({ log, now, shutdown, lingerMs }: Start, app: SlackApp, bot: Bot, server: WebServer) {
  const { ctx, gate, homes } = bot;
  const door = openDoor(app.app, { gate, db: ctx.db, log, now, acted: ({ id }) => homes.changed(id) });
  registerAll(door, bot);
  shutdown.afterwards(async () => {
    if (app.listener) {
      await pause(lingerMs ?? 0);
      await server.close();
    }
    await app.stop();
    await door.drained(DRAIN_MS + CLOSE_MS);
  });
  // The first who asks should not wait until ten thousand accounts are in memory.
  const warm = readCompany(ctx);
  warm.catch(() => undefined);
  await app.start(shutdown.signal);
  await warm;
}

/** Starts what the bot does unasked: jobs when they are due, letters when they are written. */
function work(start: Start, { ctx, homes }: Bot, postman: Postman): () => Promise<void> {
  const { config, log, now, instance, shutdown, metrics, everyMinute } = start;
  const scheduler = startScheduler({
    db: ctx.db,
    jobs: metrics.runs(timetable(config.schedule, workOf(ctx, instance))),
    timezone: config.schedule.timezone,
    now,
    log,
    instance,
    ...(everyMinute && { everyMinute }),
  });
  shutdown.afterwards(() => scheduler.stop());

  const unasked = new AbortController();
  const delivered = postman.keepDelivering(unasked.signal);
  // The embedded database has no other instance.
  const watched =
    ctx.db.kind === 'postgres' && watchForHomes({ db: ctx.db, homes, log, signal: unasked.signal });
  shutdown.afterwards(async () => {
    unasked.abort();
    await Promise.all([delivered, watched]);
  });
  return scheduler.tick;
}

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { openCollector } from './aws/collector.ts';
import type { Config } from './config.ts';
import type { LetterContent } from './domain/letter.ts';
import type { Environment } from './environment.ts';
import { timetable } from './jobs/schedule.ts';
import { type SchedulerOptions, startScheduler } from './jobs/scheduler.ts';
import { workOf } from './jobs/work.ts';
import { FLAGS_MAX_AGE_MS, openGate, refusalWords } from './slack/access.ts';
import { openSlackApp, type SlackApp, slackClient } from './slack/app.ts';
import { findChannels } from './slack/channels.ts';
import { openDoor } from './slack/door.ts';
import { openHomes } from './slack/home.ts';
import { httpGuard } from './slack/http-guard.ts';
import { registerAll } from './slack/listeners/all.ts';
import { openPeople } from './slack/people.ts';
import { postmanClient } from './slack/postman/client.ts';
import type { Drawing } from './slack/postman/mouth.ts';
import { openPostman } from './slack/postman/postman.ts';
import { tellingRequests } from './slack/request.ts';
import { drawLetter } from './slack/views/letters.ts';
import { whenSlackAnswers } from './slack/waiting.ts';
import { startWebServer } from './slack/web-server.ts';
import { enterWorkspace } from './slack/workspace.ts';
import { keepBook } from './store/book.ts';
import { openDatabase } from './store/database.ts';
import { keepDecisions } from './store/decisions.ts';
import { endLeases } from './store/job-runs.ts';
import { migrate } from './store/migrate.ts';
import { endClaims } from './store/outbox.ts';
import { firstTime } from './store/seen-events.ts';
import type { CollectorFactory, Context, Log } from './usecases/context.ts';
import { readCompany } from './usecases/read-status.ts';
import { reachable } from './usecases/resolve-owners.ts';
import { unreachableOwners } from './usecases/stand-in.ts';
import { openMetrics } from './watch/metrics.ts';
import { databaseCheck, readInformation } from './watch/readiness.ts';

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

/** Hosts often wait ten seconds before they kill. */
const DRAIN_MS = 7_000;
const CLOSE_MS = 1_500;

/**
 * Starts the bot: database, web server, Slack, clock; each only when what it needs is there.
 *
 * Slack that cannot be reached is waited for, and `/readyz` says so. What a person must change ends the start with one
 * sentence.
 */
export async function startBot(options: BotOptions): Promise<RunningBot> {
  const { config, environment, now = () => new Date() } = options;
  const log = tellingRequests(options.log);
  const instance = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const stopping = new AbortController();
  const stops = AbortSignal.any([stopping.signal, ...(options.signal ? [options.signal] : [])]);
  // First all that works comes to its end, side by side; then what it worked with is closed, in reverse.
  const workers: (() => Promise<unknown>)[] = [];
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  const stop = async () => {
    stopping.abort();
    const drained = Promise.all(workers.splice(0).map((end) => end()));
    if (!(await within(DRAIN_MS, drained))) {
      log.warn({}, 'Not all that was under way could be finished; the next start takes it up');
    }
    await within(CLOSE_MS, close());
  };

  try {
    const db = await openDatabase({
      url: environment.DATABASE_URL,
      dataDir: environment.DATA_DIR,
      onNotice: (text) => log.info({}, text),
    });
    closers.push(() => db.close());
    await migrate(db);
    if (db.kind === 'embedded') {
      await endLeases(db);
      await endClaims(db, now());
    }

    const metrics = openMetrics();
    const collector = metrics.looks(options.collector ?? (() => openCollector(config.aws, { now })));
    let slack: SlackApp | undefined;
    const slackProblem = () => {
      if (stops.aborted) return 'stopping';
      return slack ? slack.problem() : 'Slack cannot be reached yet';
    };
    const databaseProblem = databaseCheck(db, log);
    const signingSecret = environment.SLACK_APP_TOKEN ? undefined : environment.SLACK_SIGNING_SECRET;
    const server = await startWebServer({
      port: environment.PORT,
      ready: async () => {
        const parts = { database: await databaseProblem(), slack: slackProblem() };
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
          listener: () => slack?.listener,
          isNews: (id) => firstTime(db, id, now()),
          log,
        }),
      }),
    });
    closers.push(() => server.close());
    log.info({ port: server.port }, 'Listening');

    const slackOptions = {
      botToken: environment.SLACK_BOT_TOKEN,
      appToken: environment.SLACK_APP_TOKEN,
      signingSecret: environment.SLACK_SIGNING_SECRET,
      apiUrl: environment.SLACK_API_URL,
      fetch: metrics.slackCalls,
    };
    const client = slackClient(slackOptions, log);
    const workspace = await whenSlackAnswers(() => enterWorkspace(client), log, stops);
    const homeTeam = () => workspace.teamId;
    const people = openPeople({ db, client, homeTeam, now });
    // Whoever Slack tells to wait, waits with every call of its client: jobs that ask for hundreds of owners have one
    // of their own, so that nobody who clicks waits for them.
    const owners = openPeople({ db, client: slackClient(slackOptions, log), homeTeam, now });
    const unreachable = () => unreachableOwners(db, config);
    const gate = openGate({ client, people, config, homeTeam, unreachable, log });
    const named = { 'slack.channel': config.slack.channel, 'tokens.channel': config.tokens.channel };
    const channels = await whenSlackAnswers(() => findChannels(client, named), log, stops);
    const digest = channels['slack.channel'];
    const tokens = channels['tokens.channel'];

    const whyNot = async (channel: string): Promise<string | undefined> => {
      const because = await gate.refusesChannel(channel);
      if (because === 'cannot-ask') throw new Error('Slack did not say whether the channel is shared');
      return because && refusalWords(because);
    };

    // A letter may wait for hours, and its reader become a guest meanwhile.
    const whyNotPerson = async (id: string): Promise<string | undefined> => {
      const person = await owners.byId(id, FLAGS_MAX_AGE_MS);
      const isThere = person !== undefined && reachable(person, config) !== undefined;
      return isThere ? undefined : 'The reader is no full, active member of the workspace any more';
    };

    const postman = openPostman({
      db,
      client: postmanClient({
        token: environment.SLACK_BOT_TOKEN,
        slackApiUrl: environment.SLACK_API_URL,
        fetch: metrics.slackCalls,
      }),
      draw: ({ payload }) => drawLetter(payload as LetterContent) as Drawing,
      refuse: (reader) => (reader.kind === 'channel' ? whyNot(reader.id) : whyNotPerson(reader.id)),
      now,
      log,
      instance,
    });
    const ctx: Context = {
      db,
      book: keepBook(db),
      decisions: keepDecisions(db),
      config,
      collector,
      people: { byName: owners.byName, admins: gate.admins },
      channels: { digest, tokens: tokens ?? digest, whyNot },
      lettersWritten: () => {
        postman.wake();
        homes.changed();
      },
      stops,
      log,
      now,
    };

    metrics.watch(ctx, slackProblem);

    const app = openSlackApp(slackOptions, workspace, log);
    const homes = openHomes({ ctx, config, gate, people }, client);
    closers.push(() => homes.stop());
    const door = openDoor(app.app, { gate, db, log, now, acted: ({ id }) => homes.changed(id) });
    registerAll(door, { ctx, config, gate, people, homes, instance });
    workers.push(async () => {
      if (app.listener) {
        await pause(options.lingerMs ?? 0);
        await server.close();
      }
      await app.stop();
      await door.drained(DRAIN_MS + CLOSE_MS);
    });
    // The first who asks should not wait until ten thousand accounts are in memory.
    const warm = readCompany(ctx);
    warm.catch(() => undefined);
    await app.start(stops);
    await warm;
    slack = app;

    const scheduler = startScheduler({
      db,
      jobs: metrics.runs(timetable(config.schedule, workOf(ctx, instance))),
      timezone: config.schedule.timezone,
      now,
      log,
      instance,
      ...(options.everyMinute && { everyMinute: options.everyMinute }),
    });
    workers.push(() => scheduler.stop());

    const delivering = new AbortController();
    const delivered = postman.keepDelivering(delivering.signal);
    workers.push(async () => {
      delivering.abort();
      await delivered;
    });
    log.info(
      { team: workspace.teamName, mode: environment.SLACK_APP_TOKEN ? 'socket' : 'http' },
      'Connected to Slack',
    );

    return { ctx, port: server.port, tick: scheduler.tick, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Whether it ended in that time. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const late = new AbortController();
  const timer = pause(milliseconds, false, { signal: late.signal });
  try {
    return await Promise.race([work.then(() => true), timer]);
  } finally {
    late.abort();
    timer.catch(() => undefined);
  }
}

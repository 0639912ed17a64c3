import { fileURLToPath } from 'node:url';
import {
  type SimulatedAws,
  type SimulatedOrganization,
  startSimulatedAws,
} from '@root-mfa-bot/aws-simulator';
import {
  buildPage,
  type LocalSlack,
  type LocalSlackOptions,
  type PanelProvider,
  startLocalSlack,
} from '@root-mfa-bot/local-slack';
import type { RunningBot } from '../bot.ts';
import { scanAccounts } from '../usecases/scan/scan-accounts.ts';
import { advanceClock } from './advance-clock.ts';
import { awsPanel } from './aws-panel.ts';
import { type Company, demoCompany, organizationOf } from './company.ts';
import { createFastForward, type FastForward } from './fast-forward.ts';
import { type MovableClock, movableClock } from './movable-clock.ts';
import { createRootActivity } from './root-activity.ts';
import { localSlackOptions } from './slack-workspace.ts';
import { type DemoTicketSystem, startTicketSystem } from './ticket-system.ts';
import { waitForDelivery } from './wait-for-delivery.ts';

export interface WorldOptions {
  /** What the clock shows first. */
  readonly startsAt: Date;
  /** The port of the page; another free one if the default is taken. */
  readonly port: number | undefined;
  /** Is given what ends each part, in the order in which they started. */
  readonly onClose: (close: () => Promise<void>) => void;
}

/** Everything around the bot of the demo, and the bot once it runs. */
export interface DemoWorld {
  readonly clock: MovableClock;
  readonly organization: SimulatedOrganization;
  readonly aws: SimulatedAws;
  readonly slack: LocalSlack;
  readonly ticketSystem: DemoTicketSystem;
  readonly fastForward: FastForward;
  bot: RunningBot | undefined;
  /** Scans the organization, if the bot runs. */
  scan(): Promise<void>;
  /** Does what is due, and waits until it is delivered. */
  tick(): Promise<void>;
  /** Lets time pass, with all that falls due in it. */
  advance(milliseconds: number): Promise<void>;
}

const AWS_PANEL = fileURLToPath(new URL('./page/aws-panel.tsx', import.meta.url));
const DEFAULT_PORT = 4000;
/** What AWS takes to answer, about. */
const LATENCY_MS = 15;

/** Starts a simulated organization, a ticket system and a local Slack with its page. */
export async function startWorld({ startsAt, port, onClose }: WorldOptions): Promise<DemoWorld> {
  const clock = movableClock(startsAt);
  const company = demoCompany();
  const organization = organizationOf(company, clock.now);
  const aws = await startSimulatedAws({ organization, latencyMs: LATENCY_MS, now: () => new Date() });
  onClose(() => aws.close());
  const ticketSystem = await startTicketSystem({ now: clock.now });
  onClose(() => ticketSystem.close());
  const rootActivity = createRootActivity({ organization, queue: aws.rootEventQueue, now: clock.now });
  const fastForward = createFastForward(company, aws, clock.now);

  const world: Omit<DemoWorld, 'slack'> = {
    clock,
    organization,
    aws,
    ticketSystem,
    fastForward,
    bot: undefined,
    async scan() {
      if (world.bot) await scanAccounts(world.bot.ctx, { startedBy: 'schedule', instance: 'demo' });
    },
    async tick() {
      if (!world.bot) return;
      await rootActivity.tick();
      await ticketSystem.tick();
      await world.bot.tick();
      await waitForDelivery(world.bot.ctx);
    },
    advance: (milliseconds) => fastForward.run(() => advanceClock(clock, milliseconds, world.tick)),
  };
  const panel = awsPanel({
    company,
    organization,
    rootActivity,
    ticketSystem,
    context: () => world.bot?.ctx,
    now: clock.now,
    advance: world.advance,
    scan: world.scan,
  });
  const slack = await startSlack(await slackOptions(company, clock, panel), port);
  onClose(() => slack.close());
  return Object.assign(world, { slack });
}

async function slackOptions(
  company: Company,
  clock: MovableClock,
  panel: PanelProvider,
): Promise<LocalSlackOptions> {
  return {
    ...localSlackOptions(company),
    now: clock.now,
    // Time limits of interactions are real time, also while simulated time passes.
    expiry: () => new Date(),
    // Slack's limits go by the same clock, or weeks that pass in seconds would be far too fast for it.
    rateLimits: () => clock.now().getTime(),
    panel,
    page: await buildPage({ extension: AWS_PANEL }),
  };
}

async function startSlack(options: LocalSlackOptions, port: number | undefined): Promise<LocalSlack> {
  try {
    return await startLocalSlack({ ...options, port: port ?? DEFAULT_PORT });
  } catch (error) {
    if (port !== undefined || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startLocalSlack({ ...options, port: 0 });
  }
}

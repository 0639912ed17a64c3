import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Core } from './core.ts';
import { createEventDispatcher } from './event-dispatcher.ts';
import { type ApiFault, ApiFaults, type InjectedFault } from './faults.ts';
import { createHttpDelivery } from './http-delivery.ts';
import { InputStateStore } from './input-state.ts';
import { createInteractions } from './interactions.ts';
import type { Json } from './json.ts';
import { readManifest } from './manifest.ts';
import { conversationJson } from './methods/conversations.ts';
import type { ChannelSeed, CustomStatus, PersonSeed, SlackPerson, Team, UserGroupSeed } from './people.ts';
import { PARTNER_TEAM } from './people.ts';
import { type PersonDriver, personDriver } from './person-driver.ts';
import { RateLimiter } from './rate-limiter.ts';
import { createRequestListener } from './request-routes.ts';
import { ResponseUrls } from './response-urls.ts';
import { createSocketDelivery, type SocketDelivery } from './socket-delivery.ts';
import { TriggerIds } from './triggers.ts';
import type { UiAction, UiActionResult } from './ui-contract.ts';
import { createUiRoutes, type PageFile, type PanelProvider } from './ui-routes.ts';
import { type ApiCall, createWebApi, type Tokens } from './web-api.ts';
import { type AppIds, LocalWorkspace, type StoredMessage } from './workspace.ts';

export interface LocalSlackOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** The clock of triggers, response URLs, statuses and timestamps. Default: the real one. */
  readonly now?: () => Date;
  /** Path of the app's manifest: its names, scopes, events and commands. */
  readonly manifest: string;
  /** Ids of the installed app. Default: `A0LOCALAPP`, `B0LOCALAPP` and `U0LOCALAPP`. */
  readonly app?: AppIds;
  readonly team?: Team;
  readonly people: readonly PersonSeed[];
  readonly channels: readonly ChannelSeed[];
  readonly userGroups?: readonly UserGroupSeed[];
  /** Ids of the channels that the bot was invited to before. */
  readonly botIn?: readonly string[];
  /** How the app is reached. Default: Socket Mode. */
  readonly mode?: 'socket' | { readonly requestUrl: string };
  readonly panel?: PanelProvider;
  readonly page?: (path: string) => PageFile | undefined;
  /** Default: true, in real time; or by a clock that tells milliseconds. */
  readonly rateLimits?: boolean | (() => number);
  /** The clock by which triggers and response URLs expire. Default: `now`. */
  readonly expiry?: () => Date;
  /** How long the app may take to acknowledge. Default: Slack's 3 seconds, in real time. */
  readonly ackLimitMs?: number;
  /** The delays before an unacknowledged event is sent again. Default: none, a minute, five minutes. */
  readonly eventRetryDelaysMs?: readonly number[];
}

/** A Slack workspace on this machine, with our app installed. */
export interface LocalSlack {
  /** Where the page is: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** For `SLACK_API_URL`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly botUserId: string;
  readonly workspace: LocalWorkspace;
  /** Every call of the Web API so far, oldest first. */
  readonly traffic: readonly ApiCall[];
  /** How often a method was called. */
  calls(method: string): number;
  /** How many WebSockets the app holds; null over HTTP. */
  connections(): number | null;
  as(userId: string): PersonDriver;
  perform(action: UiAction): Promise<UiActionResult>;
  /** All messages of a channel (its id or `#name`), or of the app's DM with a person (their id), for whomever they are. */
  messagesIn(place: string): readonly StoredMessage[];
  injectFault(fault: ApiFault): InjectedFault;
  /** Only in Socket Mode: refuses WebSockets, or ends those that are open. */
  readonly sockets: Pick<SocketDelivery, 'refuse' | 'disconnect'>;
  /** Tells the app an event of your own making, if its manifest subscribes to it. */
  sendEvent(event: Json & { readonly type: string }): void;
  /** Shares a channel with the other company and notifies the app. */
  shareChannel(channelId: string): void;
  setStatus(userId: string, status: CustomStatus | null): void;
  deactivate(userId: string): void;
  /** The first truthy answer to a question that is asked again whenever anything changes. */
  waitUntil<T>(question: () => T, timeoutMs?: number): Promise<Exclude<T, false | null | undefined>>;
  close(): Promise<void>;
}

const NO_SOCKET_CONTROL: LocalSlack['sockets'] = {
  refuse: () => undefined,
  disconnect: () => undefined,
};

/** Starts a Slack that listens on the loopback address only. */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const { port = 0, now = () => new Date(), mode = 'socket', ackLimitMs = 3_000 } = options;
  const { expiry = now } = options;
  const { eventRetryDelaysMs = [0, 60_000, 300_000], rateLimits = true } = options;

  const workspace = new LocalWorkspace({ ...options, now, manifest: readManifest(options.manifest) });
  const server = createServer();
  const address = await listen(server, port);
  const url = `http://${address}`;
  const tokens: Tokens = { bot: `xoxb-local-${randomSecret()}`, app: `xapp-local-${randomSecret()}` };
  const signingSecret = randomSecret();
  const faults = new ApiFaults();
  const traffic: ApiCall[] = [];

  const sockets =
    mode === 'socket'
      ? createSocketDelivery({
          server,
          appId: workspace.app.appId,
          host: () => address,
          ackLimitMs,
          onChange: () => workspace.changed(),
        })
      : null;
  const delivery =
    mode === 'socket' && sockets
      ? sockets
      : createHttpDelivery({ requestUrl: requestUrlOf(mode), signingSecret, ackLimitMs });
  const events = createEventDispatcher({ workspace, delivery, retryDelaysMs: eventRetryDelaysMs });

  const core: Core = {
    workspace,
    triggers: new TriggerIds(expiry),
    responseUrls: new ResponseUrls(expiry, () => url),
    inputState: new InputStateStore(),
    baseUrl: () => url,
    socketAddress: () => sockets?.address() ?? null,
    emitEvent: events.emit,
  };
  const people = createInteractions(core, delivery);
  const api = createWebApi({
    core,
    tokens,
    faults,
    // In real time, whatever the workspace's clock says: it is how fast the app really calls.
    rates: rateLimits ? new RateLimiter(rateLimits === true ? () => performance.now() : rateLimits) : null,
    record: (call) => {
      traffic.push({ ...call, seq: (traffic.at(-1)?.seq ?? 0) + 1 });
      if (traffic.length > 20_000) traffic.shift();
      workspace.changed();
    },
  });
  const ui = createUiRoutes({
    core,
    act: people.perform,
    traffic: () => traffic,
    connections: () => delivery.connections(),
    panel: options.panel,
    page: options.page,
  });

  server.on('request', createRequestListener({ core, api, faults, ui: ui.route }));

  return {
    url,
    apiUrl: `${url}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signingSecret,
    botUserId: workspace.app.botUserId,
    workspace,
    traffic,
    calls: (method) => traffic.filter((call) => call.method === method).length,
    connections: () => delivery.connections(),
    as: (userId) => personDriver(core, personById(workspace, userId), people.perform),
    perform: people.perform,
    messagesIn: (place) => workspace.messagesIn(conversationId(workspace, place)),
    injectFault: (fault) => faults.inject(fault),
    sockets: sockets ?? NO_SOCKET_CONTROL,
    sendEvent: (event) => core.emitEvent(event.type, event),
    shareChannel: (channelId) => shareChannel(core, channelId),
    setStatus: (userId, status) => workspace.setStatus(userId, status),
    deactivate: (userId) => {
      const person = workspace.people.get(userId);
      if (person) person.kind = 'deactivated';
      workspace.changed();
    },
    waitUntil: (condition, timeoutMs = 30_000) => waitUntilTrue(workspace, condition, timeoutMs),
    close: async () => {
      events.close();
      ui.close();
      await delivery.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function personById({ people }: LocalWorkspace, userId: string): SlackPerson {
  const person = people.get(userId);
  if (!person) throw new Error(`Cannot be ${userId}: there is no such person`);
  return person;
}

/** Returns the id of a channel (its id or `#name`), or of the app's DM with a person (their id). */
function conversationId(workspace: LocalWorkspace, place: string): string {
  if (place.startsWith('#'))
    return [...workspace.conversations.values()].find(({ name }) => name === place.slice(1))?.id ?? '';
  return workspace.people.has(place) ? workspace.dmWith(place).id : place;
}

function shareChannel(core: Core, channelId: string): void {
  const channel = core.workspace.conversations.get(channelId);
  if (!channel) throw new Error(`Cannot share ${channelId}: there is no such channel`);
  channel.shared = true;
  core.workspace.changed();
  core.emitEvent(
    'channel_shared',
    {
      type: 'channel_shared',
      connected_team_id: PARTNER_TEAM.id,
      channel: channelId,
      channel_json: conversationJson(channel, core),
    },
    { shared: true },
  );
}

function randomSecret(): string {
  return randomBytes(16).toString('hex');
}

function requestUrlOf(mode: LocalSlackOptions['mode']): string {
  return typeof mode === 'object' ? mode.requestUrl : '';
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function waitUntilTrue<T>(
  workspace: LocalWorkspace,
  condition: () => T,
  timeoutMs: number,
): Promise<Exclude<T, false | null | undefined>> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      unsubscribe();
      act();
    };
    const evaluate = (): void => {
      try {
        const answer = condition();
        if (answer) settle(() => resolve(answer as Exclude<T, false | null | undefined>));
      } catch (error) {
        settle(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    };
    const timer = setTimeout(
      () => settle(() => reject(new Error(`Waited ${timeoutMs} ms in vain for ${condition.toString()}`))),
      timeoutMs,
    );
    const unsubscribe = workspace.onChange(evaluate);
    evaluate();
  });
}

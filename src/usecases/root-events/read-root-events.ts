import type { AccountId } from '../../domain/account.ts';
import type { DigestRootUse } from '../../domain/digest.ts';
import type { AnnouncedUse } from '../../domain/root-events/announced-use.ts';
import { covers } from '../../domain/root-events/announced-use.ts';
import type { Incident, IncidentState, RootUse } from '../../domain/root-events/incident.ts';
import { rootUseOf } from '../../domain/root-events/incident.ts';
import type { RootEvent } from '../../domain/root-events/root-event.ts';
import { type Wire, wireOf } from '../../domain/root-events/wire.ts';
import { findAnnouncedUses } from '../../store/announced-root-uses.ts';
import { findEventsOf, listIncidents, readCountedIncidents, readHeard } from '../../store/root-events.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';

/** Which events a page shows. */
export const EVENT_FILTERS = ['all', 'unexplained', 'explained', 'without-failures'] as const;
export type EventFilter = (typeof EVENT_FILTERS)[number];

export interface EventQuery {
  /** `null`: of every account that the reader can see. */
  readonly accountId: AccountId | null;
  readonly filter: EventFilter;
  readonly page: number;
}

/** An incident with its newest events and the name of its account. */
export interface ListedIncident {
  readonly incident: Incident;
  readonly accountName: string;
  readonly events: readonly RootEvent[];
}

export interface EventPage {
  readonly query: EventQuery;
  readonly accountName: string | null;
  readonly items: readonly ListedIncident[];
  readonly total: number;
  readonly pages: number;
  readonly wires: WireSummary;
}

/** Whether root events reach the bot at all, and from how many accounts. */
export interface WireSummary {
  readonly isConfigured: boolean;
  /** False while this instance cannot read the queue. */
  readonly isReceiving: boolean;
  readonly accounts: number;
  readonly wired: number;
  readonly silent: number;
  readonly lastHeardAt: Date | null;
}

const PAGE_SIZE = 8;
const EVENTS_SHOWN = 4;
const MONTH_MS = 30 * 24 * 60 * 60_000;

const STATES: Readonly<Record<EventFilter, readonly IncidentState[] | null>> = {
  all: null,
  unexplained: ['open', 'denied'],
  explained: ['explained', 'expected'],
  'without-failures': null,
};

/** A page of what root did in these accounts, newest first. */
export async function readEventPage(
  ctx: Context,
  {
    views,
    query,
    all,
  }: {
    readonly views: readonly AccountView[];
    readonly query: EventQuery;
    /** The views are all accounts of the company, so that incidents of closed ones are shown too. */
    readonly all: boolean;
  },
): Promise<EventPage> {
  const names = new Map(views.map(({ account }) => [account.id, account.name]));
  const accountIds = query.accountId ? [query.accountId] : all ? null : [...names.keys()];
  const { incidents, total } = await listIncidents(
    ctx.db,
    {
      accountIds,
      states: STATES[query.filter],
      withoutFailures: query.filter === 'without-failures',
    },
    { offset: query.page * PAGE_SIZE, limit: PAGE_SIZE },
  );
  const events = await findEventsOf(
    ctx.db,
    incidents.map(({ id }) => id),
    EVENTS_SHOWN,
  );
  const shown = query.accountId ? views.filter(({ account }) => account.id === query.accountId) : views;
  return {
    query,
    accountName: query.accountId ? (names.get(query.accountId) ?? query.accountId) : null,
    items: incidents.map((incident) => ({
      incident,
      accountName: names.get(incident.accountId) ?? incident.accountId,
      events: events.get(incident.id) ?? [],
    })),
    total,
    pages: Math.max(1, Math.ceil(total / PAGE_SIZE)),
    wires: await readWireSummary(ctx, shown),
  };
}

/** From how many of these accounts root events reach the bot. */
export async function readWireSummary(
  ctx: Pick<Context, 'db' | 'config' | 'now' | 'rootEventFailure'>,
  views: readonly AccountView[],
): Promise<WireSummary> {
  const isConfigured = ctx.config.rootEvents.queueUrl !== undefined;
  const heard = isConfigured ? await readHeard(ctx.db) : new Map<AccountId, never>();
  // A suspended account runs no rules.
  const active = views.filter(({ account }) => account.state === null || account.state === 'ACTIVE');
  const wires = active.map(({ account }) => wireOf(heard.get(account.id), ctx.now()));
  const times = wires.flatMap((wire) => (wire.kind === 'not-wired' ? [] : wire.heard.lastHeardAt.getTime()));
  return {
    isConfigured,
    isReceiving: !ctx.rootEventFailure?.(),
    accounts: active.length,
    wired: wires.filter(({ kind }) => kind === 'wired').length,
    silent: wires.filter(({ kind }) => kind === 'silent').length,
    lastHeardAt: times.length === 0 ? null : new Date(times.reduce((a, b) => Math.max(a, b))),
  };
}

/** What an account's page says of its root events. */
export interface AccountRootEvents {
  readonly wire: Wire;
  /** False while this instance cannot read the queue. */
  readonly isReceiving: boolean;
  /** In the last 30 days. */
  readonly use: RootUse;
  readonly announced: AnnouncedUse | null;
}

/** The root events of one account, as its page shows them. */
export async function readAccountRootEvents(
  ctx: Pick<Context, 'db' | 'config' | 'now' | 'rootEventFailure'>,
  accountId: AccountId,
): Promise<AccountRootEvents> {
  const now = ctx.now();
  const [heard, counted, uses] = [
    await readHeard(ctx.db, [accountId]),
    await readCountedIncidents(ctx.db, new Date(now.getTime() - MONTH_MS), accountId),
    await findAnnouncedUses(ctx.db, [accountId], now),
  ];
  const isConfigured = ctx.config.rootEvents.queueUrl !== undefined;
  return {
    wire: wireOf(isConfigured ? heard.get(accountId) : undefined, now),
    isReceiving: !ctx.rootEventFailure?.(),
    use: rootUseOf(counted),
    announced: uses.find((use) => covers(use, now)) ?? null,
  };
}

/** What the digest says of root events in a time; `undefined` where no queue is configured. */
export async function readDigestRootUse(
  ctx: Pick<Context, 'db' | 'config' | 'now'>,
  views: readonly AccountView[],
  since: Date,
): Promise<DigestRootUse | undefined> {
  if (ctx.config.rootEvents.queueUrl === undefined) return undefined;
  const use = rootUseOf(await readCountedIncidents(ctx.db, since));
  const { accounts, wired } = await readWireSummary(ctx, views);
  return { ...use, notWired: accounts - wired };
}

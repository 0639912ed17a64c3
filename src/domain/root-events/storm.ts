import type { AccountId } from '../account.ts';
import type { Incident } from './incident.ts';
import { gravityOf, type RootEventKind } from './root-event.ts';

/** New incidents per time window that get a message each for one reader; later ones share one message. */
export const STORM_AFTER = 5;
export const STORM_WINDOW_MS = 10 * 60_000;

/** A new incident for a reader, and the storm it became part of; `null`: it has a message of its own. */
export interface Announced {
  readonly at: Date;
  readonly stormId: string | null;
}

/**
 * Returns where a reader is notified of a new incident: in a message of its own, in a storm that is still going on, or in the
 * first message of a new storm.
 */
export function placementOf(
  announced: readonly Announced[],
  now: Date,
):
  | { readonly kind: 'own' }
  | { readonly kind: 'storm'; readonly id: string }
  | { readonly kind: 'new-storm' } {
  const recent = announced.filter(({ at }) => at.getTime() > now.getTime() - STORM_WINDOW_MS);
  const going = recent.findLast(({ stormId }) => stormId !== null)?.stormId;
  if (going) return { kind: 'storm', id: going };
  return recent.length < STORM_AFTER ? { kind: 'own' } : { kind: 'new-storm' };
}

/** What a storm is made of. */
export interface StormIncident {
  readonly incident: Pick<Incident, 'accountId' | 'source' | 'firstAt' | 'lastAt' | 'state' | 'eventCount'>;
  readonly kinds: Readonly<Partial<Record<RootEventKind, number>>>;
}

/** A storm in numbers: what one sentence and a short list can say. */
export interface StormSummary {
  readonly events: number;
  readonly incidents: number;
  readonly accounts: number;
  readonly sources: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly open: number;
  /** The gravest kinds first. */
  readonly kinds: readonly { readonly kind: RootEventKind; readonly count: number }[];
  /** The accounts with the gravest events, then those with most. */
  readonly worst: readonly { readonly accountId: AccountId; readonly events: number }[];
}

const WORST_SHOWN = 10;

/** Summarizes a storm; `undefined` where nothing belongs to it. */
export function summarizeStorm(parts: readonly StormIncident[]): StormSummary | undefined {
  if (parts.length === 0) return undefined;
  const kinds = new Map<RootEventKind, number>();
  const accounts = new Map<AccountId, { events: number; gravity: number }>();
  let events = 0;
  for (const { incident, kinds: counts } of parts) {
    events += incident.eventCount;
    const account = accounts.get(incident.accountId) ?? { events: 0, gravity: 0 };
    const gravities = Object.keys(counts).map((kind) => gravityOf(kind as RootEventKind));
    accounts.set(incident.accountId, {
      events: account.events + incident.eventCount,
      gravity: Math.max(account.gravity, ...gravities),
    });
    for (const [kind, count] of Object.entries(counts)) {
      kinds.set(kind as RootEventKind, (kinds.get(kind as RootEventKind) ?? 0) + count);
    }
  }
  const times = parts.flatMap(({ incident }) => [incident.firstAt.getTime(), incident.lastAt.getTime()]);
  return {
    events,
    incidents: parts.length,
    accounts: accounts.size,
    sources: new Set(parts.flatMap(({ incident }) => incident.source ?? [])).size,
    firstAt: new Date(times.reduce((a, b) => Math.min(a, b))).toISOString(),
    lastAt: new Date(times.reduce((a, b) => Math.max(a, b))).toISOString(),
    open: parts.filter(({ incident }) => incident.state === 'open' || incident.state === 'denied').length,
    kinds: [...kinds]
      .map(([kind, count]) => ({ kind, count }))
      .sort((a, b) => gravityOf(b.kind) - gravityOf(a.kind) || b.count - a.count),
    worst: [...accounts]
      .sort(([idA, a], [idB, b]) => b.gravity - a.gravity || b.events - a.events || (idA < idB ? -1 : 1))
      .slice(0, WORST_SHOWN)
      .map(([accountId, account]) => ({ accountId, events: account.events })),
  };
}

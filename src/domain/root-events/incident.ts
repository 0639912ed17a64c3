import type { AccountId } from '../account.ts';
import type { SlackUserId } from '../person.ts';
import { isSevere, type RootEvent, type RootEventVia } from './root-event.ts';

/** Why events of root are expected: someone announced the use of root, or a second person granted its recovery. */
export interface Explanation {
  readonly kind: 'announced-use' | 'recovery-window';
  readonly id: string;
  readonly by: SlackUserId;
  readonly reason: string;
  readonly ticket: string | null;
  readonly until: Date;
}

/** The state of an incident. `open`: asked, or about to be; `denied`: the person asked says it was not them. */
export type IncidentState = 'open' | 'explained' | 'denied' | 'expected';

/** Events of one sign-in, or of one root session: one conversation with one person. */
export interface Incident {
  readonly id: string;
  readonly accountId: AccountId;
  readonly via: RootEventVia;
  /** The address the events came from; `null` where no event names one. */
  readonly source: string | null;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly eventCount: number;
  /** When the first event reached the bot. */
  readonly openedAt: Date;
  readonly state: IncidentState;
  /** The person the bot asked. */
  readonly asked: readonly SlackUserId[];
  readonly answeredBy: SlackUserId | null;
  readonly answeredAt: Date | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  /** The explanation that was there before the event. */
  readonly explanationId: string | null;
  /** When the channel and admins were alerted that it is unexplained. */
  readonly alertedAt: Date | null;
}

/** Events further apart are not of one sign-in: a root session of the console ends after an hour of rest. */
export const SESSION_GAP_MS = 60 * 60_000;

/** Whether the event belongs to the incident, so that no second conversation begins. */
export function belongsTo(incident: Incident, event: RootEvent): boolean {
  if (incident.accountId !== event.accountId || incident.via !== event.via) return false;
  const isNear =
    event.at.getTime() >= incident.firstAt.getTime() - SESSION_GAP_MS &&
    event.at.getTime() <= incident.lastAt.getTime() + SESSION_GAP_MS;
  if (!isNear) return false;
  // A second address is a second person until the owner says otherwise.
  const source = addressOf(event);
  if (source !== null && incident.source !== null && source !== incident.source) return false;
  // "Yes, that was me" was said of what the reader saw, not of what came after.
  return incident.state === 'open' || incident.state === 'expected' || !isSevere(event);
}

/** The incident with one more event in it; events can arrive in any order. */
export function withEvent(incident: Incident, event: RootEvent): Incident {
  return {
    ...incident,
    source: incident.source ?? addressOf(event),
    firstAt: new Date(Math.min(event.at.getTime(), incident.firstAt.getTime())),
    lastAt: new Date(Math.max(event.at.getTime(), incident.lastAt.getTime())),
    eventCount: incident.eventCount + 1,
  };
}

/** A new incident that begins with this event. */
export function newIncident(
  event: RootEvent,
  {
    id,
    now,
    explanation,
  }: { readonly id: string; readonly now: Date; readonly explanation: Explanation | null },
): Incident {
  return {
    id,
    accountId: event.accountId,
    via: event.via,
    source: addressOf(event),
    firstAt: event.at,
    lastAt: event.at,
    eventCount: 1,
    openedAt: now,
    state: explanation ? 'expected' : 'open',
    asked: [],
    answeredBy: null,
    answeredAt: null,
    reason: null,
    ticket: null,
    explanationId: explanation?.id ?? null,
    alertedAt: null,
  };
}

/** Where events land: in incidents that were there, changed, and in new ones. */
export interface Grouping {
  readonly changed: readonly Incident[];
  readonly created: readonly Incident[];
  readonly incidentOf: ReadonlyMap<RootEvent['id'], Incident['id']>;
}

/** Groups new events into incidents. An expected use of root gets an incident too, and asks nothing. */
export function groupEvents(
  events: readonly RootEvent[],
  {
    incidents,
    explanationFor,
    newId,
    now,
  }: {
    /** Those the events can belong to. */
    readonly incidents: readonly Incident[];
    readonly explanationFor: (accountId: AccountId, at: Date) => Explanation | null;
    readonly newId: () => string;
    readonly now: Date;
  },
): Grouping {
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  const ofAccount = new Map<AccountId, string[]>();
  for (const { id, accountId } of incidents) append(ofAccount, accountId, id);
  const known = new Set(byId.keys());
  const touched = new Set<string>();
  const incidentOf = new Map<string, string>();

  for (const event of [...events].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const explanation = explanationFor(event.accountId, event.at);
    const mine = (ofAccount.get(event.accountId) ?? [])
      .map((id) => byId.get(id) as Incident)
      .find((incident) => belongsTo(incident, event) && isCoveredBy(incident, explanation));
    const incident = mine ? withEvent(mine, event) : newIncident(event, { id: newId(), now, explanation });
    if (!mine) append(ofAccount, event.accountId, incident.id);
    byId.set(incident.id, incident);
    touched.add(incident.id);
    incidentOf.set(event.id, incident.id);
  }
  const all = [...touched].map((id) => byId.get(id) as Incident);
  return {
    changed: all.filter(({ id }) => known.has(id)),
    created: all.filter(({ id }) => !known.has(id)),
    incidentOf,
  };
}

/** An expected incident takes only events that are expected as well: the announced time may be over. */
function isCoveredBy(incident: Incident, explanation: Explanation | null): boolean {
  return incident.state !== 'expected' || incident.explanationId === explanation?.id;
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

/** The IP address of an event; `null` where AWS writes a service name in its place. */
function addressOf({ source }: Pick<RootEvent, 'source'>): string | null {
  return source !== null && IP_ADDRESS.test(source) ? source : null;
}

const IP_ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[\da-f:.]*:[\da-f:.]*)$/i;

/** Returns whether the time to answer is over and no one has been alerted. */
export function isOverdue(
  { state, alertedAt, openedAt }: Pick<Incident, 'state' | 'alertedAt' | 'openedAt'>,
  askOwnerWithinMinutes: number,
  now: Date,
): boolean {
  if (alertedAt !== null || state !== 'open') return false;
  return now.getTime() >= openedAt.getTime() + askOwnerWithinMinutes * 60_000;
}

/** How often root was used in a time, and what became of it. */
export interface RootUse {
  /** Uses of root; attempts that only failed are not among them. */
  readonly incidents: number;
  readonly explained: number;
  readonly open: number;
  readonly denied: number;
  /** Attempts to sign in that only failed. */
  readonly failedAttempts: number;
}

/** An incident as it is counted. */
export interface CountedIncident {
  readonly state: IncidentState;
  /** Nothing but failed sign-ins. */
  readonly onlyFailed: boolean;
}

/** Counts incidents by what became of them; an expected use counts as explained. */
export function rootUseOf(incidents: readonly CountedIncident[]): RootUse {
  const used = incidents.filter(({ onlyFailed }) => !onlyFailed);
  const count = (...states: IncidentState[]) => used.filter(({ state }) => states.includes(state)).length;
  return {
    incidents: used.length,
    explained: count('explained', 'expected'),
    open: count('open'),
    denied: count('denied'),
    failedAttempts: incidents.length - used.length,
  };
}

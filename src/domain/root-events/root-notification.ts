import type { AccountId } from '../account.ts';
import type { CountedList } from '../counted-list.ts';
import type { SlackUserId } from '../person.ts';
import type { Explanation, Incident, IncidentState } from './incident.ts';
import { gravityOf, type RootEvent, type RootEventKind, type RootEventVia } from './root-event.ts';
import type { StormSummary } from './storm.ts';

/** What the bot says about root events, as data that JSON can hold. */
export type RootNotification = RootIncidentNotification | RootStormNotification | RootAlertNotification;

interface NamedAccount {
  readonly id: AccountId;
  readonly name: string;
}

/** An event as a message shows it; times are ISO texts. */
export interface ShownEvent {
  readonly kind: RootEventKind;
  readonly name: string;
  readonly at: string;
  readonly source: string | null;
  readonly mfaUsed: boolean | null;
  readonly succeeded: boolean;
  readonly openedBy: string | null;
  readonly taskPolicy: string | null;
}

/** The answer to an incident. */
export interface ShownAnswer {
  readonly state: 'explained' | 'denied';
  readonly by: SlackUserId;
  readonly at: string;
  readonly reason: string | null;
  readonly ticket: string | null;
}

/** One use of root: a question to the person who should know, a line for the channel. */
export interface RootIncidentNotification {
  readonly kind: 'root-incident';
  readonly audience: 'asked' | 'channel';
  readonly incidentId: string;
  readonly account: NamedAccount;
  readonly via: RootEventVia;
  readonly state: IncidentState;
  /** The newest, oldest first; there can be more. */
  readonly events: CountedList<ShownEvent>;
  readonly source: string | null;
  readonly asked: readonly SlackUserId[];
  /** Why the reader is asked; absent where that is not certain. */
  readonly askedAs?: 'owner' | 'fallback-owner' | 'admin';
  readonly answer: ShownAnswer | null;
  readonly expected: {
    /** Absent in messages of former versions. */
    readonly kind?: Explanation['kind'];
    readonly by: SlackUserId;
    readonly reason: string;
    readonly ticket: string | null;
  } | null;
  /** When the channel and admins were alerted that it is unexplained. */
  readonly alertedAt: string | null;
  readonly answerWithinMinutes: number;
}

/** Many uses of root within minutes, in one message. */
export interface RootStormNotification {
  readonly kind: 'root-storm';
  readonly audience: 'asked' | 'channel';
  readonly stormId: string;
  readonly summary: StormSummary;
  readonly names: Readonly<Record<string, string>>;
  /** Absent in messages of former versions. */
  readonly answerWithinMinutes?: number;
}

/** An incident that an alert is about. */
export interface AlertedIncident {
  readonly incidentId: string;
  readonly account: NamedAccount;
  readonly via: RootEventVia;
  readonly kinds: readonly RootEventKind[];
  readonly firstAt: string;
  readonly source: string | null;
  readonly asked: readonly SlackUserId[];
  readonly answer: ShownAnswer | null;
}

/** An unexplained use of root, and what to do now. */
export interface RootAlertNotification {
  readonly kind: 'root-alert';
  readonly because: 'denied' | 'unanswered';
  readonly incidents: CountedList<AlertedIncident>;
}

/** `root-incident/ID/C01SECURITY` */
export function rootIncidentKey(incidentId: string, recipient: string): string {
  return `root-incident/${incidentId}/${recipient}`;
}

/** `root-storm/ID/C01SECURITY` */
export function rootStormKey(stormId: string, recipient: string): string {
  return `root-storm/${stormId}/${recipient}`;
}

/** `root-alert/ID/denied/C01SECURITY`: an unanswered one can be denied later, which causes another alert. */
export function rootAlertKey(
  incidentId: string,
  because: RootAlertNotification['because'],
  recipient: string,
): string {
  return `root-alert/${incidentId}/${because}/${recipient}`;
}

/** An incident as one reader is shown it. */
export function rootIncidentNotification(
  incident: Incident,
  {
    audience,
    accountName,
    events,
    explanation,
    askedAs,
    answerWithinMinutes,
  }: {
    readonly audience: RootIncidentNotification['audience'];
    readonly accountName: string;
    readonly events: readonly RootEvent[];
    readonly explanation: Explanation | undefined;
    readonly askedAs: RootIncidentNotification['askedAs'];
    readonly answerWithinMinutes: number;
  },
): RootIncidentNotification {
  return {
    kind: 'root-incident',
    audience,
    incidentId: incident.id,
    account: { id: incident.accountId, name: accountName },
    via: incident.via,
    state: incident.state,
    events: { count: incident.eventCount, items: events.map(toShownEvent) },
    source: incident.source,
    asked: incident.asked,
    ...(askedAs && { askedAs }),
    answer: toShownAnswer(incident),
    expected: explanation
      ? { kind: explanation.kind, by: explanation.by, reason: explanation.reason, ticket: explanation.ticket }
      : null,
    alertedAt: incident.alertedAt?.toISOString() ?? null,
    answerWithinMinutes,
  };
}

/** An incident as an alert names it. */
export function toAlertedIncident(
  incident: Incident,
  { accountName, events }: { readonly accountName: string; readonly events: readonly RootEvent[] },
): AlertedIncident {
  return {
    incidentId: incident.id,
    account: { id: incident.accountId, name: accountName },
    via: incident.via,
    kinds: [...new Set(events.map(({ kind }) => kind))],
    firstAt: incident.firstAt.toISOString(),
    source: incident.source,
    asked: incident.asked,
    answer: toShownAnswer(incident),
  };
}

/** Sorts the gravest incidents first, then the oldest: an alert names only the first of them. */
export function compareAlerted(a: AlertedIncident, b: AlertedIncident): number {
  const gravity = ({ kinds }: AlertedIncident) =>
    kinds.reduce((most, kind) => Math.max(most, gravityOf(kind)), 0);
  return gravity(b) - gravity(a) || a.firstAt.localeCompare(b.firstAt);
}

/** The answer to an incident, or `null` while there is none. */
export function toShownAnswer(incident: Incident): ShownAnswer | null {
  const { state, answeredBy, answeredAt, reason, ticket } = incident;
  if ((state !== 'explained' && state !== 'denied') || !answeredBy || !answeredAt) return null;
  return { state, by: answeredBy, at: answeredAt.toISOString(), reason, ticket };
}

function toShownEvent(event: RootEvent): ShownEvent {
  const { kind, name, at, source, mfaUsed, succeeded, openedBy, taskPolicy } = event;
  return { kind, name, at: at.toISOString(), source, mfaUsed, succeeded, openedBy, taskPolicy };
}

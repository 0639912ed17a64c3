import type { AccountId } from '../domain/account.ts';
import type { SlackUserId } from '../domain/person.ts';
import type { CountedIncident, Incident, IncidentState } from '../domain/root-events/incident.ts';
import type { RejectedMessage } from '../domain/root-events/parse-message.ts';
import {
  ROOT_EVENT_KINDS as KIND_ORDER,
  type RootEvent,
  type RootEventKind,
} from '../domain/root-events/root-event.ts';
import type { RootAlertNotification } from '../domain/root-events/root-notification.ts';
import type { Heard } from '../domain/root-events/wire.ts';
import { json } from './json.ts';
import type { Database } from './transactions.ts';

/** Returns which of these events are already stored. */
export async function findStoredEventIds(db: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.query<{ id: string }>('select id from root_events where id = any ($1)', [ids]);
  return new Set(rows.map(({ id }) => id));
}

/** Lets one transaction at a time group the events of an account; the lock ends with the transaction. */
export async function lockAccountsForGrouping(tx: Database, ids: readonly AccountId[]): Promise<void> {
  // In one order, so that two batches never wait for each other.
  await tx.query(
    `select pg_advisory_xact_lock(hashtext('root-events/' || id))
       from (select distinct unnest($1::text[]) as id order by id) as ordered`,
    [ids],
  );
}

/** Locks the choice of message for a reader's incidents until the transaction ends. */
export async function lockNotices(tx: Database): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('root-event-notices'))`);
}

/** The incidents of these accounts that have events between the two times, oldest first. */
export async function findIncidentsBetween(
  db: Database,
  accountIds: readonly AccountId[],
  from: Date,
  to: Date,
): Promise<Incident[]> {
  const rows = await db.query<IncidentRow>(
    `select ${INCIDENT} from root_incidents
      where account_id = any ($1) and last_at >= $2 and first_at <= $3
      order by first_at, id`,
    [accountIds, from, to],
  );
  return rows.map(toIncident);
}

/** Stores new incidents and changed ones, and marks both, so that readers are sent what changed. */
export async function saveIncidents(tx: Database, incidents: readonly Incident[]): Promise<void> {
  if (incidents.length === 0) return;
  await tx.query(
    `insert into root_incidents as known (${INCIDENT}, notify_due)
     select ${INCIDENT}, true
       from jsonb_populate_recordset(null::root_incidents, $1::jsonb)
     on conflict (id) do update
       set source = excluded.source, first_at = excluded.first_at, last_at = excluded.last_at,
           event_count = excluded.event_count, state = excluded.state, asked = excluded.asked,
           answered_by = excluded.answered_by, answered_at = excluded.answered_at, reason = excluded.reason,
           ticket = excluded.ticket, explanation_id = excluded.explanation_id,
           alerted_at = excluded.alerted_at, notify_due = true`,
    [json(incidents.map(toIncidentRow))],
  );
}

/** Stores events; one that is stored already stays as it is. */
export async function saveEvents(
  tx: Database,
  events: readonly RootEvent[],
  { incidentOf, receivedAt }: { readonly incidentOf: ReadonlyMap<string, string>; readonly receivedAt: Date },
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({
    id: event.id,
    incident_id: incidentOf.get(event.id),
    account_id: event.accountId,
    kind: event.kind,
    name: event.name,
    at: event.at,
    received_at: receivedAt,
    via: event.via,
    succeeded: event.succeeded,
    error_code: event.errorCode,
    source: event.source,
    user_agent: event.userAgent,
    mfa_used: event.mfaUsed,
    device: event.device,
    opened_by: event.openedBy,
    task_policy: event.taskPolicy,
    region: event.region,
  }));
  await tx.query(
    `insert into root_events
     select * from jsonb_populate_recordset(null::root_events, $1::jsonb)
     on conflict (id) do nothing`,
    [json(rows)],
  );
}

/** Saves why messages were rejected. */
export async function saveRejects(
  tx: Database,
  rejects: readonly (RejectedMessage & { readonly body: string | null })[],
  receivedAt: Date,
): Promise<void> {
  const rows = rejects.map(({ reason, detail, accountId, eventId, body }) => ({
    reason,
    detail,
    account_id: accountId,
    event_id: eventId,
    body,
  }));
  await tx.query(
    `insert into root_event_rejects (received_at, reason, detail, account_id, event_id, body)
     select $1, reason, detail, account_id, event_id, body
       from jsonb_to_recordset($2::jsonb)
         as reject (reason text, detail text, account_id text, event_id text, body text)`,
    [receivedAt, json(rows)],
  );
}

/** Returns messages of accounts that were unknown on arrival and are known now, and locks them. */
export function findKnownForeignBodies(
  tx: Database,
): Promise<{ readonly id: number; readonly body: string }[]> {
  return tx.query<{ id: number; body: string }>(
    `select rejects.id, rejects.body from root_event_rejects as rejects
       join accounts on accounts.id = rejects.account_id and accounts.closed_at is null
      where rejects.reason = 'foreign' and rejects.body is not null
      order by rejects.id limit 200 for update of rejects skip locked`,
  );
}

/** Deletes one rejected message. */
export async function deleteReject(tx: Database, id: number): Promise<void> {
  await tx.query('delete from root_event_rejects where id = $1', [id]);
}

/** Saves when accounts last sent an event; an older time never replaces a newer one. */
export async function saveHeard(tx: Database, heard: ReadonlyMap<AccountId, Heard>): Promise<void> {
  if (heard.size === 0) return;
  const rows = [...heard]
    .map(([account_id, { lastHeardAt, lastEventAt }]) => ({
      account_id,
      last_heard_at: lastHeardAt,
      last_event_at: lastEventAt,
    }))
    .sort((a, b) => (a.account_id < b.account_id ? -1 : 1));
  await tx.query(
    `insert into root_event_wires as known
     select * from jsonb_populate_recordset(null::root_event_wires, $1::jsonb)
     on conflict (account_id) do update
       set last_heard_at = greatest(known.last_heard_at, excluded.last_heard_at),
           last_event_at = greatest(known.last_event_at, excluded.last_event_at)`,
    [json(rows)],
  );
}

/** Returns when each account last sent an event, for all accounts or these. */
export async function readHeard(
  db: Database,
  accountIds: readonly AccountId[] | null = null,
): Promise<ReadonlyMap<AccountId, Heard>> {
  const rows = await db.query<{ account_id: AccountId; last_heard_at: Date; last_event_at: Date | null }>(
    `select account_id, last_heard_at, last_event_at from root_event_wires
      where $1::text[] is null or account_id = any ($1)`,
    [accountIds],
  );
  return new Map(
    rows.map(({ account_id, last_heard_at, last_event_at }) => [
      account_id,
      { lastHeardAt: last_heard_at, lastEventAt: last_event_at },
    ]),
  );
}

/** Returns when any account last sent an event; `null` before the first. */
export async function readLastHeardAt(db: Database): Promise<Date | null> {
  const [row] = await db.query<{ at: Date | null }>('select max(last_heard_at) as at from root_event_wires');
  return row?.at ?? null;
}

/** Returns the number of incidents by state. */
export async function countIncidents(db: Database): Promise<Readonly<Record<IncidentState, number>>> {
  const rows = await db.query<{ state: IncidentState; count: number }>(
    'select state, count(*)::int as count from root_incidents group by state',
  );
  const counts = { open: 0, explained: 0, denied: 0, expected: 0 };
  return { ...counts, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
}

/** The accounts among these that belong to the company, with their name; closed ones no longer do. */
export async function findOpenAccountNames(
  db: Database,
  ids: readonly AccountId[],
): Promise<ReadonlyMap<AccountId, string>> {
  const rows = await db.query<{ id: AccountId; name: string }>(
    'select id, name from accounts where id = any ($1) and closed_at is null',
    [ids],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The incident, or undefined; locked until the transaction ends. */
export async function lockIncident(tx: Database, id: string): Promise<Incident | undefined> {
  const [row] = await tx.query<IncidentRow>(
    `select ${INCIDENT} from root_incidents where id = $1 for update`,
    [id],
  );
  return row && toIncident(row);
}

/** The incident, or undefined. */
export async function findIncident(db: Database, id: string): Promise<Incident | undefined> {
  const [row] = await db.query<IncidentRow>(`select ${INCIDENT} from root_incidents where id = $1`, [id]);
  return row && toIncident(row);
}

/** Returns incidents with unsent changes, oldest first. */
export async function findIncidentsToNotify(db: Database, limit: number): Promise<Incident[]> {
  const rows = await db.query<IncidentRow>(
    `select ${INCIDENT} from root_incidents where notify_due order by opened_at, id limit $1`,
    [limit],
  );
  return rows.map(toIncident);
}

/** The same incidents as they are now, locked; those that another instance works on are left out. */
export async function lockIncidentsToNotify(tx: Database, ids: readonly string[]): Promise<Incident[]> {
  const rows = await tx.query<IncidentRow>(
    `select ${INCIDENT} from root_incidents
      where id = any ($1) and notify_due order by opened_at, id for update skip locked`,
    [ids],
  );
  return rows.map(toIncident);
}

/** Saves who was asked, and that readers are up to date. */
export async function markNotified(
  tx: Database,
  incidents: readonly { readonly id: string; readonly asked: readonly SlackUserId[] }[],
): Promise<void> {
  await tx.query(
    `update root_incidents
        set notify_due = false, asked = new.asked
       from jsonb_to_recordset($1::jsonb) as new (id text, asked text[])
      where root_incidents.id = new.id`,
    [json(incidents)],
  );
}

/** Returns whether there are unanswered incidents that opened before then. */
export async function hasOverdueIncidents(db: Database, before: Date): Promise<boolean> {
  const rows = await db.query(
    `select id from root_incidents
      where state = 'open' and alerted_at is null and opened_at <= $1 limit 1`,
    [before],
  );
  return rows.length > 0;
}

type AlertReason = RootAlertNotification['because'];

/** Returns unanswered incidents that opened before then, oldest first, and locks them. */
export async function lockOverdueIncidents(tx: Database, before: Date, limit: number): Promise<Incident[]> {
  const rows = await tx.query<IncidentRow>(
    `select ${INCIDENT} from root_incidents
      where state = 'open' and alerted_at is null and opened_at <= $1
      order by opened_at, id limit $2 for update skip locked`,
    [before, limit],
  );
  return rows.map(toIncident);
}

/** Saves that the admins are still to be alerted about these incidents. */
export async function saveAlertOwedToAdmins(
  tx: Database,
  incidentIds: readonly string[],
  because: AlertReason,
): Promise<void> {
  await tx.query('update root_incidents set alert_owed_to_admins = $2 where id = any ($1)', [
    incidentIds,
    because,
  ]);
}

/** Whether the admins are still to be alerted about an incident. */
export async function hasAlertOwedToAdmins(db: Database): Promise<boolean> {
  const rows = await db.query('select id from root_incidents where alert_owed_to_admins is not null limit 1');
  return rows.length > 0;
}

/** Returns up to `limit` incidents that the admins are still to be alerted about, oldest first; from now on they no longer are. */
export async function takeAlertsOwedToAdmins(
  tx: Database,
  limit: number,
): Promise<{ readonly incident: Incident; readonly because: AlertReason }[]> {
  const rows = await tx.query<IncidentRow & { because: AlertReason }>(
    `with owed as (
       select id, alert_owed_to_admins as because from root_incidents
        where alert_owed_to_admins is not null
        order by opened_at, id limit $1 for update skip locked
     ),
     taken as (
       update root_incidents set alert_owed_to_admins = null from owed where root_incidents.id = owed.id
     )
     select because, root_incidents.* from root_incidents join owed using (id) order by opened_at, id`,
    [limit],
  );
  return rows.map(({ because, ...row }) => ({ incident: toIncident(row), because }));
}

/** A reader of an incident, and the storm in whose message they read of it. */
export interface IncidentNotice {
  readonly incidentId: string;
  readonly recipient: { readonly kind: 'channel' | 'person'; readonly id: string };
  readonly announcedAt: Date;
  readonly stormId: string | null;
}

/** The notices of these incidents. */
export async function findNotices(db: Database, incidentIds: readonly string[]): Promise<IncidentNotice[]> {
  const rows = await db.query<NoticeRow>(
    `select ${NOTICE} from root_incident_notices where incident_id = any ($1) order by announced_at`,
    [incidentIds],
  );
  return rows.map(toNotice);
}

/** What these readers were sent since then, oldest first. */
export async function findRecentNotices(
  db: Database,
  recipients: readonly string[],
  since: Date,
): Promise<IncidentNotice[]> {
  const rows = await db.query<NoticeRow>(
    `select ${NOTICE} from root_incident_notices
      where recipient = any ($1) and announced_at >= $2 order by announced_at, incident_id`,
    [recipients, since],
  );
  return rows.map(toNotice);
}

/** Returns the incidents of a storm that one reader was sent. */
export async function findStormIncidents(
  db: Database,
  stormId: string,
  recipient: string,
): Promise<Incident[]> {
  const rows = await db.query<IncidentRow>(
    `select ${INCIDENT} from root_incidents
      where id in (select incident_id from root_incident_notices where storm_id = $1 and recipient = $2)
      order by first_at, id`,
    [stormId, recipient],
  );
  return rows.map(toIncident);
}

/** Saves which reader was sent which incident. */
export async function saveNotices(tx: Database, notices: readonly IncidentNotice[]): Promise<void> {
  if (notices.length === 0) return;
  await tx.query(
    `insert into root_incident_notices (${NOTICE})
     select ${NOTICE} from jsonb_populate_recordset(null::root_incident_notices, $1::jsonb)
     on conflict do nothing`,
    [
      json(
        notices.map(({ incidentId, recipient, announcedAt, stormId }) => ({
          incident_id: incidentId,
          recipient_kind: recipient.kind,
          recipient: recipient.id,
          announced_at: announcedAt,
          storm_id: stormId,
        })),
      ),
    ],
  );
}

/** The newest events of each incident, oldest first. */
export async function findEventsOf(
  db: Database,
  incidentIds: readonly string[],
  limitEach: number,
): Promise<ReadonlyMap<string, readonly RootEvent[]>> {
  const rows = await db.query<EventRow>(
    `select ranked.* from (
       select *, row_number() over (partition by incident_id order by at desc, id) as rank
         from root_events where incident_id = any ($1)) as ranked
      where rank <= $2 order by at, id`,
    [incidentIds, limitEach],
  );
  // CloudTrail's times are whole seconds: within one, events have the order in which they make sense.
  const inOrder = [...rows].sort(
    (a, b) => a.at.getTime() - b.at.getTime() || KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind),
  );
  const events = new Map<string, RootEvent[]>();
  for (const row of inOrder) {
    const known = events.get(row.incident_id);
    if (known) known.push(toEvent(row));
    else events.set(row.incident_id, [toEvent(row)]);
  }
  return events;
}

/** How many events of each kind each incident has. */
export async function countKinds(
  db: Database,
  incidentIds: readonly string[],
): Promise<ReadonlyMap<string, Partial<Record<RootEventKind, number>>>> {
  const rows = await db.query<{ incident_id: string; kind: RootEventKind; count: number }>(
    `select incident_id, kind, count(*)::int as count from root_events
      where incident_id = any ($1) group by incident_id, kind`,
    [incidentIds],
  );
  const counts = new Map<string, Partial<Record<RootEventKind, number>>>();
  for (const { incident_id, kind, count } of rows) {
    counts.set(incident_id, { ...counts.get(incident_id), [kind]: count });
  }
  return counts;
}

/** Which incidents a list shows. */
export interface IncidentFilter {
  /** `null`: of every account. */
  readonly accountIds: readonly AccountId[] | null;
  /** `null`: in any state. */
  readonly states: readonly IncidentState[] | null;
  /** Incidents with nothing but failed sign-ins are left out. */
  readonly withoutFailures?: boolean;
}

/** A page of incidents, newest first, and how many there are in all. */
export async function listIncidents(
  db: Database,
  { accountIds, states, withoutFailures = false }: IncidentFilter,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<{ readonly incidents: readonly Incident[]; readonly total: number }> {
  const where = `($1::text[] is null or account_id = any ($1)) and ($2::text[] is null or state = any ($2))
      and (not $3::boolean or exists (
        select from root_events where incident_id = root_incidents.id and kind <> 'sign-in-failed'))`;
  const filter = [accountIds, states, withoutFailures];
  const [count] = await db.query<{ count: number }>(
    `select count(*)::int as count from root_incidents where ${where}`,
    filter,
  );
  const rows = await db.query<IncidentRow>(
    `select ${INCIDENT} from root_incidents where ${where}
      order by last_at desc, id limit $4 offset $5`,
    [...filter, limit, offset],
  );
  return { incidents: rows.map(toIncident), total: count?.count ?? 0 };
}

/** The incidents that began since then, of all accounts or of one, as they are counted. */
export async function readCountedIncidents(
  db: Database,
  since: Date,
  accountId: AccountId | null = null,
): Promise<CountedIncident[]> {
  const rows = await db.query<{ state: IncidentState; only_failed: boolean }>(
    `select state, not exists (
              select from root_events where incident_id = root_incidents.id and kind <> 'sign-in-failed'
            ) as only_failed
       from root_incidents
      where first_at >= $1 and ($2::text is null or account_id = $2)`,
    [since, accountId],
  );
  return rows.map(({ state, only_failed: onlyFailed }) => ({ state, onlyFailed }));
}

/** An event with its incident, as a file shows it. */
export interface ExportedEvent {
  readonly event: RootEvent;
  readonly accountName: string;
  readonly incident: Incident;
}

/** The events since then of all accounts or of these, oldest first. */
export async function exportEvents(
  db: Database,
  since: Date,
  accountIds: readonly AccountId[] | null,
): Promise<ExportedEvent[]> {
  const rows = await db.query<EventRow & { account_name: string; incident: IncidentJson }>(
    `select root_events.*, coalesce(accounts.name, root_events.account_id) as account_name,
            to_jsonb(root_incidents) as incident
       from root_events
       join root_incidents on root_incidents.id = root_events.incident_id
       left join accounts on accounts.id = root_events.account_id
      where root_events.at >= $1 and ($2::text[] is null or root_events.account_id = any ($2))
      order by root_events.at, root_events.id`,
    [since, accountIds],
  );
  return rows.map((row) => ({
    event: toEvent(row),
    accountName: row.account_name,
    incident: toIncident(datesOf(row.incident)),
  }));
}

/** Returns how many messages were rejected since then, by reason. */
export async function countRejects(db: Database, since: Date): Promise<Readonly<Record<string, number>>> {
  const rows = await db.query<{ reason: string; count: number }>(
    `select reason, count(*)::int as count from root_event_rejects where received_at >= $1 group by reason`,
    [since],
  );
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]));
}

/**
 * Returns accounts that were not checked since they sent an event of these kinds, those that have waited longest first.
 * Only events that arrived since then count: what cannot be checked is not tried for ever.
 */
export async function findAccountsToCheck(
  db: Database,
  {
    kinds,
    since,
    limit,
  }: { readonly kinds: readonly RootEventKind[]; readonly since: Date; readonly limit: number },
): Promise<AccountId[]> {
  const rows = await db.query<{ id: AccountId }>(
    `select accounts.id from root_events
       join accounts on accounts.id = root_events.account_id and accounts.closed_at is null
       left join verdicts on verdicts.account_id = accounts.id
      where root_events.received_at >= $1 and root_events.succeeded and root_events.kind = any ($2)
        and (verdicts.checked_at is null or verdicts.checked_at < root_events.received_at)
      group by accounts.id order by min(root_events.received_at), accounts.id limit $3`,
    [since, kinds, limit],
  );
  return rows.map(({ id }) => id);
}

/** Deletes incidents whose last event is older, with their events, and announced uses that ended before then. */
export async function deleteOldIncidents(db: Database, before: Date): Promise<number> {
  const rows = await db.query(
    `delete from root_incidents where last_at < $1 and state <> 'open' returning id`,
    [before],
  );
  await db.query('delete from announced_root_uses where ends_at < $1', [before]);
  return rows.length;
}

/** Deletes messages that were rejected before then. */
export async function deleteOldRejects(db: Database, before: Date): Promise<void> {
  await db.query('delete from root_event_rejects where received_at < $1', [before]);
}

const INCIDENT = `id, account_id, via, source, first_at, last_at, event_count, opened_at, state, asked,
  answered_by, answered_at, reason, ticket, explanation_id, alerted_at`;

const NOTICE = 'incident_id, recipient_kind, recipient, announced_at, storm_id';

interface IncidentRow {
  id: string;
  account_id: AccountId;
  via: Incident['via'];
  source: string | null;
  first_at: Date;
  last_at: Date;
  event_count: number;
  opened_at: Date;
  state: IncidentState;
  asked: SlackUserId[];
  answered_by: SlackUserId | null;
  answered_at: Date | null;
  reason: string | null;
  ticket: string | null;
  explanation_id: string | null;
  alerted_at: Date | null;
}

/** The row as PostgreSQL writes it in JSON: times are texts. */
type IncidentJson = {
  [Column in keyof IncidentRow]: Date extends IncidentRow[Column]
    ? string | Exclude<IncidentRow[Column], Date>
    : IncidentRow[Column];
};

function datesOf(row: IncidentJson): IncidentRow {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...row,
    first_at: new Date(row.first_at),
    last_at: new Date(row.last_at),
    opened_at: new Date(row.opened_at),
    answered_at: date(row.answered_at),
    alerted_at: date(row.alerted_at),
  };
}

function toIncident(row: IncidentRow): Incident {
  return {
    id: row.id,
    accountId: row.account_id,
    via: row.via,
    source: row.source,
    firstAt: row.first_at,
    lastAt: row.last_at,
    eventCount: row.event_count,
    openedAt: row.opened_at,
    state: row.state,
    asked: row.asked,
    answeredBy: row.answered_by,
    answeredAt: row.answered_at,
    reason: row.reason,
    ticket: row.ticket,
    explanationId: row.explanation_id,
    alertedAt: row.alerted_at,
  };
}

function toIncidentRow(incident: Incident): Record<keyof IncidentRow, unknown> {
  return {
    id: incident.id,
    account_id: incident.accountId,
    via: incident.via,
    source: incident.source,
    first_at: incident.firstAt,
    last_at: incident.lastAt,
    event_count: incident.eventCount,
    opened_at: incident.openedAt,
    state: incident.state,
    asked: incident.asked,
    answered_by: incident.answeredBy,
    answered_at: incident.answeredAt,
    reason: incident.reason,
    ticket: incident.ticket,
    explanation_id: incident.explanationId,
    alerted_at: incident.alertedAt,
  };
}

interface EventRow {
  id: string;
  incident_id: string;
  account_id: AccountId;
  kind: RootEventKind;
  name: string;
  at: Date;
  via: RootEvent['via'];
  succeeded: boolean;
  error_code: string | null;
  source: string | null;
  user_agent: string | null;
  mfa_used: boolean | null;
  device: string | null;
  opened_by: string | null;
  task_policy: string | null;
  region: string | null;
}

function toEvent(row: EventRow): RootEvent {
  return {
    id: row.id,
    accountId: row.account_id,
    kind: row.kind,
    name: row.name,
    at: row.at,
    via: row.via,
    succeeded: row.succeeded,
    errorCode: row.error_code,
    source: row.source,
    userAgent: row.user_agent,
    mfaUsed: row.mfa_used,
    device: row.device,
    openedBy: row.opened_by,
    taskPolicy: row.task_policy,
    region: row.region,
  };
}

interface NoticeRow {
  incident_id: string;
  recipient_kind: 'channel' | 'person';
  recipient: string;
  announced_at: Date;
  storm_id: string | null;
}

function toNotice(row: NoticeRow): IncidentNotice {
  return {
    incidentId: row.incident_id,
    recipient: { kind: row.recipient_kind, id: row.recipient },
    announcedAt: row.announced_at,
    stormId: row.storm_id,
  };
}

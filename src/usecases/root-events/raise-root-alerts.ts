import { countedList, truncateList } from '../../domain/counted-list.ts';
import type { SlackUserId } from '../../domain/person.ts';
import type { Incident } from '../../domain/root-events/incident.ts';
import {
  type AlertedIncident,
  compareAlerted,
  type RootAlertNotification,
  rootAlertKey,
  toAlertedIncident,
  toShownAnswer,
} from '../../domain/root-events/root-notification.ts';
import { findOrgUnits } from '../../store/accounts.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import {
  enqueue,
  type Notification,
  notificationsAbout,
  type Recipient,
  updateNotification,
} from '../../store/outbox.ts';
import {
  findEventsOf,
  findOpenAccountNames,
  hasAlertOwedToAdmins,
  hasOverdueIncidents,
  lockOverdueIncidents,
  saveAlertOwedToAdmins,
  saveIncidents,
  takeAlertsOwedToAdmins,
} from '../../store/root-events.ts';
import { alertChannels } from '../shared/alert-channels.ts';
import type { Context } from '../shared/context.ts';

/** Incidents alerted of in one run, and of these named in one message. */
const MAX_OVERDUE = 500;
const INCIDENTS_SHOWN = 15;
const EVENTS_READ = 20;

/** Whom an alert reaches; `unknown`: Slack did not say who the admins are. */
type AlertedAdmins = readonly SlackUserId[] | 'unknown';

/**
 * Alerts the channel and admins about incidents without an answer in time, and admins that Slack could not name before.
 * Returns how many incidents without an answer there were.
 */
export async function alertUnansweredIncidents(ctx: Context): Promise<number> {
  const { askOwnerWithinMinutes } = ctx.config.rootEvents;
  const now = ctx.now();
  const before = new Date(now.getTime() - askOwnerWithinMinutes * 60_000);
  const [isOverdue, isOwed] = [await hasOverdueIncidents(ctx.db, before), await hasAlertOwedToAdmins(ctx.db)];
  if (!isOverdue && !isOwed) return 0;
  const admins = await findAlertedAdmins(ctx);
  if (isOwed && admins !== 'unknown') await alertAdminsLate(ctx, admins);
  const alerted = await ctx.db.transaction(async (tx) => {
    const overdue = await lockOverdueIncidents(tx, before, MAX_OVERDUE);
    if (overdue.length === 0) return 0;
    const incidents = overdue.map((incident) => ({ ...incident, alertedAt: now }));
    await saveIncidents(tx, incidents);
    for (const { id, accountId } of incidents) {
      await recordAuditEvent(tx, now, 'bot', {
        kind: 'root-use-unanswered',
        accountId,
        detail: { incidentId: id },
      });
    }
    await raiseRootAlert(tx, ctx, { incidents, because: 'unanswered', admins });
    return incidents.length;
  });
  if (alerted > 0) ctx.notificationsQueued();
  return alerted;
}

/** Returns the admins to alert. The alert must not wait for Slack to name them: the channel hears in any case. */
export async function findAlertedAdmins(ctx: Context): Promise<AlertedAdmins> {
  try {
    return await ctx.people.admins();
  } catch (error) {
    ctx.log.warn({ err: error }, 'Slack did not say who the admins are; they are alerted when it does');
    return 'unknown';
  }
}

/** Alerts the admins about what Slack could not name them for; not about what has been explained since. */
async function alertAdminsLate(ctx: Context, admins: readonly SlackUserId[]): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const owed = await takeAlertsOwedToAdmins(tx, MAX_OVERDUE);
    for (const because of ['denied', 'unanswered'] as const) {
      const incidents = owed
        .filter((one) => one.because === because && ['open', 'denied'].includes(one.incident.state))
        .map(({ incident }) => incident);
      await enqueueAlerts(tx, ctx, { incidents, because, readersOf: () => toPeople(admins) });
    }
  });
  ctx.notificationsQueued();
}

/**
 * Writes one alert about these incidents to the channel and to every admin, and to each channel of a part about its own.
 * Admins that Slack did not name are alerted by a later run.
 */
export async function raiseRootAlert(
  tx: Database,
  ctx: Pick<Context, 'channels' | 'now'>,
  {
    incidents,
    because,
    admins,
  }: {
    readonly incidents: readonly Incident[];
    readonly because: RootAlertNotification['because'];
    readonly admins: AlertedAdmins;
  },
): Promise<void> {
  const people = admins === 'unknown' ? [] : toPeople(admins);
  const ids = incidents.map(({ id }) => id);
  if (admins === 'unknown') await saveAlertOwedToAdmins(tx, ids, because);
  const readersOf = (orgUnit: string | null) => [...alertChannels(ctx.channels, orgUnit), ...people];
  await enqueueAlerts(tx, ctx, { incidents, because, readersOf });
}

function toPeople(ids: readonly SlackUserId[]): Recipient[] {
  return ids.map((id) => ({ kind: 'person', id }));
}

/** Writes one alert about their incidents to each reader. */
async function enqueueAlerts(
  tx: Database,
  ctx: Pick<Context, 'now'>,
  {
    incidents,
    because,
    readersOf,
  }: {
    readonly incidents: readonly Incident[];
    readonly because: RootAlertNotification['because'];
    readonly readersOf: (orgUnit: string | null) => readonly Recipient[];
  },
): Promise<void> {
  const events = await findEventsOf(
    tx,
    incidents.map(({ id }) => id),
    EVENTS_READ,
  );
  const accountIds = [...new Set(incidents.map(({ accountId }) => accountId))];
  const names = await findOpenAccountNames(tx, accountIds);
  const orgUnits = await findOrgUnits(tx, accountIds);
  const byReader = new Map<
    string,
    { readonly to: Recipient; readonly incidents: [AlertedIncident, ...AlertedIncident[]] }
  >();
  for (const incident of incidents) {
    const alerted = toAlertedIncident(incident, {
      accountName: names.get(incident.accountId) ?? incident.accountId,
      events: events.get(incident.id) ?? [],
    });
    for (const to of readersOf(orgUnits.get(incident.accountId) ?? null)) {
      const reader = byReader.get(to.id);
      if (reader) reader.incidents.push(alerted);
      else byReader.set(to.id, { to, incidents: [alerted] });
    }
  }
  for (const { to, incidents: theirs } of byReader.values()) {
    const payload: RootAlertNotification = {
      kind: 'root-alert',
      because,
      incidents: truncateList(countedList(theirs.toSorted(compareAlerted)), INCIDENTS_SHOWN),
    };
    const [{ incidentId }] = theirs;
    const key = rootAlertKey(incidentId, because, to.id);
    const about = [...new Set(theirs.map(({ account }) => account.id))];
    await enqueue(tx, { key, kind: payload.kind, to, about, payload }, ctx.now());
  }
}

/** Alerts about the incident show what was answered since. */
export async function updateRootAlerts(tx: Database, incident: Incident): Promise<void> {
  const alerts = (await notificationsAbout(tx, incident.accountId)).filter(isRootAlert);
  for (const { key, payload } of alerts) {
    const { incidents } = payload;
    if (!incidents.items.some(({ incidentId }) => incidentId === incident.id)) continue;
    const items = incidents.items.map((one) =>
      one.incidentId === incident.id ? { ...one, answer: toShownAnswer(incident) } : one,
    );
    await updateNotification(tx, key, { ...payload, incidents: { ...incidents, items } });
  }
}

function isRootAlert(notification: Notification): notification is Notification<RootAlertNotification> {
  return notification.kind === 'root-alert';
}

import { countedList, truncateList } from '../../domain/counted-list.ts';
import type { SlackUserId } from '../../domain/person.ts';
import type { Incident } from '../../domain/root-events/incident.ts';
import {
  type AlertedIncident,
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
  hasOverdueIncidents,
  lockOverdueIncidents,
  saveIncidents,
} from '../../store/root-events.ts';
import { alertChannels } from '../shared/alert-channels.ts';
import type { Context } from '../shared/context.ts';

/** Incidents alerted of in one run, and of these named in one message. */
const MAX_OVERDUE = 500;
const INCIDENTS_SHOWN = 15;
const EVENTS_READ = 20;

/** Alerts the channel and admins about incidents without an answer in time. Returns how many there were. */
export async function alertUnansweredIncidents(ctx: Context): Promise<number> {
  const { askOwnerWithinMinutes } = ctx.config.rootEvents;
  const now = ctx.now();
  const before = new Date(now.getTime() - askOwnerWithinMinutes * 60_000);
  if (!(await hasOverdueIncidents(ctx.db, before))) return 0;
  const admins = await ctx.people.admins();
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

/** Writes one alert about these incidents to the channel and to every admin, and to each channel of a part about its own. */
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
    readonly admins: readonly SlackUserId[];
  },
): Promise<void> {
  const events = await findEventsOf(
    tx,
    incidents.map(({ id }) => id),
    EVENTS_READ,
  );
  const accountIds = [...new Set(incidents.map(({ accountId }) => accountId))];
  const names = await findOpenAccountNames(tx, accountIds);
  const alerted = incidents.map((incident) =>
    toAlertedIncident(incident, {
      accountName: names.get(incident.accountId) ?? incident.accountId,
      events: events.get(incident.id) ?? [],
    }),
  );
  const orgUnits = await findOrgUnits(tx, accountIds);
  const byReader = new Map<
    string,
    { readonly to: Recipient; readonly incidents: [AlertedIncident, ...AlertedIncident[]] }
  >();
  for (const incident of alerted) {
    const channels = alertChannels(ctx.channels, orgUnits.get(incident.account.id) ?? null);
    for (const to of [...channels, ...admins.map((id) => ({ kind: 'person', id }) as const)]) {
      const reader = byReader.get(to.id);
      if (reader) reader.incidents.push(incident);
      else byReader.set(to.id, { to, incidents: [incident] });
    }
  }
  for (const { to, incidents: theirs } of byReader.values()) {
    const payload: RootAlertNotification = {
      kind: 'root-alert',
      because,
      incidents: truncateList(countedList(theirs), INCIDENTS_SHOWN),
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

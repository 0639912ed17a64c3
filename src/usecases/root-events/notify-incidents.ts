import type { AccountId } from '../../domain/account.ts';
import type { SlackUserId } from '../../domain/person.ts';
import type { Incident } from '../../domain/root-events/incident.ts';
import {
  type RootIncidentNotification,
  type RootNotification,
  rootIncidentKey,
  rootIncidentNotification,
  rootStormKey,
} from '../../domain/root-events/root-notification.ts';
import { placementOf, STORM_WINDOW_MS, summarizeStorm } from '../../domain/root-events/storm.ts';
import { findOrgUnits } from '../../store/accounts.ts';
import type { Database } from '../../store/database.ts';
import { enqueue, type Recipient, updateNotification } from '../../store/outbox.ts';
import {
  countKinds,
  findEventsOf,
  findIncidentsToNotify,
  findNotices,
  findOpenAccountNames,
  findRecentNotices,
  findStormIncidents,
  type IncidentNotice,
  lockIncidentsToNotify,
  lockNotices,
  markNotified,
  saveNotices,
} from '../../store/root-events.ts';
import { type OwnerResolution, resolveOwners } from '../owners/resolve-owners.ts';
import { alertChannels, type ChannelRecipient } from '../shared/alert-channels.ts';
import type { Context } from '../shared/context.ts';
import { readViewsInTransaction } from '../shared/read-views-in-transaction.ts';
import { readExplanationsById } from './read-explanations.ts';

/** Incidents worked on in one transaction. */
const BATCH_SIZE = 250;
/** Newest events shown in a message. */
const EVENTS_SHOWN = 8;
/** How long an owner that Slack does not name yet is waited for; then the admins are asked. */
const OWNER_PATIENCE_MS = 2 * 60_000;

/** Who to ask about an incident; `unknown`: Slack did not say who the owner is. */
type Asked = readonly SlackUserId[] | 'unknown';

interface Choice {
  readonly askedOf: ReadonlyMap<string, Asked>;
  readonly owners: ReadonlyMap<AccountId, OwnerResolution>;
}

/**
 * Sends the readers of new and changed incidents what they are to know: a question to the owner, or to the admins where
 * there is none, and a line to the channel. Returns how many incidents were notified.
 */
export async function notifyIncidents(ctx: Context): Promise<number> {
  for (let notified = 0; ; ) {
    const due = await findIncidentsToNotify(ctx.db, BATCH_SIZE);
    if (due.length === 0) return notified;

    const choice = await chooseAsked(ctx, due);
    const settled = await ctx.db.transaction((tx) => sendNotices(tx, ctx, { due, ...choice }));
    ctx.notificationsQueued();
    notified += settled;
    // What is left waits for Slack to say who someone is, or is in the hands of another instance.
    if (settled < due.length || due.length < BATCH_SIZE) return notified;
  }
}

/** Who to ask about each of these, and who owns their accounts. */
async function chooseAsked(ctx: Context, due: readonly Incident[]): Promise<Choice> {
  const open = due.filter(({ state }) => state === 'open');
  const wanted = new Set(open.filter(({ via }) => via === 'root-user').map(({ accountId }) => accountId));
  const views = await readViewsInTransaction({ tx: ctx.db, ctx, at: ctx.now() }, [...wanted]);
  const owners = await resolveOwners(ctx, [...views.values()]);
  const isLate = ({ openedAt }: Incident) => ctx.now().getTime() - openedAt.getTime() >= OWNER_PATIENCE_MS;

  const unasked = open.filter(({ asked }) => asked.length === 0);
  const chosen = unasked.map((incident): [string, Asked | 'admins'] => {
    const owner = incident.via === 'root-user' ? owners.get(incident.accountId) : undefined;
    if (owner?.kind === 'person') return [incident.id, [owner.person.id]];
    return [incident.id, owner?.kind === 'unknown' && !isLate(incident) ? 'unknown' : 'admins'];
  });
  const admins = chosen.some(([, asked]) => asked === 'admins') ? await findAdmins(ctx) : [];
  const askedOf = new Map(chosen.map(([id, asked]) => [id, asked === 'admins' ? admins : asked]));
  return { askedOf, owners };
}

async function findAdmins(ctx: Context): Promise<Asked> {
  try {
    return await ctx.people.admins();
  } catch (error) {
    ctx.log.warn({ err: error }, 'Slack did not say who the admins are');
    return 'unknown';
  }
}

/** How many of the incidents need nothing more. */
async function sendNotices(
  tx: Database,
  ctx: Context,
  { due, askedOf, owners }: Choice & { readonly due: readonly Incident[] },
): Promise<number> {
  await lockNotices(tx);
  const locked = await lockIncidentsToNotify(
    tx,
    due.map(({ id }) => id),
  );
  const incidents = locked.map((incident) => {
    const asked = askedOf.get(incident.id);
    return asked && asked !== 'unknown' && incident.asked.length === 0 ? { ...incident, asked } : incident;
  });
  const notices = await placeNotices(tx, ctx, incidents);
  await writeOwnMessages(tx, ctx, { incidents, notices, owners });
  await writeStorms(tx, ctx, notices);

  const settled = incidents.filter(({ id }) => askedOf.get(id) !== 'unknown');
  await markNotified(tx, settled);
  return settled.length;
}

/** Every reader of these incidents, with the message in which they read of each. */
async function placeNotices(
  tx: Database,
  ctx: Context,
  incidents: readonly Incident[],
): Promise<readonly IncidentNotice[]> {
  const now = ctx.now();
  const orgUnits = await findOrgUnits(
    tx,
    incidents.map(({ accountId }) => accountId),
  );
  const readers = incidents.flatMap((incident) => {
    const channels = alertChannels(ctx.channels, orgUnits.get(incident.accountId) ?? null);
    return readersOf(incident, channels).map((recipient) => ({ incident, recipient }));
  });
  const earlier = await findNotices(
    tx,
    incidents.map(({ id }) => id),
  );
  const has = new Set(earlier.map(({ incidentId, recipient }) => rootIncidentKey(incidentId, recipient.id)));
  const recent = await findRecentNotices(
    tx,
    [...new Set(readers.map(({ recipient }) => recipient.id))],
    new Date(now.getTime() - STORM_WINDOW_MS),
  );
  const announced = new Map<string, readonly IncidentNotice[]>();
  for (const notice of recent) {
    announced.set(notice.recipient.id, [...(announced.get(notice.recipient.id) ?? []), notice]);
  }

  const created: IncidentNotice[] = [];
  for (const { incident, recipient } of readers) {
    if (has.has(rootIncidentKey(incident.id, recipient.id))) continue;
    const before = announced.get(recipient.id) ?? [];
    const placement = placementOf(
      before.map(({ announcedAt, stormId }) => ({ at: announcedAt, stormId })),
      now,
    );
    const stormId = placement.kind === 'own' ? null : placement.kind === 'storm' ? placement.id : incident.id;
    const notice = { incidentId: incident.id, recipient, announcedAt: now, stormId };
    announced.set(recipient.id, [...before, notice]);
    created.push(notice);
  }
  await saveNotices(tx, created);
  return [...earlier, ...created];
}

function readersOf(
  { state, asked }: Incident,
  channels: readonly ChannelRecipient[],
): IncidentNotice['recipient'][] {
  return [...channels, ...(state === 'expected' ? [] : asked.map((id) => ({ kind: 'person', id }) as const))];
}

/** A message for each incident that has one of its own: written, or edited where it is there already. */
async function writeOwnMessages(
  tx: Database,
  ctx: Context,
  {
    incidents,
    notices,
    owners,
  }: Pick<Choice, 'owners'> & {
    readonly incidents: readonly Incident[];
    readonly notices: readonly IncidentNotice[];
  },
): Promise<void> {
  const own = notices.filter(({ stormId }) => stormId === null);
  const byId = new Map(incidents.map((incident) => [incident.id, incident]));
  const told = [...new Set(own.map(({ incidentId }) => incidentId))].flatMap((id) => byId.get(id) ?? []);
  const [events, names, explanations] = [
    await findEventsOf(
      tx,
      told.map(({ id }) => id),
      EVENTS_SHOWN,
    ),
    await namesOf(tx, told),
    await readExplanationsById(
      tx,
      told.flatMap(({ explanationId }) => explanationId ?? []),
    ),
  ];
  for (const { incidentId, recipient } of own) {
    const incident = byId.get(incidentId);
    if (!incident) continue;
    const { explanationId } = incident;
    const payload = rootIncidentNotification(incident, {
      audience: recipient.kind === 'channel' ? 'channel' : 'asked',
      accountName: names(incident.accountId),
      events: events.get(incidentId) ?? [],
      explanation: explanationId === null ? undefined : explanations.get(explanationId),
      askedAs: askedAs(recipient, owners.get(incident.accountId)),
      answerWithinMinutes: ctx.config.rootEvents.askOwnerWithinMinutes,
    });
    const key = rootIncidentKey(incidentId, recipient.id);
    await write(tx, { key, to: recipient, about: [incident.accountId], payload }, ctx.now());
  }
}

/** Why a reader is asked about an account with this owner; undefined where it is not certain. */
function askedAs(
  { kind, id }: IncidentNotice['recipient'],
  owner: OwnerResolution | undefined,
): RootIncidentNotification['askedAs'] {
  if (kind === 'channel' || owner === undefined || owner.kind === 'unknown') return undefined;
  if (owner.kind === 'none') return 'admin';
  if (owner.person.id !== id) return undefined;
  return owner.gap === null ? 'owner' : 'fallback-owner';
}

/** One message for each storm and reader that something happened in. */
async function writeStorms(tx: Database, ctx: Context, notices: readonly IncidentNotice[]): Promise<void> {
  const storms = new Map(
    notices.flatMap(({ stormId, recipient }) =>
      stormId === null ? [] : [[rootStormKey(stormId, recipient.id), { stormId, recipient }] as const],
    ),
  );
  for (const [key, { stormId, recipient }] of storms) {
    const incidents = await findStormIncidents(tx, stormId, recipient.id);
    const kinds = await countKinds(
      tx,
      incidents.map(({ id }) => id),
    );
    const summary = summarizeStorm(
      incidents.map((incident) => ({ incident, kinds: kinds.get(incident.id) ?? {} })),
    );
    if (!summary) continue;
    const names = await namesOf(tx, summary.worst);
    const payload = {
      kind: 'root-storm',
      audience: recipient.kind === 'channel' ? 'channel' : 'asked',
      stormId,
      summary,
      names: Object.fromEntries(summary.worst.map(({ accountId }) => [accountId, names(accountId)])),
      answerWithinMinutes: ctx.config.rootEvents.askOwnerWithinMinutes,
    } as const;
    await write(tx, { key, to: recipient, about: [], payload }, ctx.now());
  }
}

interface Message {
  readonly key: string;
  readonly to: Recipient;
  readonly about: readonly AccountId[];
  readonly payload: RootNotification;
}

async function write(tx: Database, { key, to, about, payload }: Message, at: Date): Promise<void> {
  const isNew = await enqueue(tx, { key, kind: payload.kind, to, about, payload }, at);
  if (!isNew) await updateNotification(tx, key, payload);
}

/** What accounts are called; their id where they have left the company. */
async function namesOf(
  tx: Database,
  of: readonly { readonly accountId: AccountId }[],
): Promise<(id: AccountId) => string> {
  const names = await findOpenAccountNames(
    tx,
    of.map(({ accountId }) => accountId),
  );
  return (id) => names.get(id) ?? id;
}

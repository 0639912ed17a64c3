import { randomUUID } from 'node:crypto';
import type { AccountId } from '../../domain/account.ts';
import { groupEvents, type Incident, SESSION_GAP_MS } from '../../domain/root-events/incident.ts';
import {
  type ParsedMessage,
  parseMessage,
  type RejectedMessage,
  type RejectReason,
} from '../../domain/root-events/parse-message.ts';
import { isWorthChecking, type RootEvent } from '../../domain/root-events/root-event.ts';
import type { Heard } from '../../domain/root-events/wire.ts';
import type { Database } from '../../store/database.ts';
import {
  countRejects,
  deleteReject,
  findIncidentsBetween,
  findKnownForeignBodies,
  findOpenAccountNames,
  findStoredEventIds,
  lockAccountsForGrouping,
  saveEvents,
  saveHeard,
  saveIncidents,
  saveRejects,
} from '../../store/root-events.ts';
import { confirmKeysBySignIn } from '../keys/record-keys.ts';
import type { Context } from '../shared/context.ts';
import { enqueueWebhookEvent } from '../webhooks/enqueue-webhook-event.ts';
import { readExplanations } from './read-explanations.ts';

/** What became of a batch of messages. */
export interface ReceivedMessages {
  /** The events that are new. */
  readonly events: readonly RootEvent[];
  readonly doubled: number;
  /** Signs of life, and root sessions that can only read. */
  readonly quiet: number;
  readonly rejected: readonly RejectReason[];
  /** Accounts whose root user can look different now. */
  readonly toCheck: readonly AccountId[];
}

/** Characters; records of CloudTrail for these events have two or three thousand. */
const MAX_KEPT_BODY = 16_384;
/** Anyone who controls one account of the organization can send messages: no flood of them fills the database. */
const MAX_REJECTS_KEPT_A_DAY = 2_000;
const DAY_MS = 24 * 60 * 60_000;

type ReceiveContext = Pick<Context, 'db' | 'now' | 'config'>;

/** The transaction that stores messages. */
interface ReceiveWork {
  readonly tx: Database;
  readonly ctx: ReceiveContext;
  readonly at: Date;
}

type EventMessage = Extract<ParsedMessage, { kind: 'event' }>;

/** A text of a queue, and what is in it. */
interface Message {
  readonly body: string;
  readonly parsed: ParsedMessage;
}

/**
 * Stores what messages of the queue say, in one transaction: new events with the incidents they belong to, why others
 * were turned away, and which accounts were heard. Once it returns, the messages can be deleted.
 */
export async function receiveRootEvents(
  ctx: ReceiveContext,
  bodies: readonly string[],
): Promise<ReceivedMessages> {
  const now = ctx.now();
  const messages = bodies.map((body) => ({ body, parsed: parseMessage(body, now) }));
  return ctx.db.transaction((tx) => storeMessages({ tx, ctx, at: now }, messages));
}

/** Reads again what came from accounts that the bot did not know yet: a new account can be used before it is listed. */
export async function receiveFromNewAccounts(ctx: ReceiveContext): Promise<ReceivedMessages> {
  const now = ctx.now();
  return ctx.db.transaction(async (tx) => {
    const waiting = await findKnownForeignBodies(tx);
    for (const { id } of waiting) await deleteReject(tx, id);
    const messages = waiting.map(({ body }) => ({ body, parsed: parseMessage(body, now) }));
    return storeMessages({ tx, ctx, at: now }, messages);
  });
}

async function storeMessages(work: ReceiveWork, messages: readonly Message[]): Promise<ReceivedMessages> {
  const { tx, at: now } = work;
  const known = await findOpenAccountNames(
    tx,
    messages.flatMap(({ parsed }) => accountsOf(parsed)),
  );
  const judged = messages.map(({ body, parsed }) => ({ body, parsed: withoutStrangers(parsed, known) }));

  const candidates = judged.flatMap(({ parsed }) => (parsed.kind === 'event' ? [parsed] : []));
  const events = await storeEvents(work, candidates, known);
  const rejects = judged.flatMap(({ parsed, body }) =>
    parsed.kind === 'rejected' ? [{ ...parsed, body: keptBody(parsed, body) }] : [],
  );
  await keepRejects(tx, rejects, now);
  await saveHeard(tx, heardIn(judged.map(({ parsed }) => parsed)));
  return {
    events,
    doubled: candidates.length - events.length,
    quiet: judged.length - candidates.length - rejects.length,
    rejected: rejects.map(({ reason }) => reason),
    toCheck: [...new Set(events.filter(isWorthChecking).map(({ accountId }) => accountId))],
  };
}

type Reject = RejectedMessage & { readonly body: string | null };

/** Saves why messages were rejected, up to a number a day for each reason: a flood of one leaves room for the others. */
async function keepRejects(tx: Database, rejects: readonly Reject[], now: Date): Promise<void> {
  if (rejects.length === 0) return;
  const kept: Record<string, number> = { ...(await countRejects(tx, new Date(now.getTime() - DAY_MS))) };
  const saved = rejects.filter(({ reason }) => {
    const count = (kept[reason] ?? 0) + 1;
    kept[reason] = count;
    return count <= MAX_REJECTS_KEPT_A_DAY;
  });
  await saveRejects(tx, saved, now);
}

/** The new ones among the events, stored with their incidents. */
async function storeEvents(
  work: ReceiveWork,
  candidates: readonly EventMessage[],
  known: ReadonlyMap<AccountId, string>,
): Promise<readonly RootEvent[]> {
  const { tx, at: now } = work;
  if (candidates.length === 0) return [];
  const byId = new Map(candidates.map(({ event }) => [event.id, event]));
  const accountIds = [...new Set([...byId.values()].map(({ accountId }) => accountId))];
  await lockAccountsForGrouping(tx, accountIds);
  const stored = await findStoredEventIds(tx, [...byId.keys()]);
  const events = [...byId.values()].filter(({ id }) => !stored.has(id));
  if (events.length === 0) return [];

  const times = events.map(({ at }) => at.getTime());
  const earliest = new Date(Math.min(...times) - SESSION_GAP_MS);
  const latest = new Date(Math.max(...times) + SESSION_GAP_MS);
  const grouping = groupEvents(events, {
    incidents: await findIncidentsBetween(tx, accountIds, earliest, latest),
    explanationFor: await readExplanations(tx, accountIds, earliest),
    newId: randomUUID,
    now,
  });
  await saveIncidents(tx, [...grouping.created, ...grouping.changed]);
  await saveEvents(tx, events, { incidentOf: grouping.incidentOf, receivedAt: now });
  await confirmKeysBySignIn(work, events);
  for (const incident of grouping.created) {
    const own = events.filter(({ id }) => grouping.incidentOf.get(id) === incident.id);
    await enqueueRootUsed(work, incident, { events: own, name: known.get(incident.accountId) });
  }
  return events;
}

async function enqueueRootUsed(
  work: ReceiveWork,
  { id, accountId, via, source, firstAt, state }: Incident,
  { events, name }: { readonly events: readonly RootEvent[]; readonly name: string | undefined },
): Promise<void> {
  await enqueueWebhookEvent(work, `root-incident/${id}`, {
    type: 'root.used',
    timestamp: work.at.toISOString(),
    data: {
      incidentId: id,
      accountId,
      name: name ?? accountId,
      via,
      source,
      firstAt: firstAt.toISOString(),
      announced: state === 'expected',
      events: [...new Set(events.map(({ kind }) => kind))],
    },
  });
}

/** Of an account that is not known yet the message is kept, to be read again; none is kept that no event fills. */
function keptBody({ reason }: RejectedMessage, body: string): string | null {
  return reason === 'foreign' && body.length <= MAX_KEPT_BODY ? body : null;
}

function accountsOf(parsed: ParsedMessage): AccountId[] {
  switch (parsed.kind) {
    case 'event':
      return [parsed.event.accountId, parsed.reportedBy];
    case 'heartbeat':
    case 'audit-session':
      return [parsed.accountId];
    case 'rejected':
      return [];
  }
}

/** The message, or why it is none where an account in it is not one of the company's. */
function withoutStrangers(parsed: ParsedMessage, known: ReadonlyMap<AccountId, string>): ParsedMessage {
  const stranger = accountsOf(parsed).find((id) => !known.has(id));
  if (stranger === undefined) return parsed;
  return {
    kind: 'rejected',
    reason: 'foreign',
    detail: `${stranger} is not an account of the organization`,
    accountId: stranger,
    eventId: parsed.kind === 'event' ? parsed.event.id : null,
  } satisfies RejectedMessage;
}

/** By account, the newest sign of it. A root session is heard of the account that opened it. */
function heardIn(messages: readonly ParsedMessage[]): ReadonlyMap<AccountId, Heard> {
  const heard = new Map<AccountId, Heard>();
  for (const parsed of messages) {
    if (parsed.kind === 'rejected') continue;
    const isEvent = parsed.kind === 'event';
    const id = isEvent ? parsed.reportedBy : parsed.accountId;
    const at = isEvent ? parsed.event.at : parsed.at;
    const before = heard.get(id);
    heard.set(id, {
      lastHeardAt: before && before.lastHeardAt > at ? before.lastHeardAt : at,
      lastEventAt: isEvent ? newest(before?.lastEventAt ?? null, at) : (before?.lastEventAt ?? null),
    });
  }
  return heard;
}

function newest(a: Date | null, b: Date): Date {
  return a && a > b ? a : b;
}

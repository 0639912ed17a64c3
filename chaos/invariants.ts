import { deliveryMarkOf } from '../src/slack/outbox/sender.ts';
import type { Database } from '../src/store/database.ts';
import type { AcknowledgedRequest } from './people.ts';
import type { World } from './world.ts';

/** A start that fails with one clear sentence is a clean end: the host starts the bot again. */
const COULD_NOT_START = /^1: Cannot [^\n]+$/;

/** Returns every promise that was broken, as sentences. The world must be at rest. */
export async function findViolations(
  world: World,
  db: Database,
  {
    acknowledged,
    rootEvents,
  }: { readonly acknowledged: readonly AcknowledgedRequest[]; readonly rootEvents: readonly string[] },
): Promise<readonly string[]> {
  return [
    ...(await deliveryViolations(world, db)),
    ...(await webhookViolations(world, db)),
    ...(await lostRequests(db, acknowledged)),
    ...(await accountViolations(world, db)),
    ...(await auditViolations(db)),
    ...(await rootEventViolations(db, rootEvents)),
    ...world.bots.flatMap(({ name, unexpectedEnds }) =>
      unexpectedEnds
        .splice(0)
        .filter((end) => !COULD_NOT_START.test(end))
        .map((end) => `${name} ended by itself: ${end}`),
    ),
  ];
}

/** Returns how many incidents are not announced yet: a bot can have ended between storing an event and announcing it. */
export async function countIncidentsToNotify(db: Database): Promise<number> {
  const rows = await db.query<{ waiting: number }>(
    'select count(*)::int as waiting from root_incidents where notify_due',
  );
  return rows[0]?.waiting ?? 0;
}

/** Each notification exactly once. */
async function deliveryViolations({ slack, company }: World, db: Database): Promise<string[]> {
  const rows = await db.query<{ key: string; state: string; last_error: string | null }>(
    "select key, state, last_error from outbox where recipient_kind <> 'webhook'",
  );
  const places = [...company.channels.map(({ id }) => id), ...company.people.map(({ id }) => id)];
  const sent = new Map<string, number>();
  for (const place of places) {
    for (const { metadata } of slack.messagesIn(place)) {
      const mark = (metadata as { event_payload?: { key?: string } } | null)?.event_payload?.key;
      if (mark !== undefined) sent.set(mark, (sent.get(mark) ?? 0) + 1);
    }
  }
  const violations: string[] = [];
  for (const { key, state, last_error } of rows) {
    const count = sent.get(deliveryMarkOf(key)) ?? 0;
    if (state !== 'sent') violations.push(`${key} is ${state}: ${last_error}`);
    if (count !== 1) violations.push(`${key} was sent ${count} times`);
  }
  const known = new Set(rows.map(({ key }) => deliveryMarkOf(key)));
  const unknown = [...sent.keys()].filter((mark) => !known.has(mark)).length;
  if (unknown > 0) violations.push(`${unknown} messages are not in the outbox`);
  return violations;
}

/** Each event reached the webhook; twice is allowed. */
async function webhookViolations({ webhookReceiver }: World, db: Database): Promise<string[]> {
  const rows = await db.query<{ key: string; state: string; event: string; last_error: string | null }>(
    "select key, state, last_error, payload->>'id' as event from outbox where recipient_kind = 'webhook'",
  );
  return rows.flatMap(({ key, state, event, last_error }) => [
    ...(state === 'sent' ? [] : [`${key} is ${state}: ${last_error}`]),
    ...(webhookReceiver.taken.has(event) ? [] : [`${key} never reached the webhook`]),
  ]);
}

/** Nothing acknowledged is lost. */
async function lostRequests(db: Database, acknowledged: readonly AcknowledgedRequest[]): Promise<string[]> {
  const rows = await db.query<{ id: string; requests: number }>(
    'select account_id as id, count(*) as requests from token_request_accounts group by account_id',
  );
  const saved = new Map(rows.map(({ id, requests }) => [id, requests]));
  const wanted = new Map<string, number>();
  for (const { accountId } of acknowledged) wanted.set(accountId, (wanted.get(accountId) ?? 0) + 1);
  return [...wanted]
    .filter(([id, count]) => (saved.get(id) ?? 0) < count)
    .map(([id, count]) => `${count} requests for ${id} were acknowledged, ${saved.get(id) ?? 0} are saved`);
}

/** No account is missing, closed or judged against the truth. */
async function accountViolations({ company }: World, db: Database): Promise<string[]> {
  const rows = await db.query<{ id: string; closed: boolean; mfa: string | null }>(
    `select id, closed_at is not null as closed, mfa from accounts left join verdicts on account_id = id`,
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  return company.accounts.flatMap(({ id, expected }) => {
    const account = found.get(id);
    // A scan without faults has listed them all before the first round.
    if (!account) return [`${id} is missing`];
    if (account.closed) return [`${id} was closed`];
    // An account that no scan could read yet has no verdict: that claims nothing.
    // In the demo company some accounts cannot be read; here they can, and the company does not say what they have.
    const isFalse =
      account.mfa !== null &&
      account.mfa !== 'unknown' &&
      expected.mfa !== 'unknown' &&
      account.mfa !== expected.mfa;
    return isFalse ? [`${id} is judged ${account.mfa}, and has ${expected.mfa}`] : [];
  });
}

/** The audit log is complete. */
async function auditViolations(db: Database): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select id from token_requests
      where not exists (
        select from audit_log where kind = 'token-requested' and detail->>'requestId' = token_requests.id)`,
  );
  return rows.map(({ id }) => `The request ${id} is not in the audit log`);
}

/** No root event is lost, each belongs to one incident, and every incident was announced in the channel. */
async function rootEventViolations(db: Database, sent: readonly string[]): Promise<string[]> {
  const stored = await db.query<{ id: string }>(
    `select id from root_events
     union all
     select event_id from root_event_rejects where reason = 'foreign'`,
  );
  const known = new Set(stored.map(({ id }) => id));
  const miscounted = await db.query<{ id: string }>(
    `select id from root_incidents
      where event_count <> (select count(*) from root_events where incident_id = root_incidents.id)`,
  );
  const untold = await db.query<{ id: string }>(
    `select id from root_incidents
      where notify_due
         or not exists (
           select from root_incident_notices where incident_id = root_incidents.id and recipient_kind = 'channel')`,
  );
  return [
    ...sent.filter((id) => !known.has(id)).map((id) => `The root event ${id} is lost`),
    ...miscounted.map(({ id }) => `The incident ${id} counts its events wrong`),
    ...untold.map(({ id }) => `The channel was not told of the incident ${id}`),
  ];
}

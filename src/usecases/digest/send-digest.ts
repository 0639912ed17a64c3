import type { AccountId } from '../../domain/account.ts';
import { businessDaysAfter, timeZoneOrDefault } from '../../domain/calendar.ts';
import type { Coverage } from '../../domain/coverage.ts';
import { coverageOf } from '../../domain/coverage.ts';
import { type Digest, digestOf, shouldPost, withShortLists } from '../../domain/digest.ts';
import {
  digestKey,
  type NotificationContent,
  quietNoteKey,
  sharedChannelAlertKey,
} from '../../domain/notification.ts';
import { TREND_WEEKS } from '../../domain/trend.ts';
import { latestActors } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { enqueue, latestNotification, listDeadLetters, type Recipient } from '../../store/outbox.ts';
import { lastScan, scansSince } from '../../store/scans.ts';
import { resolveOwners } from '../owners/resolve-owners.ts';
import { readDigestRootUse } from '../root-events/read-root-events.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { readAccountChanges } from '../status/read-changes.ts';

/** What became of a digest. */
export type DigestOutcome =
  | { readonly kind: 'posted'; readonly digest: Digest }
  /** Everything is met, and the company wants no digest then; once a month a line says so. */
  | { readonly kind: 'quiet'; readonly notePosted: boolean }
  /** The channel would be read by others, so every admin got it instead. */
  | { readonly kind: 'to-admins'; readonly reason: string; readonly admins: number }
  | { readonly kind: 'no-channel' };

const WEEK_MS = 7 * 24 * 60 * 60_000;
const MAX_UNDELIVERED = 50;
/** As many of each list as a letter keeps: whoever wants all asks the command. */
const MAX_ITEMS = 30;

/** Writes the weekly digest: one for each week, however often it is called. It triggers no scan, and says how old its reading is. */
export async function sendDigest(ctx: Context, { dueAt }: { readonly dueAt: Date }): Promise<DigestOutcome> {
  const { config, channels } = ctx;
  const channel = channels.digest;
  if (channel === null) return { kind: 'no-channel' };

  const digest = await readDigest(ctx, dueAt);
  const lastNote = await latestNotification(ctx.db, 'quiet-note');
  const now = ctx.now();
  const action = shouldPost(digest, config.digest, lastNote?.createdAt ?? null, now);
  if (action === 'nothing') return { kind: 'quiet', notePosted: false };

  const content: NotificationContent =
    action === 'digest'
      ? { kind: 'digest', digest: withShortLists(digest, MAX_ITEMS) }
      : {
          kind: 'quiet-note',
          week: digest.week,
          sentence: digest.headline.sentence,
          readAt: digest.reading.at,
        };
  const key = action === 'digest' ? digestKey(digest) : quietNoteKey(now, config.schedule.timezone);

  const reason = await channels.channelBlockReason(channel);
  if (reason !== undefined) {
    const admins = await ctx.people.admins();
    await ctx.db.transaction(async (tx) => {
      for (const admin of admins) {
        const to = { kind: 'person', id: admin } as const;
        const alert = { kind: 'finding', finding: 'digest-channel-shared', channel } as const;
        const adminAlertKey = `${sharedChannelAlertKey(channel, now, config.schedule.timezone)}/${admin}`;
        await enqueueContent(tx, adminAlertKey, to, alert, now);
        await enqueueContent(tx, `${key}/${admin}`, to, content, now);
      }
    });
    ctx.notificationsQueued();
    return { kind: 'to-admins', reason, admins: admins.length };
  }

  await ctx.db.transaction((tx) => enqueueContent(tx, key, { kind: 'channel', id: channel }, content, now));
  ctx.notificationsQueued();
  return action === 'digest' ? { kind: 'posted', digest } : { kind: 'quiet', notePosted: true };
}

/** The digest as it would be written now; nothing is sent. */
export async function readDigest(ctx: Context, dueAt: Date): Promise<Digest> {
  const { db, config } = ctx;
  const now = ctx.now();
  const zone = config.schedule.timezone;
  const since = new Date(dueAt.getTime() - WEEK_MS);
  const views = await readAccounts(ctx);
  const [accounts, owners, scans, latestScan, undelivered, ownerActions, decisions] = await Promise.all([
    readAccountChanges(ctx, since),
    resolveOwners(ctx, views),
    scansSince<Coverage>(db, new Date(now.getTime() - TREND_WEEKS * WEEK_MS)),
    lastScan<Coverage>(db),
    listDeadLetters(db, MAX_UNDELIVERED),
    latestActors(db),
    ctx.decisions.current(),
  ]);
  const viewById = new Map(views.map((view) => [view.account.id, view]));
  const lastWeek = scans.findLast(({ startedAt }) => startedAt <= since)?.coverage ?? null;

  const digest = digestOf({
    now,
    dueAt,
    zone,
    accounts: accounts.map((account) => {
      const view = viewById.get(account.id);
      const resolution = owners.get(account.id);
      return {
        ...account,
        orgUnit: view?.account.orgUnit ?? null,
        readFailure: view?.account.readFailure ?? null,
        policyCure: view?.policyCure ?? null,
        ownerGap: resolution && resolution.kind !== 'unknown' ? resolution.gap : null,
      };
    }),
    coverage: { now: coverageOf(views), lastWeek },
    scans: scans.map(({ startedAt, coverage }) => ({ at: startedAt, coverage })),
    readAt: latestScan?.startedAt ?? null,
    exemptions: decisions.exemptions.values(),
    requests: new Set(decisions.tokenRequests.values()),
    ownerActions,
    undelivered: undelivered.map(({ key, kind, to, lastError }) => ({
      key,
      kind,
      to: to.id,
      error: lastError,
    })),
    graceEnds: graceEnds(ctx, decisions.reminders.values(), (id) => {
      const resolution = owners.get(id);
      return resolution?.kind === 'person' ? resolution.person.timeZone : undefined;
    }),
  });
  // Whoever is thanked is thanked by name.
  const fixedItems = digest.fixed.items.map((line) => {
    const resolution = owners.get(line.id);
    return resolution?.kind === 'person' && resolution.gap === null
      ? { ...line, owner: resolution.person.id }
      : line;
  });
  const rootUse = await readDigestRootUse(ctx, views, since);
  return { ...digest, fixed: { ...digest.fixed, items: fixedItems }, ...(rootUse && { rootUse }) };
}

function graceEnds(
  { config }: Context,
  reminders: Iterable<{
    readonly accountId: AccountId;
    readonly graceStartsAt: Date;
    readonly timesSent: number;
    readonly regressed: boolean;
  }>,
  zoneOf: (id: AccountId) => string | undefined,
): ReadonlyMap<AccountId, Date> {
  const ends = new Map<AccountId, Date>();
  for (const { accountId, graceStartsAt, timesSent, regressed } of reminders) {
    if (timesSent > 0 || regressed) continue;
    const zone = timeZoneOrDefault(zoneOf(accountId) ?? null, config.schedule.timezone);
    ends.set(accountId, businessDaysAfter(graceStartsAt, config.reminders.graceDays, zone));
  }
  return ends;
}

function enqueueContent(
  tx: Database,
  key: string,
  to: Recipient,
  content: NotificationContent,
  at: Date,
): Promise<boolean> {
  return enqueue(tx, { key, kind: content.kind, to, payload: content }, at);
}

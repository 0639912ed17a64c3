import type { AccountId } from '../../domain/account.ts';
import { businessDaysAfter, isoWeek, timeZoneOrDefault } from '../../domain/calendar.ts';
import type { Coverage } from '../../domain/coverage.ts';
import { coverageOf } from '../../domain/coverage.ts';
import { type Digest, digestOf, shouldPost, withShortLists } from '../../domain/digest.ts';
import {
  digestKey,
  type NotificationContent,
  quietNoteKey,
  sharedChannelAlertKey,
} from '../../domain/notification.ts';
import { remainingRootCredential } from '../../domain/remediation.ts';
import { TREND_WEEKS } from '../../domain/trend.ts';
import { latestActors } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { exemptionsClosedSince } from '../../store/exemptions.ts';
import { enqueue, latestNotification, listDeadLetters, type Recipient } from '../../store/outbox.ts';
import { lastScan, scansSince } from '../../store/scans.ts';
import { saveWeeklyFigures, type WeeklyFigures, weeklyFiguresSince } from '../../store/weekly-figures.ts';
import { resolveOwners } from '../owners/resolve-owners.ts';
import { readDigestRootUse } from '../root-events/read-root-events.ts';
import type { AccountView } from '../shared/account-view.ts';
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
/** The scope of figures that count every account. */
const WHOLE_COMPANY = '';
/** As many of each list as a letter keeps: whoever wants all asks the command. */
const MAX_ITEMS = 30;

/** Writes the weekly digest: one for each week, however often it is called. It triggers no scan, and says how old its reading is. */
export async function sendDigest(ctx: Context, { dueAt }: { readonly dueAt: Date }): Promise<DigestOutcome> {
  const { config, channels } = ctx;
  const channel = channels.digest;
  if (channel === null) return { kind: 'no-channel' };

  const { digest, figures } = await composeDigest(ctx, dueAt);
  const lastNote = await latestNotification(ctx.db, 'quiet-note');
  const now = ctx.now();
  const action = shouldPost(digest, config.digest, lastNote?.createdAt ?? null, now);
  if (action === 'nothing') {
    await saveFigures(ctx.db, figures);
    return { kind: 'quiet', notePosted: false };
  }

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
      await saveFigures(tx, figures);
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

  await ctx.db.transaction(async (tx) => {
    await saveFigures(tx, figures);
    await enqueueContent(tx, key, { kind: 'channel', id: channel }, content, now);
  });
  ctx.notificationsQueued();
  return action === 'digest' ? { kind: 'posted', digest } : { kind: 'quiet', notePosted: true };
}

/** Returns the digest as it would be written now; nothing is sent. */
export async function readDigest(ctx: Context, dueAt: Date): Promise<Digest> {
  return (await composeDigest(ctx, dueAt)).digest;
}

interface ComposedDigest {
  readonly digest: Digest;
  /** What it reports of its own week and the week before, to be saved with it. */
  readonly figures: readonly WeeklyFigures[];
}

async function composeDigest(ctx: Context, dueAt: Date): Promise<ComposedDigest> {
  const { db, config } = ctx;
  const now = ctx.now();
  const zone = config.schedule.timezone;
  const weekEarlier = new Date(dueAt.getTime() - WEEK_MS);
  const views = await readAccounts(ctx);
  const figures = await readReportedFigures(ctx, dueAt);
  const since = figures.previous?.reportedAt ?? weekEarlier;
  const [accounts, owners, scans, latestScan, undelivered, ownerActions, decisions, closedExemptions] =
    await Promise.all([
      readAccountChanges(ctx, since),
      resolveOwners(ctx, views),
      scansSince<Coverage>(db, new Date(now.getTime() - TREND_WEEKS * WEEK_MS)),
      lastScan<Coverage>(db),
      listDeadLetters(db, MAX_UNDELIVERED),
      latestActors(db),
      ctx.decisions.current(),
      exemptionsClosedSince(db, since),
    ]);
  const viewById = new Map(views.map((view) => [view.account.id, view]));
  const lastWeek =
    figures.previous?.coverage ??
    scans.findLast(({ startedAt }) => startedAt <= weekEarlier)?.coverage ??
    null;
  const current = figures.current?.coverage ?? coverageOf(views);
  const reported = new Map(figures.byWeek);
  const lastWeekName = isoWeek(weekEarlier, zone);
  if (lastWeek) reported.set(lastWeekName, lastWeek);
  reported.set(isoWeek(dueAt, zone), current);

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
        ownerId: resolution?.kind === 'person' && resolution.gap === null ? resolution.person.id : null,
        rootKey: view && rootKeyOf(view),
      };
    }),
    coverage: { now: current, lastWeek },
    scans: scans.map(({ startedAt, coverage }) => ({ at: startedAt, coverage })),
    reported,
    readAt: latestScan?.startedAt ?? null,
    exemptions: [...decisions.exemptions.values(), ...closedExemptions],
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
  return {
    digest: { ...digest, fixed: { ...digest.fixed, items: fixedItems }, ...(rootUse && { rootUse }) },
    figures: [
      ...(lastWeek ? [{ week: lastWeekName, reportedAt: since, coverage: lastWeek }] : []),
      { week: digest.week, reportedAt: now, coverage: current },
    ],
  };
}

async function saveFigures(db: Database, figures: readonly WeeklyFigures[]): Promise<void> {
  for (const one of figures) await saveWeeklyFigures(db, WHOLE_COMPANY, one);
}

/** What digests reported since the trend begins: every week, the week before this digest, and this one's, if it was reported. */
async function readReportedFigures({ db, config }: Context, dueAt: Date) {
  const zone = config.schedule.timezone;
  const week = isoWeek(new Date(dueAt.getTime() - TREND_WEEKS * WEEK_MS), zone);
  const figures = await weeklyFiguresSince(db, { scope: WHOLE_COMPANY, week });
  const find = (at: Date) => figures.find((one) => one.week === isoWeek(at, zone));
  return {
    byWeek: figures.map((one) => [one.week, one.coverage] as const),
    previous: find(new Date(dueAt.getTime() - WEEK_MS)),
    current: find(dueAt),
  };
}

function rootKeyOf({ account: { verdict, readFailure } }: AccountView): string | undefined {
  return verdict && readFailure === null ? remainingRootCredential(verdict) : undefined;
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

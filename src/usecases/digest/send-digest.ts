import type { AccountId } from '../../domain/account.ts';
import { businessDaysAfter, usableZone } from '../../domain/calendar.ts';
import type { Coverage } from '../../domain/coverage.ts';
import { coverageOf } from '../../domain/coverage.ts';
import { type Digest, digestOf, shortened, shouldPost } from '../../domain/digest.ts';
import { digestKey, type LetterContent, quietNoteKey, sharedChannelKey } from '../../domain/notification.ts';
import { TREND_WEEKS } from '../../domain/trend.ts';
import { lastActors } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import { deadLetters, newestLetter, post, type Recipient } from '../../store/outbox.ts';
import { lastScan, scansSince } from '../../store/scans.ts';
import type { Context } from '../shared/context.ts';
import { readThenAndNow } from '../status/read-changes.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { resolveOwners } from '../owners/resolve-owners.ts';

/** What became of a digest. */
export type DigestOutcome =
  | { readonly kind: 'posted'; readonly digest: Digest }
  /** Everything is met, and the company wants no digest then; once a month a line says so. */
  | { readonly kind: 'quiet'; readonly noted: boolean }
  /** The channel would be read by others, so every admin got it instead. */
  | { readonly kind: 'to-admins'; readonly because: string; readonly admins: number }
  | { readonly kind: 'no-channel' };

const WEEK_MS = 7 * 24 * 60 * 60_000;
const DEAD_SHOWN = 50;
/** As many of each list as a letter keeps: whoever wants all asks the command. */
const KEPT = 30;

/** Writes the weekly digest: one for each week, however often it is called. It triggers no scan, and says how old its reading is. */
export async function sendDigest(ctx: Context, { dueAt }: { readonly dueAt: Date }): Promise<DigestOutcome> {
  const { config, channels } = ctx;
  const channel = channels.digest;
  if (channel === null) return { kind: 'no-channel' };

  const digest = await readDigest(ctx, dueAt);
  const note = await newestLetter(ctx.db, 'quiet-note');
  const now = ctx.now();
  const verdict = shouldPost(digest, config.digest, note?.createdAt ?? null, now);
  if (verdict === 'nothing') return { kind: 'quiet', noted: false };

  const content: LetterContent =
    verdict === 'digest'
      ? { kind: 'digest', digest: shortened(digest, KEPT) }
      : {
          kind: 'quiet-note',
          week: digest.week,
          sentence: digest.headline.sentence,
          readAt: digest.reading.at,
        };
  const key = verdict === 'digest' ? digestKey(digest) : quietNoteKey(now, config.schedule.timezone);

  const because = await channels.whyNot(channel);
  if (because !== undefined) {
    const admins = await ctx.people.admins();
    await ctx.db.transaction(async (tx) => {
      for (const admin of admins) {
        const to = { kind: 'person', id: admin } as const;
        const finding = { kind: 'finding', finding: 'digest-channel-shared', channel } as const;
        const findingKey = `${sharedChannelKey(channel, now, config.schedule.timezone)}/${admin}`;
        await write(tx, findingKey, to, finding, now);
        await write(tx, `${key}/${admin}`, to, content, now);
      }
    });
    ctx.lettersWritten();
    return { kind: 'to-admins', because, admins: admins.length };
  }

  await ctx.db.transaction((tx) => write(tx, key, { kind: 'channel', id: channel }, content, now));
  ctx.lettersWritten();
  return verdict === 'digest' ? { kind: 'posted', digest } : { kind: 'quiet', noted: true };
}

/** The digest as it would be written now; nothing is sent. */
export async function readDigest(ctx: Context, dueAt: Date): Promise<Digest> {
  const { db, config } = ctx;
  const now = ctx.now();
  const zone = config.schedule.timezone;
  const since = new Date(dueAt.getTime() - WEEK_MS);
  const views = await readAccounts(ctx);
  const [accounts, owners, scans, last, undelivered, answers, decisions] = await Promise.all([
    readThenAndNow(ctx, since),
    resolveOwners(ctx, views),
    scansSince<Coverage>(db, new Date(now.getTime() - TREND_WEEKS * WEEK_MS)),
    lastScan<Coverage>(db),
    deadLetters(db, DEAD_SHOWN),
    lastActors(db),
    ctx.decisions.current(),
  ]);
  const viewOf = new Map(views.map((view) => [view.account.id, view]));
  const lastWeek = scans.findLast(({ startedAt }) => startedAt <= since)?.coverage ?? null;

  const digest = digestOf({
    now,
    dueAt,
    zone,
    accounts: accounts.map((account) => {
      const view = viewOf.get(account.id);
      const answer = owners.get(account.id);
      return {
        ...account,
        orgUnit: view?.account.orgUnit ?? null,
        unread: view?.account.unread ?? null,
        ownerGap: answer && answer.kind !== 'not-known' ? answer.gap : null,
      };
    }),
    coverage: { now: coverageOf(views), lastWeek },
    scans: scans.map(({ startedAt, coverage }) => ({ at: startedAt, coverage })),
    readAt: last?.startedAt ?? null,
    exemptions: decisions.exemptions.values(),
    requests: new Set(decisions.tokenRequests.values()),
    answers,
    undelivered: undelivered.map(({ key, kind, to, lastError }) => ({
      key,
      kind,
      to: to.id,
      error: lastError,
    })),
    graceEnds: graceEnds(ctx, decisions.reminders.values(), (id) => {
      const answer = owners.get(id);
      return answer?.kind === 'person' ? answer.person.timeZone : undefined;
    }),
  });
  // Whoever is thanked is thanked by name.
  const thanked = digest.fixed.items.map((line) => {
    const answer = owners.get(line.id);
    return answer?.kind === 'person' && answer.gap === null ? { ...line, owner: answer.person.id } : line;
  });
  return { ...digest, fixed: { ...digest.fixed, items: thanked } };
}

function graceEnds(
  { config }: Context,
  reminders: Iterable<{
    readonly accountId: AccountId;
    readonly owedSince: Date;
    readonly timesSent: number;
    readonly regressed: boolean;
  }>,
  zoneOf: (id: AccountId) => string | undefined,
): ReadonlyMap<AccountId, Date> {
  const ends = new Map<AccountId, Date>();
  for (const { accountId, owedSince, timesSent, regressed } of reminders) {
    if (timesSent > 0 || regressed) continue;
    const zone = usableZone(zoneOf(accountId) ?? null, config.schedule.timezone);
    ends.set(accountId, businessDaysAfter(owedSince, config.reminders.graceDays, zone));
  }
  return ends;
}

function write(tx: Database, key: string, to: Recipient, content: LetterContent, at: Date): Promise<boolean> {
  return post(tx, { key, kind: content.kind, to, payload: content }, at);
}

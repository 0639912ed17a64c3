import { type Digest, shouldPost, withShortLists } from '../../domain/digest.ts';
import {
  digestKey,
  type NotificationContent,
  quietNoteKey,
  sharedChannelAlertKey,
} from '../../domain/notification.ts';
import type { Database } from '../../store/database.ts';
import { enqueue, latestNotification } from '../../store/outbox.ts';
import { saveReportedKeyFindings } from '../../store/reported-key-findings.ts';
import { saveTargetFigures } from '../../store/target-figures.ts';
import { saveWeeklyFigures } from '../../store/weekly-figures.ts';
import type { Context } from '../shared/context.ts';
import { composeDigest, type DigestScope, type ReportedFigures, WHOLE_COMPANY } from './compose-digest.ts';

/** What became of a digest. */
export type DigestOutcome =
  | { readonly kind: 'posted'; readonly digest: Digest }
  /** Everything is met, and the company wants no digest then; once a month a line says so. */
  | { readonly kind: 'quiet'; readonly notePosted: boolean }
  /** The channel would be read by others, so every admin got it instead. */
  | { readonly kind: 'to-admins'; readonly reason: string; readonly admins: number }
  | { readonly kind: 'no-channel' };

/** Items that one message lists; the command lists all of them. */
const MAX_ITEMS = 30;

/** Writes the weekly digest: one for each week, however often it is called. It triggers no scan, and says how old its reading is. */
export async function sendDigest(ctx: Context, { dueAt }: { readonly dueAt: Date }): Promise<DigestOutcome> {
  const { digest: channel, parts = [] } = ctx.channels;
  const outcome: DigestOutcome =
    channel === null
      ? { kind: 'no-channel' }
      : await postDigest(ctx, { dueAt, channel, scope: WHOLE_COMPANY });
  for (const part of parts) {
    const scope = { key: part.channel, orgUnits: part.orgUnits };
    await postDigest(ctx, { dueAt, channel: part.channel, scope });
  }
  return outcome;
}

interface DigestPost {
  readonly dueAt: Date;
  readonly channel: string;
  readonly scope: DigestScope;
}

async function postDigest(ctx: Context, { dueAt, channel, scope }: DigestPost): Promise<DigestOutcome> {
  const { config, channels } = ctx;
  const { digest, figures } = await composeDigest(ctx, dueAt, scope);
  const lastNote = await latestNotification(ctx.db, 'quiet-note');
  const now = ctx.now();
  const action = shouldPost(digest, config.digest, lastNote?.createdAt ?? null, now);
  // Only the channel of the whole company hears that silence is meant.
  if (action === 'nothing' || (action === 'quiet-note' && scope !== WHOLE_COMPANY)) {
    await saveFigures(ctx.db, scope, figures);
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
  const key =
    action === 'quiet-note'
      ? quietNoteKey(now, config.schedule.timezone)
      : scope === WHOLE_COMPANY
        ? digestKey(digest)
        : `${digestKey(digest)}/${scope.key}`;

  const reason = await channels.channelBlockReason(channel);
  if (reason !== undefined) {
    const admins = await ctx.people.admins();
    await ctx.db.transaction(async (tx) => {
      await saveFigures(tx, scope, figures);
      for (const admin of admins) {
        const to = { kind: 'person', id: admin } as const;
        const alert = { kind: 'finding', finding: 'digest-channel-shared', channel } as const;
        const adminAlertKey = `${sharedChannelAlertKey(channel, now, config.schedule.timezone)}/${admin}`;
        await enqueue(tx, { key: adminAlertKey, kind: alert.kind, to, payload: alert }, now);
        await enqueue(tx, { key: `${key}/${admin}`, kind: content.kind, to, payload: content }, now);
      }
    });
    ctx.notificationsQueued();
    return { kind: 'to-admins', reason, admins: admins.length };
  }

  const to = { kind: 'channel', id: channel } as const;
  await ctx.db.transaction(async (tx) => {
    await saveFigures(tx, scope, figures);
    await enqueue(tx, { key, kind: content.kind, to, payload: content }, now);
  });
  ctx.notificationsQueued();
  return action === 'digest' ? { kind: 'posted', digest } : { kind: 'quiet', notePosted: true };
}

/** Returns the digest as it would be written now; nothing is sent. */
export async function readDigest(ctx: Context, dueAt: Date): Promise<Digest> {
  return (await composeDigest(ctx, dueAt, WHOLE_COMPANY)).digest;
}

async function saveFigures(
  db: Database,
  { key }: DigestScope,
  { weeks, targets, keyFindings }: ReportedFigures,
): Promise<void> {
  for (const one of weeks) await saveWeeklyFigures(db, key, one);
  for (const one of targets) await saveTargetFigures(db, key, one);
  await saveReportedKeyFindings(db, key, keyFindings);
}

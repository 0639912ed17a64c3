import { isoWeek } from '../../domain/calendar.ts';
import {
  countTarget,
  type Target,
  type TargetCounts,
  type TargetProgress,
  type TargetSample,
  targetDefinition,
  targetProgress,
} from '../../domain/target.ts';
import { TREND_WEEKS } from '../../domain/trend.ts';
import { type TargetFigures, targetFiguresSince } from '../../store/target-figures.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readCompanyViews } from '../shared/read-accounts.ts';

/** The targets of the company, and what digests reported of them. */
export interface TargetsOverview {
  /** In the order of the configuration. */
  readonly progress: readonly TargetProgress[];
  readonly history: readonly TargetHistory[];
}

/** What digests reported of a target, oldest first. */
export interface TargetHistory {
  readonly name: string;
  readonly by: string;
  readonly weeks: readonly ReportedWeek[];
}

interface ReportedWeek extends TargetSample {
  /** `2026-W48` */
  readonly week: string;
}

/** What a digest says of targets. */
export interface TargetReport {
  /** Without those that an earlier digest reported as reached. */
  readonly progress: readonly TargetProgress[];
  /** To be saved with the digest. */
  readonly figures: readonly TargetFigures[];
}

/** What a report covers: all accounts of the company, or of a part of it. */
export interface TargetScope {
  /** Under which its figures are saved; empty for the whole company. */
  readonly key: string;
  readonly views: readonly AccountView[];
}

type TargetContext = Pick<Context, 'db' | 'config' | 'now'>;

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** Reads how far each target is now; its pace is that of the weeks that digests reported. */
export async function readTargets(ctx: Context): Promise<TargetsOverview> {
  const { targets } = ctx.config;
  if (targets.length === 0) return { progress: [], history: [] };
  const [{ targets: counts }, history] = await Promise.all([
    readCompanyViews(ctx),
    readTargetHistory(ctx, { scope: '', until: ctx.now() }),
  ]);
  return {
    progress: targets.map((target, n) =>
      progressOf(ctx, target, { counts: counts[n] as TargetCounts, samples: history[n]?.weeks ?? [] }),
    ),
    history,
  };
}

/** Returns how far one owner's accounts are with each target that is about any of them. */
export function ownTargets(
  ctx: Pick<Context, 'config' | 'now'>,
  accounts: readonly AccountView[],
): TargetProgress[] {
  return ctx.config.targets.flatMap((target) => {
    const counts = countTarget(target, accounts);
    return counts.total === 0 ? [] : [progressOf(ctx, target, { counts, samples: [] })];
  });
}

/** Returns what the digest of a week says of targets; a week that was reported stays as it was. */
export async function reportTargets(
  ctx: TargetContext,
  { key, views }: TargetScope,
  dueAt: Date,
): Promise<TargetReport> {
  const week = isoWeek(dueAt, ctx.config.schedule.timezone);
  const history = await readTargetHistory(ctx, { scope: key, until: dueAt });
  const reports = ctx.config.targets.map((target, n) => {
    const reported = history[n]?.weeks ?? [];
    const earlier = reported.filter((one) => one.week < week);
    const counts = countTarget(target, views);
    const { at, total, done } = reported.find((one) => one.week === week) ?? { at: ctx.now(), ...counts };
    const progress = progressOf(ctx, target, {
      counts: { ...counts, total, done },
      samples: [...earlier, { at, total, done }],
    });
    const before = earlier.at(-1);
    const wasReached = before !== undefined && before.total > 0 && before.done === before.total;
    // In a part of the company, a target can be about none of the accounts.
    const isNews = progress.state === 'reached' ? !wasReached : progress.state !== 'empty' || key === '';
    const figures = { target: target.name, definition: targetDefinition(target), week };
    return { progress, isNews, figures: { ...figures, reportedAt: at, total, done } };
  });
  return {
    progress: reports.filter(({ isNews }) => isNews).map(({ progress }) => progress),
    figures: reports.map(({ figures }) => figures),
  };
}

/** Returns what digests reported of each target in the weeks of the trend, in the order of the configuration. */
async function readTargetHistory(
  { db, config: { targets, schedule } }: Pick<Context, 'db' | 'config'>,
  { scope, until }: { readonly scope: string; readonly until: Date },
): Promise<TargetHistory[]> {
  if (targets.length === 0) return [];
  const week = isoWeek(new Date(until.getTime() - TREND_WEEKS * WEEK_MS), schedule.timezone);
  const figures = await targetFiguresSince(db, { scope, week });
  return targets.map((target) => {
    const definition = targetDefinition(target);
    return {
      name: target.name,
      by: target.by,
      weeks: figures
        .filter((one) => one.target === target.name && one.definition === definition)
        .map(({ week, reportedAt, total, done }) => ({ week, at: reportedAt, total, done })),
    };
  });
}

function progressOf(
  { config, now }: Pick<Context, 'config' | 'now'>,
  target: Target,
  { counts, samples }: { readonly counts: TargetCounts; readonly samples: readonly TargetSample[] },
): TargetProgress {
  return targetProgress(target, counts, { samples, zone: config.schedule.timezone, now: now() });
}

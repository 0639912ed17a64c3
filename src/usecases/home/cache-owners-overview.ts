import { readRevision } from '../../store/account-cache.ts';
import type { Context } from '../shared/context.ts';
import { type OwnersOverview, readOwnersOverview } from './read-admin-tasks.ts';

const MAX_AGE_MS = 5 * 60_000;

/** Returns a reader of the owners overview that looks again only when data changed, or after five minutes. */
export function cacheOwnersOverview(ctx: Context): () => Promise<OwnersOverview> {
  let cached: { readonly revision: number; readonly at: number; readonly owners: OwnersOverview } | undefined;
  let pending: Promise<OwnersOverview> | undefined;
  const read = async () => {
    const revision = await readRevision(ctx.db);
    if (cached?.revision === revision && performance.now() - cached.at < MAX_AGE_MS) return cached.owners;
    const owners = await readOwnersOverview(ctx);
    cached = { revision, at: performance.now(), owners };
    return owners;
  };
  return () => {
    pending ??= read().finally(() => {
      pending = undefined;
    });
    return pending;
  };
}

import type { AccountId, DirectoryEntry } from '../../domain/account.ts';
import type { CallError } from '../../domain/evidence.ts';
import { rememberDirectory, staleDirectory } from '../../store/accounts.ts';
import type { Context } from '../shared/context.ts';
import { unlessStopped } from '../shared/unless-stopped.ts';

const DAY_MS = 24 * 60 * 60_000;

/** What a refresh learnt, and what AWS refused to tell. */
export interface RefreshOutcome {
  readonly refreshed: number;
  readonly errors: readonly CallError[];
}

/** Reads org units, tags and contacts of accounts that are new or were read more than a day ago, and remembers them. */
export async function refreshDirectory({
  db,
  book,
  collector,
  config,
  stops,
  now,
}: Context): Promise<RefreshOutcome> {
  const stale = new Set<AccountId>(await staleDirectory(db, new Date(now().getTime() - DAY_MS)));
  if (stale.size === 0) return { refreshed: 0, errors: [] };

  const accounts = (await book.accounts()).filter(({ id }) => stale.has(id));
  const look = await collector();
  try {
    if (!look.organization) return { refreshed: 0, errors: [] };

    const reader = look.directory({ orgUnits: true, tags: true, contacts: config.owners.securityContact });
    reader.learn(accounts);
    const { entries, errors } = await unlessStopped(reader.finish(), stops);
    const told = [...entries].map(([id, entry]) => ({ id, entry: whatWasTold(entry, errors) }));
    await rememberDirectory(db, told, now());
    return { refreshed: told.length, errors };
  } finally {
    look.close();
  }
}

/** What a refused call left empty was not read: what is remembered of it stays. */
function whatWasTold(entry: DirectoryEntry, errors: readonly CallError[]): Partial<DirectoryEntry> {
  const contactRefused = errors.some(({ call }) => call === 'account:GetAlternateContact');
  return {
    ...(entry.orgUnit !== null && { orgUnit: entry.orgUnit }),
    ...(entry.tags !== null && { tags: entry.tags }),
    ...((entry.securityContact !== null || !contactRefused) && { securityContact: entry.securityContact }),
  };
}

import type { AccountId, DirectoryEntry } from '../../domain/account.ts';
import type { CallError } from '../../domain/evidence.ts';
import { accountsWithStaleDirectory, saveDirectoryEntries } from '../../store/accounts.ts';
import type { Context } from '../shared/context.ts';
import { openCollector } from '../shared/open-collector.ts';
import { unlessStopped } from '../shared/unless-stopped.ts';

const DAY_MS = 24 * 60 * 60_000;

/** What a refresh learnt, and what AWS refused to tell. */
export interface RefreshOutcome {
  readonly refreshed: number;
  readonly errors: readonly CallError[];
}

/** Reads org units, tags, contacts and guardrails of accounts that are new or were read more than a day ago, and remembers them. */
export async function refreshDirectory({
  db,
  accounts,
  collector,
  config,
  stopSignal,
  now,
}: Context): Promise<RefreshOutcome> {
  const staleIds = new Set<AccountId>(
    await accountsWithStaleDirectory(db, { olderThan: new Date(now().getTime() - DAY_MS), now: now() }),
  );
  if (staleIds.size === 0) return { refreshed: 0, errors: [] };

  const staleAccounts = (await accounts.accounts()).filter(({ id }) => staleIds.has(id));
  const openedCollector = await openCollector(collector, stopSignal);
  try {
    if (!openedCollector.organization) return { refreshed: 0, errors: [] };

    const reader = openedCollector.directory({
      orgUnits: true,
      tags: true,
      contacts: config.owners.securityContact,
      guardrails: config.guardrails.check === 'auto' && 'organization',
    });
    reader.learn(staleAccounts);
    const { entries, errors } = await unlessStopped(reader.finish(), stopSignal);
    const updates = [...entries].map(([id, entry]) => ({ id, entry: knownFields(entry, errors) }));
    await saveDirectoryEntries(db, updates, now());
    return { refreshed: updates.length, errors };
  } finally {
    openedCollector.close();
  }
}

/** What a refused call left empty was not read: what is remembered of it stays. */
function knownFields(entry: DirectoryEntry, errors: readonly CallError[]): Partial<DirectoryEntry> {
  const contactRefused = errors.some(({ call }) => call === 'account:GetAlternateContact');
  return {
    ...(entry.orgUnit !== null && { orgUnit: entry.orgUnit }),
    ...(entry.tags !== null && { tags: entry.tags }),
    ...(entry.guardrails !== null && { guardrails: entry.guardrails }),
    ...((entry.securityContact !== null || !contactRefused) && { securityContact: entry.securityContact }),
  };
}

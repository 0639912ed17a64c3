import type { AccountId } from '../../domain/account.ts';
import { type AccountThenAndNow, type Change, changeBetween } from '../../domain/change.ts';
import type { KnownAccount } from '../../domain/scan.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { inBatches } from '../../store/batches.ts';
import { verdictsBefore } from '../../store/verdict-changes.ts';
import { accountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { type Basis, keptWhileSame } from '../shared/cached-by-revision.ts';
import { outlookOf } from '../shared/read-accounts.ts';

/** What changed since that time, at what is asked today. Of accounts that did not change nothing is told. */
export async function readChange(ctx: Context, since: Date): Promise<Change> {
  const basis = await readBasis(ctx, since);
  return changeSince({ ...basis, asked: since.toISOString() });
}

/** Every account as it stood then and as it stands now; closed ones too, if they were open then. */
export async function readThenAndNow(ctx: Context, since: Date): Promise<AccountThenAndNow[]> {
  return thenAndNow(await readBasis(ctx, since), () => true);
}

interface ThenAndNow extends Basis {
  readonly since: Date;
  /** What the verdict was then, of accounts whose verdict is another now. */
  readonly earlier: ReadonlyMap<AccountId, Verdict | null>;
}

async function readBasis(ctx: Context, since: Date): Promise<ThenAndNow> {
  const at = ctx.now();
  const [accounts, earlier, outlook] = await Promise.all([
    ctx.book.accounts(),
    verdictsBefore(ctx.db, since),
    outlookOf(ctx),
  ]);
  return { accounts, outlook, at, since, earlier };
}

/** A company that is new has nothing but changes: kept, so that nobody waits for thousands of them twice. */
const changeSince = keptWhileSame(async (basis: ThenAndNow): Promise<Change> => {
  const { since, earlier } = basis;
  const { exemptions, attestations } = basis.outlook.decisions;
  const mayHaveChanged = ({ id, firstSeenAt, closedAt, unread }: KnownAccount) =>
    earlier.has(id) ||
    firstSeenAt > since ||
    closedAt !== null ||
    unread !== null ||
    exemptions.has(id) ||
    attestations.has(id);
  return changeBetween(await thenAndNow(basis, mayHaveChanged));
});

/** So many are looked at before somebody else gets a turn. */
const AT_ONCE = 1_000;

async function thenAndNow(
  { accounts, outlook, at, since, earlier }: ThenAndNow,
  isAsked: (account: KnownAccount) => boolean,
): Promise<AccountThenAndNow[]> {
  const lookAt = (account: KnownAccount): AccountThenAndNow => {
    const view = accountView(account, outlook, at);
    const verdict = earlier.has(account.id) ? (earlier.get(account.id) ?? null) : account.verdict;
    const then = accountView({ ...account, verdict, unread: unreadAt(account, since) }, outlook, since);
    const wasThere = account.firstSeenAt <= since;
    return {
      id: account.id,
      name: account.name,
      managementAccount: account.managementAccount,
      owner: view.owner?.who ?? null,
      before: wasThere ? { standing: then.standing, verdict } : null,
      after: account.closedAt === null ? { standing: view.standing, verdict: account.verdict } : null,
      unmetSince: view.standing === 'unmet' ? account.since : null,
    };
  };

  const told: AccountThenAndNow[] = [];
  for await (const some of inBatches(accounts, AT_ONCE)) {
    const there = some.filter(({ closedAt }) => closedAt === null || closedAt > since);
    for (const account of there) if (isAsked(account)) told.push(lookAt(account));
  }
  return told;
}

/** Whether a gap in what we could read reached back to then. */
function unreadAt<T extends { readonly since: Date }>(
  { unread }: { readonly unread: T | null },
  then: Date,
): T | null {
  return unread !== null && unread.since <= then ? unread : null;
}

import type { AccountId } from '../../domain/account.ts';
import { lastWord } from '../../domain/attestation.ts';
import { type Remediation, remediationFor } from '../../domain/remediation.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';

/** An account, and how to fix it. */
export interface Guide {
  readonly view: AccountView;
  readonly remediation: Remediation;
}

/** How to fix an account as it stands now; undefined where there is no such account. */
export async function readRemediation(ctx: Context, id: AccountId): Promise<Guide | undefined> {
  const [view, { attestations }] = await Promise.all([readAccount(ctx, id), ctx.decisions.current()]);
  if (!view) return undefined;
  const { account, asked } = view;
  const said = attestations.get(id);
  const remediation = remediationFor(account, account.verdict, asked, {
    cis: ctx.config.policy.cis,
    links: ctx.config.remediation.links,
    attestation: lastWord(said ? [said] : [], ctx.now()),
    unread: account.unread,
  });
  return { view, remediation };
}

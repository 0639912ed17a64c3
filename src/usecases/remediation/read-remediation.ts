import type { AccountId } from '../../domain/account.ts';
import { latestValidAttestation } from '../../domain/attestation.ts';
import { type Remediation, remediationFor } from '../../domain/remediation.ts';
import type { RemovalRequest } from '../../domain/removal-request.ts';
import { findOpenRemovalRequest } from '../../store/removal-requests.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';

/** An account, and how to fix it. */
export interface RemediationGuide {
  readonly view: AccountView;
  readonly remediation: Remediation;
  /** The open request to an admin to remove the root credentials. */
  readonly removalRequest?: RemovalRequest | undefined;
  /** Who reads the root mailboxes, in the words of the company. */
  readonly rootMailbox?: string | undefined;
}

/** Returns how to fix an account in its current state; undefined if there is no such account. */
export async function readRemediation(ctx: Context, id: AccountId): Promise<RemediationGuide | undefined> {
  const [view, { attestations }, removalRequest] = await Promise.all([
    readAccount(ctx, id),
    ctx.decisions.current(),
    findOpenRemovalRequest(ctx.db, id),
  ]);
  if (!view) return undefined;
  const { account, required, policyCure } = view;
  const attestation = attestations.get(id);
  const remediation = remediationFor(account, account.verdict, required, {
    cis: ctx.config.policy.cis,
    links: ctx.config.remediation.links,
    attestation: latestValidAttestation(attestation ? [attestation] : [], ctx.now()),
    readFailure: account.readFailure,
    policyCure,
  });
  return { view, remediation, removalRequest, rootMailbox: ctx.config.remediation.rootMailbox };
}

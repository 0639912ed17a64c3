import type { AccountId } from '../domain/account.ts';
import type { Attestation } from '../domain/attestation.ts';
import type { GrantedExemption, RequestedExemption } from '../domain/exemption.ts';
import type { OwnerAssignment } from '../domain/owner-assignment.ts';
import type { OpenRecovery } from '../domain/recovery-window.ts';
import type { Reminder } from '../domain/reminder.ts';
import type { OpenTokenRequest } from '../domain/token-request.ts';
import { latestAttestations } from './attestations.ts';
import { openExemptionsByAccount } from './exemptions.ts';
import { openMfaRemovals } from './mfa-removals.ts';
import { ownerAssignmentsByAccount } from './owner-assignments.ts';
import { openRecoveriesByAccount } from './recovery-windows.ts';
import { listReminders } from './reminders.ts';
import { createRevisionCache } from './revision.ts';
import { openTokenRequestsByAccount } from './token-requests.ts';
import type { Database } from './transactions.ts';

/** Decisions and reminders by account. They can expire without a change: check each against the clock. */
export interface Decisions {
  readonly exemptions: ReadonlyMap<AccountId, RequestedExemption | GrantedExemption>;
  /** Open requests for the account. */
  readonly tokenRequests: ReadonlyMap<AccountId, OpenTokenRequest>;
  /** The latest attestation of each account, possibly expired. */
  readonly attestations: ReadonlyMap<AccountId, Attestation>;
  readonly reminders: ReadonlyMap<AccountId, Reminder>;
  /** Owners picked in Slack, confirmed or not. */
  readonly ownerAssignments: ReadonlyMap<AccountId, OwnerAssignment>;
  /** Accounts whose MFA was removed and is not registered again. */
  readonly mfaRemovals: ReadonlySet<AccountId>;
  /** Requested and open recovery windows. */
  readonly recoveryWindows: ReadonlyMap<AccountId, OpenRecovery>;
}

/** What people decided about accounts that the bot has not seen before: nothing. */
export const NO_DECISIONS: Decisions = {
  exemptions: new Map(),
  tokenRequests: new Map(),
  attestations: new Map(),
  reminders: new Map(),
  ownerAssignments: new Map(),
  mfaRemovals: new Set(),
  recoveryWindows: new Map(),
};

/** The decisions of the whole company, cached in memory. */
export interface DecisionCache {
  /** Includes everything committed before the call. */
  current(): Promise<Decisions>;
}

/** Creates a cache of decisions that reads them again only when the `revision` changes. */
export function createDecisionCache(db: Database): DecisionCache {
  return { current: createRevisionCache(db, () => readDecisions(db)) };
}

async function readDecisions(db: Database): Promise<Decisions> {
  const reminders = await listReminders(db);
  return {
    exemptions: await openExemptionsByAccount(db),
    tokenRequests: await openTokenRequestsByAccount(db),
    attestations: await latestAttestations(db),
    ownerAssignments: await ownerAssignmentsByAccount(db),
    mfaRemovals: new Set((await openMfaRemovals(db)).keys()),
    recoveryWindows: await openRecoveriesByAccount(db),
    reminders: new Map(reminders.map((reminder) => [reminder.accountId, reminder])),
  };
}

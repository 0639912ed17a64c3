import type { AccountId } from '../domain/account.ts';
import type { Attestation } from '../domain/attestation.ts';
import type { GrantedExemption, RequestedExemption } from '../domain/exemption.ts';
import type { OwnerAssignment } from '../domain/owner-assignment.ts';
import type { Reminder } from '../domain/reminder.ts';
import type { OpenTokenRequest } from '../domain/token-request.ts';
import { latestAttestations } from './attestations.ts';
import { openExemptionsByAccount } from './exemptions.ts';
import { ownerAssignmentsByAccount } from './owner-assignments.ts';
import { listReminders } from './reminders.ts';
import { createRevisionCache } from './revision.ts';
import { openTokenRequestsByAccount } from './token-requests.ts';
import type { Database } from './transactions.ts';

/** What people decided and the bot owes, account by account. Time runs on by itself: ask each whether it still holds. */
export interface Decisions {
  readonly exemptions: ReadonlyMap<AccountId, RequestedExemption | GrantedExemption>;
  /** Requests that still stand in for the account. */
  readonly tokenRequests: ReadonlyMap<AccountId, OpenTokenRequest>;
  /** The last word on each account, which may have run out. */
  readonly attestations: ReadonlyMap<AccountId, Attestation>;
  readonly reminders: ReadonlyMap<AccountId, Reminder>;
  /** Owners picked in Slack, confirmed or not. */
  readonly ownerAssignments: ReadonlyMap<AccountId, OwnerAssignment>;
}

/** The decisions of the whole company, kept in memory like the book. */
export interface DecisionCache {
  /** Whatever was committed before is in it. */
  current(): Promise<Decisions>;
}

/** Keeps the decisions, and reads them again only when the `revision` has moved. */
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
    reminders: new Map(reminders.map((reminder) => [reminder.accountId, reminder])),
  };
}

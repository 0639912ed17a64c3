import type { AccountId } from '../domain/account.ts';
import type { Attestation } from '../domain/attestation.ts';
import type { Asked, Granted } from '../domain/exemption.ts';
import type { Reminder } from '../domain/reminder.ts';
import type { OpenTokenRequest } from '../domain/token-request.ts';
import { lastAttestations } from './attestations.ts';
import { openExemptionsByAccount } from './exemptions.ts';
import { allReminders } from './reminders.ts';
import { keptByRevision } from './revision.ts';
import { openRequestsByAccount } from './token-requests.ts';
import type { Database } from './transactions.ts';

/** What people decided and the bot owes, account by account. Time runs on by itself: ask each whether it still holds. */
export interface Decisions {
  readonly exemptions: ReadonlyMap<AccountId, Asked | Granted>;
  /** Requests that still stand in for the account. */
  readonly tokenRequests: ReadonlyMap<AccountId, OpenTokenRequest>;
  /** The last word on each account, which may have run out. */
  readonly attestations: ReadonlyMap<AccountId, Attestation>;
  readonly reminders: ReadonlyMap<AccountId, Reminder>;
}

/** The decisions of the whole company, kept in memory like the book. */
export interface DecisionBook {
  /** Whatever was committed before is in it. */
  current(): Promise<Decisions>;
}

/** Keeps the decisions, and reads them again only when the `revision` has moved. */
export function keepDecisions(db: Database): DecisionBook {
  return { current: keptByRevision(db, () => allDecisions(db)) };
}

async function allDecisions(db: Database): Promise<Decisions> {
  const reminders = await allReminders(db);
  return {
    exemptions: await openExemptionsByAccount(db),
    tokenRequests: await openRequestsByAccount(db),
    attestations: await lastAttestations(db),
    reminders: new Map(reminders.map((reminder) => [reminder.accountId, reminder])),
  };
}

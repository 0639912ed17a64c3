import type { AccountId } from './account.ts';
import type { SlackUserId } from './person.ts';

/** A request to an admin to remove the root credentials of an account: only an admin can. */
export interface RemovalRequest {
  readonly id: string;
  readonly accountId: AccountId;
  readonly requestedBy: SlackUserId;
  readonly requestedAt: Date;
  /** The admin who took it on; `null`: none yet. */
  readonly assignedTo: SlackUserId | null;
  readonly assignedAt: Date | null;
  /** When a check saw no root credentials; `null`: not yet. */
  readonly doneAt: Date | null;
}

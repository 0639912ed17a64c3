import type { AccountId } from './account.ts';
import type { SlackUserId } from './person.ts';

/** An owner picked in Slack: proposed, and the owner once the person confirms. */
export interface OwnerAssignment {
  readonly accountId: AccountId;
  readonly owner: SlackUserId;
  /** As lists and files show the owner: an e-mail address in lower case, or the Slack id. */
  readonly identifier: string;
  /** The owner that tags, contact or configuration named at that time; `null`: none. */
  readonly replaces: string | null;
  readonly proposedBy: SlackUserId;
  readonly proposedAt: Date;
  /** What the new owner reads. Untrusted text. */
  readonly note: string | null;
  /** `null`: the new owner has not answered. */
  readonly confirmedAt: Date | null;
  /** How often they were asked again, and when last. */
  readonly askedAgain: number;
  readonly askedAgainAt: Date | null;
}

/** Returns whether the assignment decides who owns the account: confirmed, and what it replaces is unchanged. */
export function assignmentApplies(
  { confirmedAt, replaces }: Pick<OwnerAssignment, 'confirmedAt' | 'replaces'>,
  named: string | null,
  tagsRead: boolean,
): boolean {
  // Tags that could not be read are no change.
  return confirmedAt !== null && (replaces === named || !tagsRead);
}

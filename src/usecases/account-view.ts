import type { Owner } from '../domain/owner.ts';
import type { Asked } from '../domain/policy.ts';
import type { KnownAccount } from '../domain/scan.ts';
import type { Standing } from '../domain/standing.ts';
import type { LevelResult } from '../domain/verdict.ts';

/** One account as people are shown it: what is known, what is asked, how it stands now. */
export interface AccountView {
  readonly account: KnownAccount;
  readonly owner: Owner | null;
  readonly asked: Asked;
  readonly standing: Standing;
  /** `unknown` until the first verdict, and while the last one is no longer current. */
  readonly level1: LevelResult;
  /** By the proof that the policy asks of this account. */
  readonly level2: LevelResult;
  /** End of the exemption in force. */
  readonly exemptUntil: Date | null;
}

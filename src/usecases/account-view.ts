import type { Config } from '../config.ts';
import { type Owner, ownerOf } from '../domain/owner.ts';
import { type Asked, askedOf } from '../domain/policy.ts';
import type { KnownAccount } from '../domain/scan.ts';
import { type Standing, standing } from '../domain/standing.ts';
import { type LevelResult, level2Under } from '../domain/verdict.ts';

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
}

/** The account as people are shown it. A verdict that could not be read again is shown, and counts as not known. */
export function accountView(account: KnownAccount, config: Config, now: Date): AccountView {
  const asked = askedOf(account, account, config.policy);
  const owner = ownerOf(account, account, config.owners);
  const current = account.unread === null ? account.verdict : null;

  if (current === null) {
    return { account, owner, asked, standing: 'unknown', level1: 'unknown', level2: 'unknown' };
  }
  return {
    account,
    owner,
    asked,
    standing: standing(current, asked, {}, now),
    level1: current.level1,
    level2: level2Under(asked.proof, current),
  };
}

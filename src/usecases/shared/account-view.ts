import type { Config } from '../../config/config.ts';
import { attestedUntil } from '../../domain/attestation.ts';
import { type Asked as AskedExemption, exemptUntil, type Granted, lastDayOf } from '../../domain/exemption.ts';
import { type Owner, ownerOf } from '../../domain/owner.ts';
import { type Asked, askedOf } from '../../domain/policy.ts';
import type { KnownAccount } from '../../domain/scan.ts';
import { type Standing, standing } from '../../domain/compliance.ts';
import type { OpenTokenRequest } from '../../domain/token-request.ts';
import { type LevelResult, level2Under } from '../../domain/verdict.ts';
import type { Decisions } from '../../store/decision-cache.ts';

/** One account as people are shown it: what is known, what is asked, what was decided, how it stands now. */
export interface AccountView {
  readonly account: KnownAccount;
  readonly owner: Owner | null;
  readonly asked: Asked;
  readonly standing: Standing;
  /** `unknown` until the first verdict, and while the last one is no longer current. */
  readonly level1: LevelResult;
  /** By the proof that the policy asks of this account. */
  readonly level2: LevelResult;
  /** Leave that was asked for or granted, and has not come to its end. */
  readonly exemption: AskedExemption | Granted | null;
  /** The last day of that leave, by the company's calendar: `2026-12-31`. */
  readonly leaveUntil?: string;
  /** A hardware key on its way to this account. */
  readonly tokenRequest: OpenTokenRequest | null;
}

/** What views of accounts are made from, besides the account. */
export interface Outlook {
  readonly config: Config;
  readonly decisions: Decisions;
}

/** The account as people are shown it. A verdict that could not be read again is shown, and counts as not known. */
export function accountView(account: KnownAccount, { config, decisions }: Outlook, at: Date): AccountView {
  const asked = askedOf(account, account, config.policy);
  const owner = ownerOf(account, account, config.owners);
  const leave = decisions.exemptions.get(account.id);
  const exemption = leave && leave.endsAt > at ? leave : null;
  const tokenRequest = decisions.tokenRequests.get(account.id) ?? null;
  const leaveUntil = exemption && lastDayOf(exemption, config.schedule.timezone);
  const known = { account, owner, asked, exemption, tokenRequest, ...(leaveUntil && { leaveUntil }) };

  const current = account.unread === null ? account.verdict : null;
  if (current === null) return { ...known, standing: 'unknown', level1: 'unknown', level2: 'unknown' };

  const word = decisions.attestations.get(account.id);
  const circumstances = {
    exemptUntil: exemption ? exemptUntil([exemption], at) : undefined,
    attestedUntil: word ? attestedUntil([word], at) : undefined,
  };
  return {
    ...known,
    standing: standing(current, asked, circumstances, at),
    level1: current.level1,
    level2: level2Under(asked.proof, current, circumstances.attestedUntil !== undefined),
  };
}

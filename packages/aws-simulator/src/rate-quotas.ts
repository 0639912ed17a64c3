/** Calls a second, and how many may come at once, for one account; from the Organizations and Account Management quota pages. */
const QUOTAS: Readonly<Record<string, { readonly rate: number; readonly burst: number }>> = {
  'organizations:ListAccounts': { rate: 8, burst: 12 },
  'organizations:ListTagsForResource': { rate: 10, burst: 15 },
  'organizations:DescribeAccount': { rate: 20, burst: 30 },
  'organizations:DescribeOrganization': { rate: 1, burst: 2 },
  'account:GetAlternateContact': { rate: 10, burst: 15 },
};

/** The published quotas, kept as buckets that refill with time. */
export class RateQuotas {
  readonly #buckets = new Map<string, { tokens: number; filledAt: number }>();

  /** Takes one call out of its bucket; false when the bucket is empty. */
  tryAcquire(call: string, callerAccountId: string, nowMs: number): boolean {
    const quota = QUOTAS[call];
    if (!quota) return true;

    const key = `${callerAccountId} ${call}`;
    const bucket = this.#buckets.get(key) ?? { tokens: quota.burst, filledAt: nowMs };
    const refilled = ((nowMs - bucket.filledAt) / 1000) * quota.rate;
    const tokens = Math.min(quota.burst, bucket.tokens + refilled);
    const isAllowed = tokens >= 1;
    this.#buckets.set(key, { tokens: isAllowed ? tokens - 1 : tokens, filledAt: nowMs });
    return isAllowed;
  }
}

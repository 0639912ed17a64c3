interface Quota {
  readonly rate: number;
  readonly burst: number;
  /** Operations that take their calls out of one bucket. */
  readonly sharedBy: readonly string[];
}

/** Calls a second, and how many can come at once, for one account; from the Organizations and Account Management quota pages. */
const QUOTAS: readonly Quota[] = [
  { rate: 8, burst: 12, sharedBy: ['organizations:ListAccounts'] },
  { rate: 10, burst: 15, sharedBy: ['organizations:ListTagsForResource'] },
  { rate: 20, burst: 30, sharedBy: ['organizations:DescribeAccount'] },
  { rate: 1, burst: 2, sharedBy: ['organizations:DescribeOrganization'] },
  { rate: 2, burst: 2, sharedBy: ['organizations:DescribeOrganizationalUnit'] },
  {
    rate: 5,
    burst: 8,
    sharedBy: [
      'organizations:ListParents',
      'organizations:ListAccountsForParent',
      'organizations:ListOrganizationalUnitsForParent',
    ],
  },
  { rate: 1, burst: 2, sharedBy: ['organizations:ListRoots'] },
  { rate: 2, burst: 2, sharedBy: ['organizations:DescribePolicy'] },
  {
    rate: 5,
    burst: 8,
    sharedBy: [
      'organizations:ListPolicies',
      'organizations:ListPoliciesForTarget',
      'organizations:ListTargetsForPolicy',
    ],
  },
  { rate: 10, burst: 15, sharedBy: ['account:GetAlternateContact'] },
];

/** The published quotas, kept as buckets that refill with time. */
export class RateQuotas {
  readonly #buckets = new Map<string, { tokens: number; filledAt: number }>();

  /** Takes one call out of its bucket; false when the bucket is empty. */
  tryAcquire(call: string, callerAccountId: string, nowMs: number): boolean {
    const quota = QUOTAS.find(({ sharedBy }) => sharedBy.includes(call));
    if (!quota) return true;

    const key = `${callerAccountId} ${quota.sharedBy[0]}`;
    const bucket = this.#buckets.get(key) ?? { tokens: quota.burst, filledAt: nowMs };
    const refilled = ((nowMs - bucket.filledAt) / 1000) * quota.rate;
    const tokens = Math.min(quota.burst, bucket.tokens + refilled);
    const isAllowed = tokens >= 1;
    this.#buckets.set(key, { tokens: isAllowed ? tokens - 1 : tokens, filledAt: nowMs });
    return isAllowed;
  }
}

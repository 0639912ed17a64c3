import type { KnownAccount } from '../../domain/scan.ts';
import { lastReportedKeyFindings, type ReportedKeyFindings } from '../../store/reported-key-findings.ts';
import type { Context } from '../shared/context.ts';
import { readAccountKeys } from './read-key-register.ts';

export interface KeyFindingsReport {
  /** What a digest says of it; `null`: nothing has changed, or there is no earlier digest to compare with. */
  readonly changes: { readonly added: number; readonly resolved: number } | null;
  /** To be saved with the digest. */
  readonly reported: ReportedKeyFindings;
}

/** Returns how the findings about the keys of these accounts changed since the last digest of the scope. */
export async function reportKeyFindings(
  ctx: Pick<Context, 'db' | 'now'>,
  {
    scope,
    week,
    accounts,
  }: { readonly scope: string; readonly week: string; readonly accounts: readonly KnownAccount[] },
): Promise<KeyFindingsReport> {
  const findings = (await readAccountKeys(ctx, accounts))
    .flatMap(({ account, findings: found }) => found.map(({ kind }) => `${account.id}/${kind}`))
    .sort();
  const reported = { week, findings };
  const last = await lastReportedKeyFindings(ctx.db, scope, week);
  if (!last) return { changes: null, reported };
  const [before, now] = [new Set(last.findings), new Set(findings)];
  const added = findings.filter((finding) => !before.has(finding)).length;
  const resolved = last.findings.filter((finding) => !now.has(finding)).length;
  return { changes: added + resolved > 0 ? { added, resolved } : null, reported };
}

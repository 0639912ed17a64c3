import { isAccountId } from '../../domain/account.ts';
import { type AuditQuery, readAuditLog } from '../../usecases/audit/read-audit-log.ts';
import { findAccount } from '../../usecases/shared/find-account.ts';
import { readAccounts } from '../../usecases/shared/read-accounts.ts';
import type { Caller } from '../authorizer.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Interaction } from '../interaction.ts';
import type { Router } from '../router.ts';
import {
  parseAuditQuery,
  renderAuditAccessDenied,
  renderAuditAccountChoice,
  renderAuditLog,
  SHOW_AUDIT,
} from '../views/audit/audit-log.ts';
import type { RenderedMessage } from '../views/shared/blocks.ts';

/** The audit log, page by page. */
export function registerAudit(router: Router, deps: SlackDependencies): void {
  router.action(SHOW_AUDIT, async ({ caller, value, replace }) =>
    replace(await renderAuditPage(deps, caller, parseAuditQuery(value))),
  );
}

/** Shows admins what was decided, about the company or about one account. */
export async function showAudit(
  deps: SlackDependencies,
  { caller, reply }: Interaction,
  typed: string,
): Promise<void> {
  if (typed === '') {
    return reply(await renderAuditPage(deps, caller, { accountId: null, beforeId: null }));
  }
  if (isAccountId(typed))
    return reply(await renderAuditPage(deps, caller, { accountId: typed, beforeId: null }));

  const found = findAccount(await readAccounts(deps.ctx), typed);
  if (found.kind !== 'one') return reply(renderAuditAccountChoice(typed, found));
  return reply(await renderAuditPage(deps, caller, { accountId: found.view.account.id, beforeId: null }));
}

async function renderAuditPage(
  { ctx }: Pick<SlackDependencies, 'ctx'>,
  caller: Caller,
  query: AuditQuery,
): Promise<RenderedMessage> {
  const page = await readAuditLog(ctx, caller, query);
  return page.kind === 'page' ? renderAuditLog(page) : renderAuditAccessDenied();
}

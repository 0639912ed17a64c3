import { isAccountId } from '../../domain/account.ts';
import { findAccount } from '../../usecases/shared/find-account.ts';
import { type AuditQuery, readAuditLog } from '../../usecases/audit/read-audit-log.ts';
import { readAccounts } from '../../usecases/shared/read-accounts.ts';
import type { Caller } from '../authorizer.ts';
import type { Bot } from '../dependencies.ts';
import type { Door } from '../router.ts';
import { drawAudit, drawAuditRefused, drawAuditWhich, readAuditQuery, SHOW_AUDIT } from '../views/audit/audit-log.ts';
import type { Drawn } from '../views/shared/blocks.ts';
import type { Visit } from '../interaction.ts';

/** The audit log, page by page. */
export function registerAudit(door: Door, bot: Bot): void {
  door.action(SHOW_AUDIT, async ({ caller, value, replace }) =>
    replace(await auditPage(bot, caller, readAuditQuery(value))),
  );
}

/** Shows admins what was decided, about the company or about one account. */
export async function showAudit(bot: Bot, { caller, say }: Visit, typed: string): Promise<void> {
  if (typed === '' || !caller.admin) {
    return say(await auditPage(bot, caller, { accountId: null, beforeId: null }));
  }
  if (isAccountId(typed)) return say(await auditPage(bot, caller, { accountId: typed, beforeId: null }));

  const found = findAccount(await readAccounts(bot.ctx), typed);
  if (found.kind !== 'one') return say(drawAuditWhich(typed, found));
  return say(await auditPage(bot, caller, { accountId: found.view.account.id, beforeId: null }));
}

async function auditPage({ ctx }: Pick<Bot, 'ctx'>, caller: Caller, query: AuditQuery): Promise<Drawn> {
  const page = await readAuditLog(ctx, caller, query);
  return page.kind === 'page' ? drawAudit(page) : drawAuditRefused();
}

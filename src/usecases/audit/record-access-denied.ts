import type { SlackUserId } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { claimEvent } from '../../store/seen-events.ts';
import type { Context } from '../shared/context.ts';

const HOUR_MS = 60 * 60_000;

/**
 * Records that a member asked for something that is for admins: once per person, thing and hour, so that no one can
 * fill the audit log. Guests and people of other companies are logged only.
 */
export async function recordAccessDenied(
  { db, now, log }: Pick<Context, 'db' | 'now' | 'log'>,
  by: SlackUserId,
  what: string,
): Promise<void> {
  log.warn({ user: by, reason: 'not-an-admin', what }, 'Access denied');
  const at = now();
  const id = `access-refused/${by}/${what}/${Math.floor(at.getTime() / HOUR_MS)}`;
  await db.transaction(async (tx) => {
    if (!(await claimEvent(tx, id, at))) return;
    const detail = { what, why: 'only admins may' };
    await recordAuditEvent(tx, at, by, { kind: 'access-refused', detail });
  });
}

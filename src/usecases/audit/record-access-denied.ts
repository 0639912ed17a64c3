import type { SlackUserId } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import type { Context } from '../shared/context.ts';

/**
 * Records that a member asked for what only admins may have. Guests and people of other companies are logged only:
 * nobody from outside can make a log grow that nobody can shorten.
 */
export async function recordAccessDenied(
  { db, now, log }: Pick<Context, 'db' | 'now' | 'log'>,
  by: SlackUserId,
  what: string,
): Promise<void> {
  log.warn({ user: by, because: 'not-an-admin', what }, 'Turned somebody away');
  await db.transaction((tx) =>
    recordAuditEvent(tx, now(), by, { kind: 'access-refused', detail: { what, why: 'only admins may' } }),
  );
}

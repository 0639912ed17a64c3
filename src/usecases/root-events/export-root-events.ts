import type { AccountId } from '../../domain/account.ts';
import type { RootEventRow } from '../../reports/root-event-export.ts';
import { type ExportedEvent, exportEvents } from '../../store/root-events.ts';
import type { Context } from '../shared/context.ts';

/** Returns the root events since then as rows of a file, oldest first; `null`: of every account. */
export async function readRootEventRows(
  { db }: Pick<Context, 'db'>,
  { since, accountIds }: { readonly since: Date; readonly accountIds: readonly AccountId[] | null },
): Promise<readonly RootEventRow[]> {
  return (await exportEvents(db, since, accountIds)).map(toRow);
}

function toRow({ event, accountName, incident }: ExportedEvent): RootEventRow {
  return {
    at: event.at.toISOString(),
    accountId: event.accountId,
    accountName,
    event: event.name,
    kind: event.kind,
    via: event.via,
    succeeded: event.succeeded,
    source: event.source,
    mfaUsed: event.mfaUsed,
    openedBy: event.openedBy,
    taskPolicy: event.taskPolicy,
    eventId: event.id,
    incidentId: incident.id,
    state: incident.state,
    answeredBy: incident.answeredBy,
    answeredAt: incident.answeredAt?.toISOString() ?? null,
    reason: incident.reason,
    ticket: incident.ticket,
    alertedAt: incident.alertedAt?.toISOString() ?? null,
  };
}

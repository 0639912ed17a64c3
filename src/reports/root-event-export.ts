import { type Column, csvChunks } from './csv.ts';

/** One root event as auditors get it, with what became of the use of root it belongs to. */
export interface RootEventRow {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly accountId: string;
  readonly accountName: string;
  /** CloudTrail's name: `ConsoleLogin`. */
  readonly event: string;
  readonly kind: string;
  readonly via: string;
  readonly succeeded: boolean;
  readonly source: string | null;
  readonly mfaUsed: boolean | null;
  readonly openedBy: string | null;
  readonly taskPolicy: string | null;
  readonly eventId: string;
  readonly incidentId: string;
  /** `open`, `explained`, `denied` or `expected`. */
  readonly state: string;
  /** A Slack user id. */
  readonly answeredBy: string | null;
  readonly answeredAt: string | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly alertedAt: string | null;
}

/** Returns root events as CSV, in chunks. */
export function rootEventsAsCsv(rows: readonly RootEventRow[]): Generator<string> {
  return csvChunks(ROOT_EVENT_COLUMNS, rows);
}

const ROOT_EVENT_COLUMNS: readonly Column<RootEventRow>[] = [
  ['at', (row) => row.at],
  ['accountId', (row) => row.accountId],
  ['accountName', (row) => row.accountName],
  ['event', (row) => row.event],
  ['kind', (row) => row.kind],
  ['via', (row) => row.via],
  ['succeeded', (row) => row.succeeded],
  ['source', (row) => row.source],
  ['mfaUsed', (row) => row.mfaUsed],
  ['openedBy', (row) => row.openedBy],
  ['taskPolicy', (row) => row.taskPolicy],
  ['eventId', (row) => row.eventId],
  ['incidentId', (row) => row.incidentId],
  ['state', (row) => row.state],
  ['answeredBy', (row) => row.answeredBy],
  ['answeredAt', (row) => row.answeredAt],
  ['reason', (row) => row.reason],
  ['ticket', (row) => row.ticket],
  ['alertedAt', (row) => row.alertedAt],
];

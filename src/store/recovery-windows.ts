import type { AccountId } from '../domain/account.ts';
import type { SlackUserId } from '../domain/person.ts';
import type { OpenRecovery, RecoveryWindow, RequestedRecovery } from '../domain/recovery-window.ts';
import { bumpRevision } from './revision.ts';
import type { Database } from './transactions.ts';

/** Saves a new request, unless the account has an open window; returns whether it was saved. */
export async function insertRecovery(tx: Database, request: RequestedRecovery): Promise<boolean> {
  const rows = await tx.query(
    `insert into recovery_windows (id, account_id, state, asked_by, asked_at, reason, ticket, ends_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (account_id) where state in ('asked', 'granted') do nothing
     returning id`,
    [
      request.id,
      request.accountId,
      request.state,
      request.askedBy,
      request.askedAt,
      request.reason,
      request.ticket,
      request.endsAt,
    ],
  );
  await bumpRevision(tx);
  return rows.length > 0;
}

/** Saves the state of a window; what was requested does not change. */
export async function saveRecovery(tx: Database, window: RecoveryWindow): Promise<void> {
  const step: StepFields = window;
  await tx.query(
    `update recovery_windows
        set state = $2, decided_by = $3, decided_at = $4, decision_note = $5, credentials_seen_at = $6,
            end_announced_at = $7, closed_by = $8, closed_at = $9
      where id = $1`,
    [
      window.id,
      window.state,
      step.decidedBy,
      step.decidedAt,
      step.decisionNote,
      step.credentialsSeenAt,
      step.endAnnouncedAt,
      step.closedBy,
      step.closedAt,
    ],
  );
  await bumpRevision(tx);
}

/** Returns a window; undefined if there is none with this id. */
export async function findRecovery(db: Database, id: string): Promise<RecoveryWindow | undefined> {
  const [row] = await db.query<RecoveryRow>(`${SELECT_WINDOWS} where id = $1`, [id]);
  return row && toRecovery(row);
}

/** Returns a window, locked until the transaction ends. */
export async function lockRecovery(tx: Database, id: string): Promise<RecoveryWindow | undefined> {
  const [row] = await tx.query<RecoveryRow>(`${SELECT_WINDOWS} where id = $1 for update`, [id]);
  return row && toRecovery(row);
}

/** Returns what is requested or open, by account, of all accounts or of these; some may have run out since. */
export async function openRecoveriesByAccount(
  db: Database,
  accountIds: readonly AccountId[] | null = null,
): Promise<ReadonlyMap<AccountId, OpenRecovery>> {
  const rows = await db.query<RecoveryRow>(
    `${SELECT_WINDOWS}
      where state in ('asked', 'granted') and ($1::text[] is null or account_id = any ($1))
      order by ends_at, id`,
    [accountIds],
  );
  return new Map(rows.map((row) => [row.account_id, toRecovery(row) as OpenRecovery]));
}

/** Returns the windows of these accounts that end after that time or were closed after it, oldest first. */
export async function recoveriesSince(
  db: Database,
  accountIds: readonly AccountId[],
  since: Date,
): Promise<RecoveryWindow[]> {
  const rows = await db.query<RecoveryRow>(
    `${SELECT_WINDOWS} where account_id = any ($1) and ends_at >= $2 order by asked_at, id`,
    [accountIds, since],
  );
  return rows.map(toRecovery);
}

/** Returns the windows that were requested or open at some time of a period, oldest first. */
export async function listRecoveriesOfPeriod(
  db: Database,
  period: { readonly from: Date; readonly to: Date },
): Promise<RecoveryWindow[]> {
  const rows = await db.query<RecoveryRow>(
    `${SELECT_WINDOWS}
      where asked_at < $2 and coalesce(closed_at, case when state = 'declined' then decided_at end, ends_at) > $1
      order by asked_at, id`,
    [period.from, period.to],
  );
  return rows.map(toRecovery);
}

/** Returns these windows, in whatever state. */
export async function findRecoveriesById(db: Database, ids: readonly string[]): Promise<RecoveryWindow[]> {
  const rows = await db.query<RecoveryRow>(`${SELECT_WINDOWS} where id = any ($1)`, [ids]);
  return rows.map(toRecovery);
}

/** Returns the windows that were closed at that time or later, after they had been open; oldest first. */
export async function recoveriesClosedSince(db: Database, since: Date): Promise<RecoveryWindow[]> {
  const rows = await db.query<RecoveryRow>(
    `${SELECT_WINDOWS}
      where state in ('revoked', 'ended', 'completed') and closed_at >= $1
      order by closed_at, id`,
    [since],
  );
  return rows.map(toRecovery);
}

const SELECT_WINDOWS = `
  select id, account_id, state, asked_by, asked_at, reason, ticket, ends_at, decided_by, decided_at, decision_note,
         credentials_seen_at, end_announced_at, closed_by, closed_at
    from recovery_windows`;

/** What steps leave in the row. */
interface StepFields {
  readonly id: string;
  readonly decidedBy?: SlackUserId;
  readonly decidedAt?: Date;
  readonly decisionNote?: string | null;
  readonly credentialsSeenAt?: Date | null;
  readonly endAnnouncedAt?: Date | null;
  readonly closedBy?: SlackUserId;
  readonly closedAt?: Date;
}

interface RequestRow {
  id: string;
  account_id: AccountId;
  asked_by: SlackUserId;
  asked_at: Date;
  reason: string;
  ticket: string | null;
  ends_at: Date;
}

interface DecisionRow {
  decided_by: SlackUserId;
  decided_at: Date;
  decision_note: string | null;
  credentials_seen_at: Date | null;
  end_announced_at: Date | null;
}

/** The table's checks see to it that each state has its facts. */
type RecoveryRow = RequestRow &
  (
    | { state: 'asked' }
    | { state: 'withdrawn'; closed_by: SlackUserId; closed_at: Date }
    | ({ state: 'declined' | 'granted' } & DecisionRow)
    | ({ state: 'revoked'; closed_by: SlackUserId; closed_at: Date } & DecisionRow)
    | ({ state: 'ended' | 'completed'; closed_at: Date } & DecisionRow)
  );

function toRecovery(row: RecoveryRow): RecoveryWindow {
  const terms = {
    id: row.id,
    accountId: row.account_id,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    reason: row.reason,
    ticket: row.ticket,
    endsAt: row.ends_at,
  };
  switch (row.state) {
    case 'asked':
      return { ...terms, state: row.state };
    case 'withdrawn':
      return { ...terms, state: row.state, closedBy: row.closed_by, closedAt: row.closed_at };
    case 'declined':
      return { ...terms, ...toDecision(row), state: row.state };
    case 'granted':
      return { ...terms, ...toDecision(row), ...toFacts(row), state: row.state };
    case 'revoked':
      return {
        ...terms,
        ...toDecision(row),
        ...toFacts(row),
        state: row.state,
        closedBy: row.closed_by,
        closedAt: row.closed_at,
      };
    case 'ended':
    case 'completed':
      return { ...terms, ...toDecision(row), ...toFacts(row), state: row.state, closedAt: row.closed_at };
  }
}

function toDecision(row: DecisionRow) {
  return { decidedBy: row.decided_by, decidedAt: row.decided_at, decisionNote: row.decision_note };
}

function toFacts(row: DecisionRow) {
  return { credentialsSeenAt: row.credentials_seen_at, endAnnouncedAt: row.end_announced_at };
}

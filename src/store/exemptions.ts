import type { AccountId } from '../domain/account.ts';
import type {
  EndedExemption,
  Exemption,
  GrantedExemption,
  RequestedExemption,
  RevokedExemption,
} from '../domain/exemption.ts';
import type { PolicyControl } from '../domain/guardrails/guardrails.ts';
import type { SlackUserId } from '../domain/person.ts';
import { json } from './json.ts';
import { bumpRevision } from './revision.ts';
import { type Database, isUniqueViolation } from './transactions.ts';

/** The result of saving a new request: an account has one open exemption at most. */
export type CreateExemptionOutcome =
  | { readonly kind: 'created' }
  | { readonly kind: 'already-open'; readonly exemption: RequestedExemption | GrantedExemption };

/** Saves a new request, unless the account has an open exemption, possibly created concurrently. */
export async function createExemption(
  tx: Database,
  request: RequestedExemption,
): Promise<CreateExemptionOutcome> {
  try {
    await tx.transaction((inner) => insert(inner, request));
    return { kind: 'created' };
  } catch (error) {
    if (!isUniqueViolation(error, 'exemptions_open')) throw error;
  }
  const open = await findOpenExemption(tx, request.accountId);
  // Undefined only if the other one was closed in between.
  return open ? { kind: 'already-open', exemption: open } : createExemption(tx, request);
}

/** Returns the exemptions that ended or were ended early at that time or later, oldest first. */
export async function exemptionsClosedSince(
  db: Database,
  since: Date,
): Promise<(EndedExemption | RevokedExemption)[]> {
  const rows = await db.query<ExemptionRow>(
    `${SELECT_EXEMPTIONS} where state in ('ended', 'revoked') and closed_at >= $1 order by closed_at, id`,
    [since],
  );
  return rows
    .map(toExemption)
    .filter((exemption) => exemption.state === 'ended' || exemption.state === 'revoked');
}

/** The exemption with this id, or undefined. */
export async function findExemption(db: Database, id: string): Promise<Exemption | undefined> {
  const [row] = await db.query<ExemptionRow>(`${SELECT_EXEMPTIONS} where id = $1`, [id]);
  return row && toExemption(row);
}

/** The same, locked until the transaction ends, so that no one else decides about it. */
export async function lockExemption(tx: Database, id: string): Promise<Exemption | undefined> {
  const [row] = await tx.query<ExemptionRow>(`${SELECT_EXEMPTIONS} where id = $1 for update`, [id]);
  return row && toExemption(row);
}

/** Saves the state of the exemption; what was requested does not change. */
export async function saveExemption(tx: Database, exemption: Exemption): Promise<void> {
  const transition: TransitionFields = exemption;
  const rows = await tx.query(
    `update exemptions
        set state = $2, decided_by = $3, decided_at = $4, decision_note = $5, end_announced_at = $6,
            closed_by = $7, closed_at = $8, control_policy = $9::jsonb, control_lost_at = $10
      where id = $1
     returning id`,
    [
      exemption.id,
      exemption.state,
      transition.decidedBy,
      transition.decidedAt,
      transition.decisionNote,
      transition.endAnnouncedAt,
      transition.closedBy,
      transition.closedAt,
      transition.control ? json(transition.control) : null,
      transition.controlLostAt,
    ],
  );
  if (rows.length === 0) throw new RangeError(`Cannot save the exemption ${exemption.id}: it does not exist`);
  await bumpRevision(tx);
}

/** Exemptions that were asked for or granted and not yet closed, oldest first; some may have run out since. */
export async function listOpenExemptions(db: Database): Promise<(RequestedExemption | GrantedExemption)[]> {
  const rows = await db.query<OpenExemptionRow>(
    `${SELECT_EXEMPTIONS} where ${IS_OPEN} order by asked_at, id`,
  );
  return rows.map(toOpenExemption);
}

/** The same by account, of all accounts or of these. */
export async function openExemptionsByAccount(
  db: Database,
  accountIds: readonly AccountId[] | null = null,
): Promise<ReadonlyMap<AccountId, RequestedExemption | GrantedExemption>> {
  const rows = await db.query<OpenExemptionRow>(
    `${SELECT_EXEMPTIONS}
      where ${IS_OPEN} and ($1::text[] is null or account_id = any ($1))
      order by asked_at, id`,
    [accountIds],
  );
  return new Map(rows.map((row) => [row.account_id, toOpenExemption(row)]));
}

/** The account's open exemption, or undefined. */
export async function findOpenExemption(
  db: Database,
  accountId: AccountId,
): Promise<RequestedExemption | GrantedExemption | undefined> {
  const [row] = await db.query<OpenExemptionRow>(
    `${SELECT_EXEMPTIONS} where account_id = $1 and ${IS_OPEN}`,
    [accountId],
  );
  return row && toOpenExemption(row);
}

/** Returns every exemption that was requested before the end of a period and not closed before its start, oldest first. */
export async function listExemptionsOfPeriod(
  db: Database,
  period: { readonly from: Date; readonly to: Date },
): Promise<Exemption[]> {
  const rows = await db.query<ExemptionRow>(
    `${SELECT_EXEMPTIONS}
      where asked_at < $2 and coalesce(closed_at, case when state = 'declined' then decided_at end, ends_at) > $1
      order by asked_at, id`,
    [period.from, period.to],
  );
  return rows.map(toExemption);
}

async function insert(tx: Database, request: RequestedExemption): Promise<void> {
  await tx.query(
    `insert into exemptions (id, account_id, state, asked_by, asked_at, reason, compensating_control, ends_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      request.id,
      request.accountId,
      request.state,
      request.askedBy,
      request.askedAt,
      request.reason,
      request.compensatingControl,
      request.endsAt,
    ],
  );
  await bumpRevision(tx);
}

const IS_OPEN = `state in ('asked', 'granted')`;

const SELECT_EXEMPTIONS = `
  select id, account_id, state, asked_by, asked_at, reason, compensating_control, ends_at,
         decided_by, decided_at, decision_note, end_announced_at, closed_by, closed_at, control_policy, control_lost_at
    from exemptions`;

/** The traces that steps leave in the row. */
interface TransitionFields {
  readonly id: string;
  readonly decidedBy?: SlackUserId;
  readonly decidedAt?: Date;
  readonly decisionNote?: string | null;
  readonly endAnnouncedAt?: Date | null;
  readonly closedBy?: SlackUserId;
  readonly closedAt?: Date;
  readonly control?: PolicyControl | null;
  readonly controlLostAt?: Date | null;
}

interface ExemptionRequestRow {
  id: string;
  account_id: AccountId;
  asked_by: SlackUserId;
  asked_at: Date;
  reason: string;
  compensating_control: string | null;
  ends_at: Date;
}

interface DecisionRow {
  decided_by: SlackUserId;
  decided_at: Date;
  decision_note: string | null;
  end_announced_at: Date | null;
  control_policy: PolicyControl | null;
  control_lost_at: Date | null;
}

/** The table's checks see to it that each state has its traces. */
type OpenExemptionRow = ExemptionRequestRow & ({ state: 'asked' } | ({ state: 'granted' } & DecisionRow));
type ExemptionRow =
  | OpenExemptionRow
  | (ExemptionRequestRow &
      (
        | { state: 'withdrawn'; closed_by: SlackUserId; closed_at: Date }
        | ({ state: 'declined' } & DecisionRow)
        | ({ state: 'ended'; closed_at: Date } & DecisionRow)
        | ({ state: 'revoked'; closed_by: SlackUserId; closed_at: Date } & DecisionRow)
      ));

function toExemption(row: ExemptionRow): Exemption {
  switch (row.state) {
    case 'asked':
    case 'granted':
      return toOpenExemption(row);
    case 'withdrawn':
      return {
        ...toExemptionRequest(row),
        state: row.state,
        closedBy: row.closed_by,
        closedAt: row.closed_at,
      };
    case 'declined':
      return { ...toExemptionRequest(row), ...toDecision(row), state: row.state };
    case 'ended':
      return { ...toGranted(row), state: row.state, closedAt: row.closed_at };
    case 'revoked':
      return { ...toGranted(row), state: row.state, closedBy: row.closed_by, closedAt: row.closed_at };
  }
}

function toOpenExemption(row: OpenExemptionRow): RequestedExemption | GrantedExemption {
  return row.state === 'asked' ? { ...toExemptionRequest(row), state: 'asked' } : toGranted(row);
}

function toGranted(row: ExemptionRequestRow & DecisionRow): GrantedExemption {
  return {
    ...toExemptionRequest(row),
    ...toDecision(row),
    state: 'granted',
    endAnnouncedAt: row.end_announced_at,
    control: row.control_policy,
    controlLostAt: row.control_lost_at,
  };
}

function toExemptionRequest(row: ExemptionRequestRow) {
  return {
    id: row.id,
    accountId: row.account_id,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    reason: row.reason,
    compensatingControl: row.compensating_control,
    endsAt: row.ends_at,
  };
}

function toDecision(row: DecisionRow) {
  return { decidedBy: row.decided_by, decidedAt: row.decided_at, decisionNote: row.decision_note };
}

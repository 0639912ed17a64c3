import type { AccountId } from '../../domain/account.ts';
import type { EvidenceControl } from '../../domain/evidence-pack/control-results.ts';
import type { Period } from '../../domain/evidence-pack/intervals.ts';

/** What to put into an evidence pack. */
export interface EvidencePackInput {
  readonly period: Period;
  readonly controls: readonly EvidenceControl[];
  /** Only these accounts; all if undefined. */
  readonly accountIds?: ReadonlySet<AccountId> | undefined;
  /** Replaces people by pseudonyms. */
  readonly redact: boolean;
  readonly madeAt: Date;
  readonly madeBy: string;
  readonly toolVersion: string;
  readonly organization?: string | undefined;
  readonly contact?: string | undefined;
}

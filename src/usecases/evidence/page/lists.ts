import type {
  ExemptionRow,
  RecoveryWindowRow,
  TokenRequestRow,
} from '../../../reports/evidence-pack/files.ts';
import type { RootEventRow } from '../../../reports/root-event-export.ts';
import type { AccountKeys } from '../../keys/read-key-register.ts';

/** What the page shows besides the accounts. */
export interface EvidenceLists {
  readonly exemptions: readonly ExemptionRow[];
  readonly recoveryWindows: readonly RecoveryWindowRow[];
  readonly tokenRequests: readonly TokenRequestRow[];
  readonly rootEvents: readonly RootEventRow[];
  readonly rootEventSource: RootEventSource;
  /** Accounts in the key register, when the pack was made. */
  readonly keys: readonly AccountKeys[];
  /** The name of each person in the pack, by Slack id; empty in a redacted pack. */
  readonly names: ReadonlyMap<string, string>;
  readonly auditEntries: number;
}

/** Whether the bot can receive root events, and from how many accounts it has. */
export interface RootEventSource {
  readonly isConfigured: boolean;
  readonly accounts: number;
  readonly heard: number;
}

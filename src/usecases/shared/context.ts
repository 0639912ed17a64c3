import type { Config } from '../../config/config.ts';
import type { Account, AccountId, DirectoryEntry } from '../../domain/account.ts';
import type { CentralRootAccess } from '../../domain/central-root-access.ts';
import type { CallError } from '../../domain/evidence.ts';
import type { SlackUserId } from '../../domain/person.ts';
import type { AccountObservation } from '../../domain/scan.ts';
import type { AccountCache } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import type { DecisionCache } from '../../store/decision-cache.ts';
import type { Person } from '../../store/people.ts';

/** What use cases need of the world. */
export interface Context {
  readonly db: Database;
  /** The whole company in memory, up to date whenever it is asked. */
  readonly accounts: AccountCache;
  /** What people decided about its accounts, in memory likewise. */
  readonly decisions: DecisionCache;
  readonly config: Config;
  readonly collector: CollectorFactory;
  readonly people: PeopleFinder;
  readonly channels: Channels;
  /** Wakes the dispatcher: call it after the transaction that enqueued notifications. */
  readonly notificationsQueued: () => void;
  /** Aborts when the bot is about to stop: what takes long gives up, and leaves nothing half-done. */
  readonly stopSignal?: AbortSignal;
  /** Why this instance receives no root events; `null` while it does. Absent where no queue is configured. */
  readonly rootEventFailure?: () => RootEventFailure | null;
  readonly log: Log;
  readonly now: () => Date;
}

/** What keeps root events from being received, and since when. */
export interface RootEventFailure {
  readonly reason: string;
  readonly since: Date;
}

/** A channel of a part of the company. */
export interface ChannelOfPart {
  readonly channel: string;
  /** Patterns such as `/Data/**`. */
  readonly orgUnits: readonly string[];
}

/** Where the bot speaks to many, by Slack id; `null`: nowhere, the configuration names no channel. */
export interface Channels {
  readonly digest: string | null;
  readonly tokens: string | null;
  /** Channels of parts of the company, each with the org units whose accounts it sees. */
  readonly parts?: readonly ChannelOfPart[];
  /** Why nothing about accounts may be said in a channel; undefined when it may. Throws when Slack cannot be asked. */
  channelBlockReason(channelId: string): Promise<string | undefined>;
}

/** Who is who in Slack. Throws where Slack cannot be asked: that is no answer. */
export interface PeopleFinder {
  /** Returns a person by Slack ID or email address; undefined if Slack knows no such person. */
  byName(emailOrId: string, maxAgeMs?: number): Promise<Person | undefined>;
  /** Everyone who decides for the company, including members of user groups. */
  admins(): Promise<readonly SlackUserId[]>;
}

/** Opens a collector; throws an error that says what to do if AWS cannot be read. */
export type CollectorFactory = () => Promise<Collector>;

/** Reads AWS once: the accounts, the evidence of each root user, the directory entries. */
export interface Collector {
  /** Why fewer accounts are read than one might expect. */
  readonly warning: string | undefined;
  /** Whether there is an organization to ask for org units, tags and contacts. */
  readonly organization: boolean;
  /** Whether the organization manages root credentials centrally. */
  centralRootAccess(): Promise<CentralRootAccess>;
  accounts(): AsyncIterable<readonly Account[]>;
  /** Never throws for what AWS refuses: that is part of the reading. */
  read(account: Account): Promise<AccountObservation>;
  directory(options: DirectoryFacts): {
    learn(accounts: readonly Account[]): void;
    finish(): Promise<{
      readonly entries: ReadonlyMap<AccountId, DirectoryEntry>;
      readonly errors: readonly CallError[];
    }>;
  };
  close(): void;
}

/** Which facts of the directory to read. */
export interface DirectoryFacts {
  readonly orgUnits: boolean;
  readonly tags: boolean;
  readonly contacts: boolean;
  /** Service control policies: of the whole organization at once, or of a few accounts one by one. */
  readonly guardrails: 'organization' | 'accounts' | false;
}

/** Structured log lines; pino has this shape. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

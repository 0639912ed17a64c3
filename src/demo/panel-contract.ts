import type { RootAction } from './root-activity.ts';

/** State of the AWS panel of the page. */
export interface PanelState {
  /** The demo's clock, ISO 8601. */
  readonly now: string;
  readonly accounts: readonly PanelAccount[];
  /** Start of the latest scan, ISO 8601. */
  readonly lastScan?: string | null;
  /** Tickets of the key requests, newest first. */
  readonly tickets: readonly PanelTicket[];
  /** Whether the ticket system ships approved keys by itself. */
  readonly shipsByItself: boolean;
  /** Buttons that move the clock, such as `{ label: '+1 day', action: { action: 'advance-clock', by: '1d' } }`. */
  readonly clockSteps: readonly { readonly label: string; readonly action: PanelAction }[];
}

export interface PanelTicket {
  readonly key: string;
  readonly url: string;
  readonly summary: string;
  /** Its state, in a few words. */
  readonly state: string;
}

export interface PanelAccount {
  readonly id: string;
  readonly name: string;
  /** What the root user signs in with, in a few words. */
  readonly mfaLabel: string;
  /** The color of the dot beside it. */
  readonly tone: 'good' | 'bad' | 'unsure' | 'none';
  /** The account's state in its organization, such as `ACTIVE` or `SUSPENDED`. */
  readonly state: string | null;
  /** Whether the account refuses the bot. */
  readonly denied: boolean;
  /** Whether a policy of the organization denies its root user. */
  readonly rootDenied: boolean;
  readonly owner: string | null;
  /** What makes the account special, in a sentence or two. */
  readonly story: string | null;
}

/** An action of the panel. */
export type PanelAction =
  | {
      readonly action:
        | 'enrol-key'
        | 'enrol-app'
        | 'remove-mfa'
        | 'remove-credentials'
        | 'deny'
        | 'allow'
        | 'deny-root'
        | 'allow-root';
      readonly accountId: string;
    }
  | { readonly action: RootAction; readonly accountId: string }
  | { readonly action: 'advance-clock'; readonly by: '1h' | '1d' | '1w' }
  | { readonly action: 'ship-by-itself'; readonly on: boolean }
  | { readonly action: 'scan' };

export type PanelAnswer = { readonly ok: true } | { readonly ok: false; readonly error: string };

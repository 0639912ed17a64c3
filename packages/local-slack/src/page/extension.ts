import type { ComponentType } from 'preact';

/** What a project adds to the page: the default export of the module that `buildPage` is given. */
export interface PageExtension {
  /** A panel on the right of the page. */
  readonly panel?: PagePanel;
  /** A sentence for people who see the page for the first time, after those about the page itself. */
  readonly firstSteps?: string;
}

/** A panel on the right of the page, with a button in the top bar that shows and hides it. */
export interface PagePanel {
  readonly label: string;
  readonly description: string;
  readonly Content: ComponentType<PanelTools>;
}

/** What the page gives to the content of a panel. */
export interface PanelTools {
  /** Grows with each change in the workspace. */
  readonly version: number;
  /** Reads what the `panel` option of the local Slack provides. */
  read(): Promise<unknown>;
  /** Passes an action on to the `panel` option; a failed one is shown as a toast. */
  act(action: unknown): Promise<void>;
  /** Returns a relative time, for example "3 hours ago". */
  formatRelativeTime(at: Date, now: Date): string;
  readonly Icon: ComponentType<{
    readonly name: 'clock' | 'search' | 'down' | 'right' | 'warning';
    readonly size?: number;
  }>;
}

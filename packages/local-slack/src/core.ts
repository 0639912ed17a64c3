import type { InputStateStore } from './input-state.ts';
import type { Json } from './json.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { TriggerIds } from './triggers.ts';
import type { LocalWorkspace } from './workspace.ts';

/** What the parts of the local Slack share: its memory, and the few things that are handed out and taken back. */
export interface Core {
  readonly workspace: LocalWorkspace;
  readonly triggers: TriggerIds;
  readonly responseUrls: ResponseUrls;
  readonly inputState: InputStateStore;
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  baseUrl(): string;
  /** A fresh WebSocket address; null when the app is reached over HTTP. */
  socketAddress(): string | null;
  /** Tells the app an event, if its manifest subscribes to `subscription`. */
  emitEvent(subscription: string, event: Json, about?: { readonly shared?: boolean }): void;
}

import type { Json } from './json.ts';

/** Something that Slack sends to the app. */
export interface Envelope {
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: Json;
  /** For events that were not acknowledged the first time. */
  readonly retry?: { readonly attempt: number; readonly reason: string };
}

/** What became of an envelope: the app's answer (an empty one for a bare ack), or none in time. */
export type Receipt =
  | { readonly kind: 'acked'; readonly answer: Json }
  | { readonly kind: 'failed'; readonly reason: 'no_listener' | 'timeout' | 'http_error' };

/** How envelopes reach the app: over a WebSocket that it opened, or by signed HTTP requests. */
export interface Delivery {
  deliver(envelope: Envelope): Promise<Receipt>;
  /** How many WebSockets the app holds; null over HTTP. */
  connections(): number | null;
  close(): Promise<void>;
}

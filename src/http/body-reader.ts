import type { IncomingMessage } from 'node:http';

export type BodyResult =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  /** The sender ended the upload, took too long, or had to make room for others. */
  | { readonly kind: 'aborted' };

export interface BodyReaderOptions {
  readonly maxBytes: number;
  readonly maxInFlight?: number;
  readonly timeoutMs?: number;
}

/** Bodies that are read at the same time. */
const MAX_IN_FLIGHT = 100;
/** Slack sends a body at once. */
const TIMEOUT_MS = 5_000;

/**
 * Creates a reader of request bodies that no sender can exhaust: a body is limited in size and time, and when too many
 * are read at once the oldest one is cut off. Genuine bodies arrive at once; slow ones make room for them.
 */
export function createBodyReader({
  maxBytes,
  maxInFlight = MAX_IN_FLIGHT,
  timeoutMs = TIMEOUT_MS,
}: BodyReaderOptions): (request: IncomingMessage) => Promise<BodyResult> {
  const inFlight = new Set<IncomingMessage>();
  return async (request) => {
    const [oldest] = inFlight;
    if (inFlight.size >= maxInFlight) oldest?.destroy();
    inFlight.add(request);
    const timer = setTimeout(() => request.destroy(), timeoutMs);
    try {
      return await readLimited(request, maxBytes);
    } catch {
      return { kind: 'aborted' };
    } finally {
      clearTimeout(timer);
      inFlight.delete(request);
    }
  };
}

async function readLimited(request: IncomingMessage, maxBytes: number): Promise<BodyResult> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return { kind: 'too-large' };
    chunks.push(chunk);
  }
  return { kind: 'read', body: Buffer.concat(chunks) };
}

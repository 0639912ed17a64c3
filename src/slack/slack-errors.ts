/** Slack understood the call and refused it; `data.error` is its word for why. */
export interface PlatformError extends Error {
  readonly data: {
    readonly error: string;
    readonly needed?: string;
    readonly response_metadata?: { readonly messages?: readonly string[] };
  };
}

/** Whether Slack itself refused, and not the network or a time-out. */
export function isPlatformError(error: unknown): error is PlatformError {
  return typeof (error as { data?: { error?: unknown } } | null)?.data?.error === 'string';
}

/** Returns a part of an answer. Throws where Slack left it out: that says nothing about what was asked. */
export function answerPart<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`Slack answered without ${name}`);
  return part;
}

const LAYOUT_ERRORS: ReadonlySet<string> = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'block_mismatch',
]);

/** Whether Slack refused how a message is laid out, so that the same in other blocks may pass. */
export function isLayoutError(code: string): boolean {
  return LAYOUT_ERRORS.has(code);
}

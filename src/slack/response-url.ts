import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../usecases/shared/context.ts';
import { isLayoutError } from './slack-errors.ts';
import { type RenderedMessage, withFallbackBlocks } from './views/shared/blocks.ts';

/** How a reply is shown: as a new message, or in place of the message with the button. */
export interface ResponseOptions {
  readonly replace?: boolean;
}

const TIMEOUT_MS = 10_000;
const RETRY_AFTER_MS = 500;

/**
 * Replies to an interaction, visible only to the person who started it.
 *
 * Slack's own client helper neither times out nor retries here. A layout that Slack refuses is sent again with blocks
 * that every client knows, and then as text: an answer about security is never lost. The URL expires after
 * five answers or half an hour (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses).
 */
export async function postToResponseUrl(
  responseUrl: string,
  content: RenderedMessage,
  log: Log,
  { replace = false }: ResponseOptions = {},
): Promise<void> {
  const base = { response_type: 'ephemeral', replace_original: replace };
  const layouts = [content, withFallbackBlocks(content), { text: content.text, blocks: undefined }];

  for (const { text, blocks } of layouts) {
    const refusal = await postJson(responseUrl, { ...base, text, ...(blocks && { blocks }) });
    if (refusal === undefined) return;
    if (!isLayoutError(refusal.code)) throw new ResponseUrlError(refusal.code);
    log.error(
      { error: refusal.code, details: refusal.details },
      'Layout of a reply refused, sending plain text',
    );
  }
}

/** A reply that could not be delivered. */
export class ResponseUrlError extends Error {
  override readonly name = 'ReplyError';

  constructor(code: string) {
    super(`Slack rejected the reply: ${code}`);
  }
}

interface PostRefusal {
  readonly code: string;
  readonly details: unknown;
}

/** Sends one reply; returns undefined on success. Retries a transient failure once: a duplicate does no harm here. */
async function postJson(url: string, body: object, attempt = 1): Promise<PostRefusal | undefined> {
  const retry = async (code: string): Promise<PostRefusal | undefined> => {
    if (attempt === 2) return { code, details: undefined };
    await pause(RETRY_AFTER_MS);
    return postJson(url, body, 2);
  };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await response.text();
    if (response.ok) return undefined;
    const { error = answer, ...details } = parseJsonObject(answer);
    return response.status >= 500 || response.status === 429 ? await retry(error) : { code: error, details };
  } catch (error) {
    return retry(error instanceof Error ? error.name : String(error));
  }
}

function parseJsonObject(text: string): { readonly error?: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

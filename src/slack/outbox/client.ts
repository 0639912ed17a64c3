import { type FetchFunction, type Logger, LogLevel, WebClient } from '@slack/web-api';

/**
 * A client whose calls are made once: whether to try again, and when, is the outbox's to decide. The SDK's own second
 * attempt may say the same thing twice, because the first may have arrived although its answer did not.
 */
export function createDispatcherClient({
  token,
  slackApiUrl,
  timeoutMs = 10_000,
  fetch,
}: {
  readonly token: string;
  readonly slackApiUrl?: string | undefined;
  readonly timeoutMs?: number;
  readonly fetch?: FetchFunction | undefined;
}): WebClient {
  return new WebClient(token, {
    ...(slackApiUrl !== undefined && { slackApiUrl }),
    ...(fetch && { fetch }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    logger: silentLogger,
  });
}

/** Logs nothing: the caller gets every failure, and logs it once. */
const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

import { type DestinationStream, type Logger, pino } from 'pino';

/** Slack tokens, AWS keys, addresses with a password, addresses that answer for us: whatever would let a reader in. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\bxox[a-z](-[\w-]+)+/g, 'xox…'],
  [/\bxapp-[\w-]+/g, 'xapp-…'],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, '$1…'],
  [/(\/\/[^\s/:@]+:)[^\s/@]+@/g, '$1…@'],
  [/https:\/\/hooks\.slack\.com\/\S+/g, 'https://hooks.slack.com/…'],
];

/** Keys whose values are secrets wherever they stand. */
const SECRET_KEY = /token|secret|password|authorization|credential|response_url|sessionkey/i;

/** The log: one line of JSON for each thing that happened, without secrets. `own` are texts that never may be shown. */
export function openLog(
  level: string,
  { own = [], to }: { readonly own?: readonly (string | undefined)[]; readonly to?: DestinationStream } = {},
): Logger {
  const texts = own.filter((text): text is string => text !== undefined && text.length >= 8);
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => describe(error) },
    hooks: {
      // The last gate: whatever put a secret into a line, it does not leave the process.
      streamWrite: (line: string) => withoutSecrets(line, texts),
    },
  };
  return to ? pino(options, to) : pino(options);
}

/** An error as a log tells it: its name, its message and where it came from, and Slack's or AWS's word for it. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code, data } = error as { code?: unknown; data?: { error?: unknown; response_metadata?: unknown } };
  return {
    name,
    message,
    ...(code !== undefined && { code }),
    ...(data?.error !== undefined && { slack: data.error, details: data.response_metadata }),
    stack: stack?.split('\n').slice(1, 8).join('\n'),
    ...(cause !== undefined && { cause: describe(cause) }),
  };
}

function withoutSecrets(line: string, own: readonly string[]): string {
  let clean = line;
  for (const text of own) clean = clean.replaceAll(text, '…');
  for (const [pattern, instead] of SECRETS) clean = clean.replace(pattern, instead);
  return clean.replace(/"([^"\\]+)":"(?:[^"\\]|\\.)*"/g, (pair, key: string) =>
    SECRET_KEY.test(key) ? `"${key}":"…"` : pair,
  );
}

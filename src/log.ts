import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * Slack tokens, AWS keys, passwords in addresses, addresses and headers that answer for us: whatever would let a reader
 * in. None begins with a word boundary: in a line of JSON a new line is written `\n`, and the next word grows onto it.
 */
const SECRET_PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/xox[a-z][-.][\w.-]+/g, 'xox…'],
  [/(xapp|xwfp)-[\w-]+/g, '$1-…'],
  [/(AKIA|ASIA)[A-Z0-9]{12,}/g, '$1…'],
  // Up to the last @: a password may hold one.
  [/(:\/\/[^\s/:@"]{0,200}:)[^\s"]{1,200}@/g, '$1…@'],
  [/https:\/\/(hooks|files)\.slack(-gov)?\.com\/[^\s"\\]+/g, 'https://$1.slack$2.com/…'],
  [/(Bearer|Basic)\s+[\w.~+/=-]{16,}/g, '$1 …'],
  [
    /([?&](?:ticket|token|secret|password|X-Amz-(?:Signature|Security-Token|Credential))=)[^\s&"\\]+/gi,
    '$1…',
  ],
  [/(Signature=)[0-9a-f]{32,}/g, '$1…'],
  [/<(SecretAccessKey|SessionToken|AccessKeyId)>[^<]*/g, '<$1>…'],
];

/** Keys whose values are always secrets. */
const SECRET_WORDS = 'token|secret|password|authorization|credential|cookie|response_?url|sessionkey';
const SECRET_KEY = new RegExp(SECRET_WORDS, 'i');
/** A text or a list behind a key. */
const PAIR = /"([^"\\]+)":(?:"(?:[^"\\]|\\.)*"|\["[^\]]*\])/g;
/** Such a key inside a text that is JSON itself, with its quotes escaped once or more, up to where its value begins. */
const INNER_KEY = new RegExp(
  String.raw`(?<!\\)(\\+)"[^"\\]*(?:${SECRET_WORDS})[^"\\]*\1"\s*:\s*(?:\[\s*)?\1"`,
  'gi',
);

const MAX_CAUSE_DEPTH = 5;

/** The log: one line of JSON for each thing that happened, without secrets. `own` are texts that never may be shown. */
export function createLogger(
  level: string,
  {
    secrets = [],
    destination,
  }: { readonly secrets?: readonly (string | undefined)[]; readonly destination?: DestinationStream } = {},
): Logger {
  const redact = createRedactor(secrets);
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => serializeError(error) },
    hooks: {
      // The last gate: whatever put a secret into a line, it does not leave the process.
      streamWrite: redact,
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Takes secrets out of what is about to be shown: those that one knows by their looks, and our own. */
export function createRedactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const texts = secrets
    .filter((text) => text !== undefined)
    .flatMap((text) => [text, ...passwordsIn(text)])
    .filter((text) => text.length >= 8);
  const encodedTexts = [...new Set(texts.flatMap(encodingsOf))].sort((a, b) => b.length - a.length);
  return (text) => redactLine(text, encodedTexts);
}

/** An error as a log tells it: its name, its message and where it came from, and Slack's or AWS's word for it. */
function serializeError(error: unknown, depth = 1): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const { code, data } = error as { code?: unknown; data?: { error?: unknown; response_metadata?: unknown } };
  return {
    name,
    message,
    ...(code !== undefined && { code }),
    ...(data?.error !== undefined && { slack: data.error, details: data.response_metadata }),
    stack: stack?.split('\n').slice(1, 8).join('\n'),
    ...(cause !== undefined && depth < MAX_CAUSE_DEPTH && { cause: serializeError(cause, depth + 1) }),
  };
}

/** Returns the password of a URL, raw and decoded: a driver's messages can hold it without the rest. */
function passwordsIn(text: string): readonly string[] {
  const [, password] = /^\w+:\/\/[^\s/:@]*:([^\s]*)@/.exec(text) ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** How a text may be written: plainly, inside JSON, in JSON inside JSON, in an address. */
function encodingsOf(text: string): readonly string[] {
  const quoted = JSON.stringify(text).slice(1, -1);
  return [text, quoted, JSON.stringify(quoted).slice(1, -1), encodeURIComponent(text)];
}

function redactLine(line: string, secrets: readonly string[]): string {
  let clean = line;
  for (const text of secrets) clean = clean.replaceAll(text, '…');
  for (const [pattern, replacement] of SECRET_PATTERNS) clean = clean.replace(pattern, replacement);
  return redactNestedJson(
    clean.replace(PAIR, (pair, key: string) => (SECRET_KEY.test(key) ? `"${key}":"…"` : pair)),
  );
}

function redactNestedJson(line: string): string {
  let clean = '';
  let from = 0;
  for (const { 0: head, 1: escapes = '', index } of line.matchAll(INNER_KEY)) {
    const begin = index + head.length;
    if (begin < from) continue;
    clean += `${line.slice(from, begin)}…`;
    from = endOfText(line, begin, escapes.length);
  }
  return clean + line.slice(from);
}

/** Where a text ends whose quotes are escaped so often: quotes within it are escaped more often. */
function endOfText(line: string, begin: number, depth: number): number {
  for (let at = line.indexOf('"', begin); at >= 0; at = line.indexOf('"', at + 1)) {
    let escapes = 0;
    while (line[at - escapes - 1] === '\\') escapes += 1;
    if (escapes <= depth) return at - escapes;
  }
  return line.length;
}

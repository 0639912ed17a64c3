import { expect, test } from '@jest/globals';
import { createLogger } from '../src/log.ts';

const ownSecrets = {
  signingSecret: '8f742231b10e8888abcd99yyyzzz85a5',
  databaseUrl: 'postgres://bot:s3cr%40t-pass@db.example.com:5432/mfa',
  awsSecret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  quoted: 'pass"word\\with-quotes',
};

/** Secrets of every kind, each with what must not be read of it. */
const secrets: readonly (readonly [string, string, string])[] = [
  ['a bot token', 'xoxb-111-222-abcDEF', 'abcDEF'],
  ['a rotated token', 'xoxe.xoxb-1-MSQyabcdef', 'MSQyabcdef'],
  ['a refresh token', 'xoxe-1-My0xLTEabc', 'My0xLTEabc'],
  ['an app-level token', 'xapp-1-A111-222-deadbeef', 'deadbeef'],
  ['an access key', 'AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7EXAMPLE'],
  ['an access key of a session', 'ASIAIOSFODNN7EXAMPLE', 'IOSFODNN7EXAMPLE'],
  ['an address that answers', 'https://hooks.slack.com/actions/T1/2/abcdefg', 'abcdefg'],
  ['an address to upload to', 'https://files.slack.com/upload/v1/ABCuvw', 'ABCuvw'],
  ['a password in an address', 'postgres://user:hunter22@host/db', 'hunter22'],
  ['a password with an @ in it', 'postgres://user:hun@ter22@host/db', 'ter22'],
  ['a ticket to a socket', 'wss://wss.slack.com/link/?ticket=1b2c3d4e&app_id=5', '1b2c3d4e'],
  ['a header', 'Bearer abcdefghijklmnop', 'abcdefghijkl'],
  ['a signed address', 'https://sts.amazonaws.com/?X-Amz-Security-Token=FwoGZXIvYXdz&a=1', 'FwoGZXIvYXdz'],
  ['a signature', `AWS4-HMAC-SHA256 Signature=${'ab12'.repeat(16)}`, 'ab12ab12'],
  ['an answer of STS', '<SecretAccessKey>abcd/efgh+ijkl</SecretAccessKey>', 'abcd/efgh+ijkl'],
  ['our signing secret', ownSecrets.signingSecret, ownSecrets.signingSecret],
  ['our AWS secret', ownSecrets.awsSecret, ownSecrets.awsSecret],
  ['our database', ownSecrets.databaseUrl, 's3cr'],
  ['the password of our database', 's3cr@t-pass', 's3cr@t-pass'],
  ['a secret with quotes in it', ownSecrets.quoted, 'with-quotes'],
];

const around = (text: string) => `before ${text} after`;

/** Every way into a line. */
const writers: readonly (readonly [string, (text: string, log: ReturnType<typeof createLogger>) => void])[] =
  [
    ['the message', (text, log) => log.info({}, around(text))],
    ['the message, on a new line', (text, log) => log.info({}, `first\n${text}\tlast`)],
    ['a field', (text, log) => log.warn({ detail: text }, 'x')],
    ['a key', (text, log) => log.warn({ [text]: 1 }, 'x')],
    ['a list', (text, log) => log.warn({ list: ['a', { b: [text] }] }, 'x')],
    ['a field far inside', (text, log) => log.warn({ a: { b: { c: { d: around(text) } } } }, 'x')],
    ['an error', (text, log) => log.error({ err: new Error(around(text)) }, 'x')],
    [
      'the cause of an error',
      (text, log) => log.error({ err: new Error('a', { cause: new Error(text) }) }, 'x'),
    ],
    [
      'the name of an error',
      (text, log) => log.error({ err: Object.assign(new Error('a'), { name: text }) }, 'x'),
    ],
    [
      'the code of an error',
      (text, log) => log.error({ err: Object.assign(new Error('a'), { code: text }) }, 'x'),
    ],
    [
      'what Slack says of an error',
      (text, log) =>
        log.error(
          {
            err: Object.assign(new Error('a'), {
              data: { error: 'b', response_metadata: { messages: [around(text)] } },
            }),
          },
          'x',
        ),
    ],
    ['something thrown that is no error', (text, log) => log.error({ err: { reason: text } }, 'x')],
    ['JSON in a text', (text, log) => log.info({ body: JSON.stringify({ a: text }) }, 'x')],
    ['an address', (text, log) => log.info({ url: `https://example.com/?q=${text}` }, 'x')],
    ['a child of the log', (text, log) => log.child({ from: text }).info({}, 'x')],
    ['the level of last words', (text, log) => log.fatal({ err: new Error(text) }, 'x')],
  ];

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(
    createLogger('info', {
      secrets: Object.values(ownSecrets),
      destination: { write: (line) => lines.push(line) },
    }),
  );
  return lines.join('');
}

test.each(secrets)('%s is read in no line, whichever way it came', (_what, text, hidden) => {
  for (const [way, write] of writers) {
    const line = logged((log) => write(text, log));

    expect({ way, leaks: line.includes(hidden) }).toEqual({ way, leaks: false });
    expect(() => JSON.parse(line)).not.toThrow();
  }
});

test.each([
  'token',
  'botToken',
  'SLACK_SIGNING_SECRET',
  'password',
  'Authorization',
  'secretAccessKey',
  'sessionToken',
  'set-cookie',
  'response_url',
  'responseUrl',
])('what stands under the key %s is not shown, whatever it is', (key) => {
  const value = 'an ordinary "word"';
  const line = logged((log) => {
    log.info({ [key]: value }, 'x');
    log.info({ a: { [key]: [value] } }, 'x');
    log.info({ body: JSON.stringify({ [key]: value, other: 1 }) }, 'x');
    log.info({ body: JSON.stringify({ inner: JSON.stringify({ [key]: value }) }) }, 'x');
  });

  expect(line).not.toContain('ordinary');
  for (const one of line.trim().split('\n')) expect(() => JSON.parse(one)).not.toThrow();
});

test('what is no secret is left alone', () => {
  const line = logged((log) =>
    log.info(
      {
        url: 'http://127.0.0.1:3000/readyz',
        account: '111122223333',
        who: 'ana@example.com',
        job: 'scan',
        period: '2026-11-24T09:00',
      },
      'A job is done',
    ),
  );

  expect(JSON.parse(line)).toMatchObject({
    url: 'http://127.0.0.1:3000/readyz',
    account: '111122223333',
    who: 'ana@example.com',
    period: '2026-11-24T09:00',
    msg: 'A job is done',
  });
});

test('an error that is its own cause is logged without a loop', () => {
  const error = new Error('round and round');
  error.cause = error;

  expect(logged((log) => log.error({ err: error }, 'x'))).toContain('round and round');
});

test('a very long line takes no longer than its length', () => {
  const nasty = ['xoxb-', '"key":"', '\\"a\\":', '://a:', 'AKIA', '?token', 'Bearer '];
  const timeOf = (text: string) => {
    const before = performance.now();
    logged((log) => log.info({ text }, 'x'));
    return performance.now() - before;
  };

  for (const piece of nasty) expect(timeOf(piece.repeat(200_000 / piece.length))).toBeLessThan(2_000);
});

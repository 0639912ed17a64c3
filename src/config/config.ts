import { readFileSync } from 'node:fs';
import { distance } from 'fastest-levenshtein';
import { isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { endOfDate } from '../domain/calendar.ts';
import { CIS_VERSIONS, NEWEST_CIS_VERSION } from '../domain/cis.ts';
import { isCron } from '../domain/cron.ts';
import { isPersonIdentifier } from '../domain/owner.ts';
import { WEBHOOK_EVENT_TYPES } from '../domain/webhooks/event.ts';

/** What the company decided, from `root-mfa.yml`; every default holds where the file is silent. */
export type Config = z.output<typeof configSchema>;

/** Something in the configuration cannot be used. Names every mistake, with its place and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** A text of a given form; the same sentence says what was expected, whatever is wrong. */
const text = (expected: string) => z.string(`expected ${expected}`);
const matching = (pattern: RegExp, expected: string) => text(expected).regex(pattern, `expected ${expected}`);

const PERSON = 'an email address or a Slack user ID';

const id = matching(/^\d{12}$/, 'an AWS account ID, 12 digits');
const person = text(PERSON).refine(isPersonIdentifier, `expected ${PERSON}`);
const role = matching(/^[\w+=,.@/-]{1,512}$/, 'the name of an IAM role, with its path if it has one');
const roleArn = matching(
  /^arn:[\w-]+:iam::\d{12}:role\/.+$/,
  'the ARN of a role, arn:aws:iam::111122223333:role/Name',
);
const externalId = matching(/^[\w+=,.@:/-]{2,1224}$/, 'an external ID of 2 to 1224 characters');
const CRON = 'a cron expression of five fields, such as "0 9 * * 1"';
const cron = text(CRON).refine(isCron, `expected ${CRON}`);
const channel = matching(/^(#[^\s#<>]+|[CG][A-Z0-9]{5,})$/, 'a channel ID or a #name');
const ADMIN = 'a Slack user ID, an email address or a user group ID';
const admin = text(ADMIN).refine(
  (value) => isPersonIdentifier(value) || /^S[A-Z0-9]{5,}$/.test(value),
  `expected ${ADMIN}`,
);
const level = z.literal([1, 2], 'expected 1 (any MFA) or 2 (hardware MFA)');
const proof = z.enum(['benchmark', 'strict']);
const rootCredentials = z.enum(
  ['allowed', 'forbidden'],
  'expected allowed or forbidden (member accounts must have no root credentials)',
);
const integerBetween = (low: number, high: number) =>
  z.int(`expected a whole number, ${low} to ${high}`).min(low).max(high);
const url = z.url({ protocol: /^https$/, error: 'expected an https:// address' });
const QUEUE_URL = 'the URL of an SQS queue, https://sqs.us-east-1.amazonaws.com/111122223333/root-mfa-events';
const queueUrl = text(QUEUE_URL).refine(isQueueUrl, `expected ${QUEUE_URL}`);
const timeZone = text('a time zone such as Europe/London').refine(
  isTimeZone,
  'expected a time zone such as Europe/London',
);
const variable = matching(
  /^[A-Z][A-Z0-9_]*$/,
  'the name of an environment variable, such as TICKETS_WEBHOOK_URL',
);
const WEBHOOK_NAME = 'a name of lowercase letters, digits and hyphens, at most 40';
const orgUnit = matching(/^\//, 'a path that begins with /, such as "/Production/**"');

const CALENDAR_DAY = 'a day such as 2027-03-31';
const calendarDay = text(CALENDAR_DAY).refine(
  (value) => endOfDate(value, 'UTC') !== undefined,
  `expected ${CALENDAR_DAY}`,
);
const accountMatch = z
  .strictObject({
    accounts: z.array(id).default([]),
    orgUnits: z.array(orgUnit).default([]),
    tags: z.record(z.string(), z.string()).default({}),
  })
  .prefault({});

/** Each has a line in the digest, on Home and in a chart, which takes six. */
const MAX_TARGETS = 6;
/** Each can hold up one delivery at a time: messages to Slack keep half of the deliveries in flight. */
const MAX_WEBHOOKS = 4;

const configSchema = z.strictObject({
  aws: z
    .strictObject({
      discovery: z.enum(['organizations', 'accounts', 'auto']).default('auto'),
      accounts: z
        .array(
          z.strictObject({
            id,
            name: z.string().min(1).optional(),
            owner: person.optional(),
            roleArn: roleArn.optional(),
            externalId: externalId.optional(),
          }),
        )
        .default([]),
      managementRoleArn: roleArn.optional(),
      memberRole: role.default('RootMfaReader'),
      externalId: externalId.optional(),
      rootSessions: z.enum(['auto', 'never']).default('auto'),
      credentialReports: z
        .boolean()
        .default(false)
        .describe(
          'Read credential reports: where the account summary could not be read, and when root was last used',
        ),
      concurrency: integerBetween(1, 200).default(50),
      exclude: z.array(id).default([]),
    })
    .refine(({ discovery, accounts }) => discovery !== 'accounts' || accounts.length > 0, {
      path: ['accounts'],
      message: 'expected at least one account, because aws.discovery is accounts',
    })
    .refine(({ accounts }) => new Set(accounts.map((account) => account.id)).size === accounts.length, {
      path: ['accounts'],
      message: 'expected each account once, but an ID is listed twice',
    })
    .prefault({}),
  policy: z
    .strictObject({
      cis: z.enum(CIS_VERSIONS).default(NEWEST_CIS_VERSION),
      level: level.default(1),
      managementAccountLevel: level.default(2),
      rules: z
        .array(
          z.strictObject({
            match: accountMatch,
            level: level.optional(),
            proof: proof.optional(),
            rootCredentials: rootCredentials.optional(),
          }),
        )
        .default([]),
      proof: proof.default('benchmark'),
      rootCredentials: rootCredentials
        .default('allowed')
        .describe(
          'Whether member accounts can keep root credentials; never applies to the management account',
        ),
    })
    .prefault({}),
  targets: z
    .array(
      z
        .strictObject({
          name: text('a name of 1 to 60 characters')
            .min(1, 'expected a name of 1 to 60 characters')
            .max(60, 'expected a name of 1 to 60 characters'),
          match: accountMatch.describe('The accounts it is about; every account if left out'),
          level: level.optional(),
          rootCredentials: z.literal('forbidden', 'expected forbidden').optional(),
          by: calendarDay.describe('The last day that counts'),
        })
        .refine((target) => (target.level === undefined) !== (target.rootCredentials === undefined), {
          message: 'expected either level or rootCredentials',
        }),
    )
    .max(MAX_TARGETS, `expected at most ${MAX_TARGETS} targets`)
    .refine((list) => new Set(list.map(({ name }) => name.toLowerCase())).size === list.length, {
      message: 'expected each name once, but a name is used twice',
    })
    .default([])
    .describe(
      'Days by which some accounts reach a level or have no root credentials; they do not change what policy requires',
    ),
  guardrails: z
    .strictObject({
      check: z
        .enum(['auto', 'off'])
        .default('auto')
        .describe('Read the service control policies of the organization and say what they mean for root'),
    })
    .prefault({}),
  owners: z
    .strictObject({
      tags: z.array(z.string().min(1)).default(['owner', 'Owner', 'contact']),
      managerTags: z
        .array(z.string().min(1))
        .default(['manager', 'Manager'])
        .describe(
          'Account tags that name the owner’s manager, who is asked to help with accounts that stay open',
        ),
      accounts: z.record(id, person).default({}),
      securityContact: z.boolean().default(true),
      fallback: person.optional(),
    })
    .prefault({}),
  slack: z
    .strictObject({
      channel: channel.optional(),
      channels: z
        .array(z.strictObject({ orgUnits: z.array(orgUnit).min(1), channel }))
        .default([])
        .describe('Channels that get a digest and the alerts of their part of the company'),
      admins: z.array(admin).default([]),
      visibility: z.enum(['everyone', 'owners']).default('everyone'),
      enterpriseTeams: z
        .array(matching(/^[TE][A-Z0-9]{5,}$/, 'a workspace or enterprise ID'))
        .default([])
        .describe('Further workspaces of the same company whose people are members too'),
    })
    .prefault({}),
  schedule: z
    .strictObject({
      timezone: timeZone.default('UTC'),
      scan: cron.default('0 */6 * * *'),
      digest: cron.default('0 9 * * 1'),
      reminders: cron.default('*/30 * * * *'),
    })
    .prefault({}),
  rootEvents: z
    .strictObject({
      queueUrl: queueUrl
        .optional()
        .describe('SQS queue that the EventBridge rules of the accounts send to; unset: off'),
      askOwnerWithinMinutes: integerBetween(1, 24 * 60)
        .default(15)
        .describe('An unanswered question about a use of root alerts channel and admins after that'),
      keepDays: integerBetween(30, 3650).default(400).describe('How long root events are kept'),
    })
    .prefault({}),
  digest: z
    .strictObject({
      whenAllMet: z.enum(['post', 'skip']).default('post'),
      groupBy: matching(
        /^(orgUnit|tag:\S.{0,127})$/,
        'orgUnit, or tag: and the key of a tag, such as tag:team',
      )
        .optional()
        .describe('Adds a line for each top-level org unit, or for each value of a tag'),
    })
    .prefault({}),
  reminders: z
    .strictObject({
      mode: z.enum(['off', 'preview', 'pilot', 'on']).default('preview'),
      pilot: z.array(person).default([]),
      respectAway: z.boolean().default(true),
      graceDays: integerBetween(0, 90).default(2),
      everyDays: integerBetween(1, 90).default(7),
      escalateAfter: integerBetween(1, 50).default(3),
      snoozeDays: integerBetween(1, 90).default(7),
      maxSnoozes: integerBetween(0, 20).default(2),
      backup: person
        .optional()
        .describe(
          'Who is asked to help, after the channel, when an owner without a manager tag does not answer',
        ),
      workingHours: z
        .string()
        .refine(isHourRange, 'expected hours such as "09:00-17:00", the end after the beginning')
        .default('09:00-17:00'),
    })
    .prefault({}),
  tokens: z
    .strictObject({
      mode: z.enum(['builtin', 'link', 'workflow']).default('builtin'),
      url: url.optional(),
      workflowUrlVariable: variable
        .optional()
        .describe('Environment variable that holds the address of a webhook trigger of Workflow Builder'),
      keepRequests: z
        .boolean()
        .default(true)
        .describe('With a workflow: whether requests are kept and shown here, too'),
      channel: channel.optional(),
      kinds: z
        .array(z.enum(['security-key', 'totp-token']))
        .min(1)
        .default(['security-key', 'totp-token']),
      offices: z.array(z.string().min(1).max(75)).default([]),
      decideWithinDays: integerBetween(1, 60).default(3),
      stock: z
        .record(
          z.string().min(1).max(75),
          z.strictObject({
            'security-key': integerBetween(0, 100_000).optional(),
            'totp-token': integerBetween(0, 100_000).optional(),
          }),
        )
        .default({})
        .describe('How many keys of each kind an office holds; "*" is the stock of every other place'),
      ticket: z
        .strictObject({
          label: z.string().min(1).max(40).default('Ticket'),
          pattern: text('a regular expression')
            .refine(isRegularExpression, 'expected a regular expression')
            .optional(),
          url: url
            .refine((value) => value.includes('{ticket}'), 'expected an address with {ticket} in it')
            .optional(),
          required: z.boolean().default(false),
        })
        .optional()
        .describe('Asks for a ticket of another system in the request form'),
      ticketSystem: z
        .strictObject({
          name: z
            .string()
            .trim()
            .min(1)
            .max(40)
            .default('Ticket system')
            .describe('Whom messages and the audit log name'),
          secretVariable: variable.describe('Environment variable that holds the signing secret, whsec_…'),
        })
        .optional()
        .describe('Accepts signed calls that take requests further, at /hooks/token-requests'),
    })
    .refine(({ mode, url: address }) => mode !== 'link' || address !== undefined, {
      path: ['url'],
      message: 'expected an https:// address, because tokens.mode is link',
    })
    .refine((tokens) => tokens.mode !== 'workflow' || tokens.workflowUrlVariable !== undefined, {
      path: ['workflowUrlVariable'],
      message: 'expected the name of an environment variable, because tokens.mode is workflow',
    })
    .refine(
      ({ stock, offices }) => Object.keys(stock).every((place) => place === '*' || offices.includes(place)),
      { path: ['stock'], message: 'expected the offices of tokens.offices, or "*"' },
    )
    .prefault({}),
  remediation: z
    .strictObject({
      links: z.array(z.strictObject({ title: z.string().min(1).max(75), url })).default([]),
      rootMailbox: z
        .string()
        .min(1)
        .max(150)
        .optional()
        .describe(
          'Who reads the mailboxes of the root email addresses, such as “the IT service desk, it@example.com”',
        ),
    })
    .prefault({}),
  webhooks: z
    .array(
      z.strictObject({
        name: matching(/^[a-z][a-z0-9-]{0,39}$/, WEBHOOK_NAME),
        urlVariable: variable.describe('Environment variable that holds the https:// address'),
        secretVariable: variable.describe('Environment variable that holds the signing secret, whsec_…'),
        events: z.array(z.enum(WEBHOOK_EVENT_TYPES)).min(1),
        allowPrivateAddresses: z
          .boolean()
          .default(false)
          .describe('The receiver can be in the private network of the company'),
      }),
    )
    .max(MAX_WEBHOOKS, `expected at most ${MAX_WEBHOOKS} webhooks`)
    .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
      message: 'expected each name once, but a name is used twice',
    })
    .default([])
    .describe('Receivers of signed events, by the Standard Webhooks specification'),
  exemptions: z.strictObject({ maxDays: integerBetween(1, 366).default(90) }).prefault({}),
  evidence: z
    .strictObject({
      organization: z.string().min(1).max(200).optional().describe('Printed on evidence packs'),
      contact: z.string().min(1).max(200).optional().describe('Printed on evidence packs'),
    })
    .prefault({}),
});

/** The configuration from a file; the defaults where there is none. Throws a ConfigError that names every mistake. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const configuredFile = env['ROOT_MFA_CONFIG'];
  const file = configuredFile || './root-mfa.yml';
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    if (code === 'ENOENT' && !configuredFile) return configSchema.parse({});
    throw new ConfigError([`${file}: cannot be read (${code}): check the path in ROOT_MFA_CONFIG`]);
  }
  return parseConfig(text, file);
}

/** The configuration in a YAML text. Throws a ConfigError that names every mistake with its line. */
export function parseConfig(text: string, file = 'root-mfa.yml'): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const refuse = (problems: readonly Problem[]): never => {
    const inOrder = [...problems].sort((a, b) => a.offset - b.offset);
    throw new ConfigError(
      inOrder.map(({ offset, message }) => `${file}:${lines.linePos(offset).line}: ${message}`),
    );
  };

  if (document.errors.length > 0) {
    refuse(document.errors.map(({ message, pos }) => ({ offset: pos[0], message: sentence(message) })));
  }
  keepAccountIds(document);

  const parsed = configSchema.safeParse(withoutNulls(document.toJS()) ?? {});
  const mistakes = parsed.error?.issues.flatMap((issue) => problemsOf(issue, document.contents)) ?? [];
  const problems = [...secretsIn(document), ...mistakes];
  return parsed.success && problems.length === 0 ? parsed.data : refuse(problems);
}

/** A mistake and where in the text it is. */
interface Problem {
  readonly offset: number;
  readonly message: string;
}

/** The shape of `root-mfa.yml` as JSON Schema, for editors. */
export function configJsonSchema(): unknown {
  return {
    title: 'root-mfa.yml',
    ...z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7', unrepresentable: 'any' }),
  };
}

function isRegularExpression(value: string): boolean {
  try {
    new RegExp(value);
    return true;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** An address on this machine is a simulation. */
function isQueueUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, pathname } = new URL(value);
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isLocal)) && /^\/\d{12}\/[\w-]+$/.test(pathname);
}

function isHourRange(text: string): boolean {
  const [, from, to] = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/.exec(text) ?? [];
  return from !== undefined && to !== undefined && from < to;
}

/** YAML reads 012345678901 as a number and loses its zero; twelve digits are always an account id here. */
function keepAccountIds(document: ReturnType<typeof parseDocument>): void {
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'number' && /^\d{12}$/.test(node.source ?? '')) node.value = node.source;
    },
  });
}

/** Slack tokens and AWS keys, in any setting. */
const SECRET = /\b(xox[a-z]-|xapp-|A(KIA|SIA)[A-Z0-9]{16})/;

function secretsIn(document: ReturnType<typeof parseDocument>): Problem[] {
  const found: Problem[] = [];
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== 'string' || !SECRET.test(node.value)) return;
      found.push({
        offset: node.range?.[0] ?? 0,
        message:
          'this looks like a secret; secrets come only from the environment, so remove it here and replace it where it was issued',
      });
    },
  });
  return found;
}

/** A key with nothing behind it means its default. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== 'object') return value ?? undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}

function offsetOf(root: unknown, path: readonly PropertyKey[]): number {
  let node = root as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step));
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else {
      node = ((node as { items?: Node[] } | null)?.items?.[Number(step)] ?? null) as Node | null;
      offset = node?.range?.[0] ?? offset;
    }
  }
  return offset;
}

function problemsOf(issue: z.core.$ZodIssue, root: unknown): Problem[] {
  if (issue.code !== 'unrecognized_keys') {
    const name = issue.path.join('.') || 'the file';
    const message =
      issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    return [{ offset: offsetOf(root, issue.path), message: `${name}: ${sentence(message)}` }];
  }
  const known = knownKeys(issue.path);
  return issue.keys.map((key) => {
    const [nearest] = [...known].sort((a, b) => distance(key, a) - distance(key, b));
    const isNear = nearest !== undefined && distance(key, nearest) <= Math.max(2, key.length / 3);
    const hint = isNear ? `did you mean ${nearest}?` : `expected one of ${known.join(', ')}`;
    const path = [...issue.path, key];
    return { offset: offsetOf(root, path), message: `${path.join('.')}: unknown key; ${hint}` };
  });
}

function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: z.core.$ZodType | undefined = configSchema;
  const inner = (wrapped: z.core.$ZodType | undefined): z.core.$ZodType | undefined => {
    const definition = wrapped?._zod.def as { innerType?: z.core.$ZodType } | undefined;
    return definition?.innerType ? inner(definition.innerType) : wrapped;
  };
  for (const step of path) {
    const definition = inner(schema)?._zod.def as
      | { shape?: Record<string, z.core.$ZodType>; element?: z.core.$ZodType }
      | undefined;
    schema = definition?.shape?.[String(step)] ?? definition?.element;
  }
  const definition = inner(schema)?._zod.def as { shape?: object } | undefined;
  return Object.keys(definition?.shape ?? {});
}

/** Library messages end up in a list of ours: one line, no capital, no full stop. */
function sentence(message: string): string {
  const [line = ''] = message.split('\n');
  return line.charAt(0).toLowerCase() + line.slice(1).replace(/[.:]$/, '');
}

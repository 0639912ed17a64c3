import { z } from 'zod';

const accountId = z.string().regex(/^\d{12}$/);
const time = z.iso.datetime();
const account = { accountId, name: z.string() };
const mfaState = z.strictObject({
  mfa: z.string(),
  level1: z.enum(['pass', 'fail', 'unknown', 'not_applicable']),
});

const tokenData = z.strictObject({
  requestId: z.string(),
  state: z.enum(['requested', 'approved', 'declined', 'shipped', 'received', 'enrolled', 'cancelled']),
  kind: z.enum(['security-key', 'totp-token']),
  quantity: z.int(),
  office: z.string().nullable(),
  note: z.string().nullable(),
  ticket: z.string().nullable().describe('The ticket in another system'),
  accounts: z.array(z.strictObject({ ...account, settled: z.enum(['enrolled', 'not-needed']).nullable() })),
  requestedBy: z.string().describe('Slack user ID'),
  requestedAt: time,
  decidedBy: z.string().nullable(),
  reason: z.string().nullable().describe('Why it was declined or withdrawn'),
  shipment: z.strictObject({ note: z.string(), serial: z.string().nullable(), at: time }).nullable(),
});

const exemptionData = z.strictObject({
  exemptionId: z.string(),
  ...account,
  state: z.enum(['granted', 'ended', 'revoked']),
  requestedBy: z.string(),
  decidedBy: z.string(),
  endsAt: time,
});

/** The content of each event, by its type. */
const DATA = {
  'token.requested': tokenData,
  'token.approved': tokenData,
  'token.declined': tokenData,
  'token.shipped': tokenData,
  'token.received': tokenData,
  'token.enrolled': tokenData,
  'token.withdrawn': tokenData,
  'verdict.lost': z.strictObject({
    ...account,
    managementAccount: z.boolean(),
    before: mfaState,
    after: mfaState,
    why: z.string(),
  }),
  'exemption.granted': exemptionData,
  'exemption.ended': exemptionData,
  'root.used': z.strictObject({
    incidentId: z.string(),
    ...account,
    via: z.enum(['root-user', 'root-session']),
    source: z.string().nullable().describe('The address the events came from'),
    firstAt: time,
    announced: z.boolean().describe('Someone announced this use of root'),
    events: z.array(z.string()),
  }),
} as const;

export type WebhookEventType = keyof typeof DATA;

export const WEBHOOK_EVENT_TYPES = Object.keys(DATA) as readonly WebhookEventType[];

/** An event as a webhook receives it. */
export type WebhookEvent = {
  [Type in WebhookEventType]: {
    readonly type: Type;
    /** When it happened. */
    readonly timestamp: string;
    readonly data: z.output<(typeof DATA)[Type]>;
  };
}[WebhookEventType];

const TEST_TYPE = 'webhook.test';
const testData = z.strictObject({ message: z.string() });

/** Returns an event that reports nothing: receivers get it when an operator tries whether they can be reached. */
export function webhookTestEvent(at: Date) {
  const data: z.output<typeof testData> = { message: 'This is a test. Nothing happened.' };
  return { type: TEST_TYPE, timestamp: at.toISOString(), data } as const;
}

/** The JSON Schema of every event, by its type. */
export function webhookEventSchemas(): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries({ ...DATA, [TEST_TYPE]: testData }).map(([type, data]) => [
      type,
      z.toJSONSchema(z.strictObject({ type: z.literal(type), timestamp: time, data }), { target: 'draft-7' }),
    ]),
  );
}

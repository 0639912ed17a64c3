import { z } from 'zod';
import { MAX_TICKET_LENGTH } from '../ticket.ts';
import type { TokenRequest } from '../token-request.ts';

const requestId = z.string('expected the requestId of the event').min(1).max(100);
const words = (expected: string, max: number) =>
  z
    .string(`expected ${expected}`)
    .trim()
    .min(1, `expected ${expected}`)
    .max(max, `expected at most ${max} characters`);

/** As long as what people can enter. */
const MAX_INPUT_LENGTH = 300;
const MAX_DETAIL_LENGTH = 100;

/** The content of each call, by its type. */
const DATA = {
  'token.approved': z.strictObject({ requestId }),
  'token.declined': z.strictObject({
    requestId,
    reason: words('a reason for the requester', MAX_INPUT_LENGTH),
  }),
  'token.shipped': z.strictObject({
    requestId,
    carrier: words('the name of the carrier, or where to pick it up', MAX_DETAIL_LENGTH),
    tracking: words('a tracking number', MAX_DETAIL_LENGTH).nullish(),
    serial: words('serial numbers', MAX_INPUT_LENGTH).nullish(),
  }),
  'token.received': z.strictObject({ requestId }),
  'token.ticket_set': z.strictObject({
    requestId,
    ticket: words('the reference of the ticket', MAX_TICKET_LENGTH),
  }),
} as const;

type TicketCallType = keyof typeof DATA;

/** What the ticket system of the company says about a token request. */
export type TicketCall = {
  [Type in TicketCallType]: {
    readonly type: Type;
    /** When it happened there. */
    readonly timestamp: string;
    readonly data: z.output<(typeof DATA)[Type]>;
  };
}[TicketCallType];

const ticketCallSchema = z.discriminatedUnion(
  'type',
  (Object.keys(DATA) as TicketCallType[]).map((type) =>
    z.strictObject({
      type: z.literal(type),
      timestamp: z.iso.datetime({ offset: true, error: 'expected a time such as 2026-11-24T09:00:00Z' }),
      data: DATA[type],
    }),
  ) as never,
  { error: () => `expected one of ${Object.keys(DATA).join(', ')}` },
);

/** Returns the call in a body, or what is wrong with it as a sentence. */
export function parseTicketCall(
  body: string,
):
  | { readonly kind: 'call'; readonly call: TicketCall }
  | { readonly kind: 'invalid'; readonly problem: string } {
  const invalid = (problem: string) => ({ kind: 'invalid', problem }) as const;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return invalid('The body is not JSON.');
  }
  const parsed = ticketCallSchema.safeParse(value);
  if (parsed.success) return { kind: 'call', call: parsed.data as TicketCall };
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') || 'the body';
  return invalid(`Cannot read ${place}: ${issue?.message ?? 'not what was expected'}.`);
}

/** Returns how a shipment is delivered, as people are shown it: `DHL, 00340434161094`. */
export function shippingNoteOf({
  carrier,
  tracking,
}: Extract<TicketCall, { type: 'token.shipped' }>['data']): string {
  return tracking ? `${carrier}, ${tracking}` : carrier;
}

type State = TokenRequest['state'];

/** States in which a step is done: a call that says so once more comes late, and is no mistake. */
const DONE_IN = {
  'token.approved': ['approved', 'shipped', 'received', 'enrolled'],
  'token.declined': ['declined'],
  'token.shipped': ['shipped', 'received', 'enrolled'],
  'token.received': ['received', 'enrolled'],
  'token.ticket_set': [],
} as const satisfies Record<TicketCallType, readonly State[]>;

/** Whether the request has come as far as the call says, or further. */
export function isAlreadyDone({ type }: Pick<TicketCall, 'type'>, state: State): boolean {
  return (DONE_IN[type] as readonly State[]).includes(state);
}

/** Whether a shipment is one that is known, or older than the one that is known; keys that were lost are shipped again. */
export function isKnownShipment(
  request: TokenRequest,
  { data, timestamp }: Extract<TicketCall, { type: 'token.shipped' }>,
): boolean {
  if (request.state !== 'shipped') return false;
  const isSame = request.shippingNote === shippingNoteOf(data) && request.serial === (data.serial ?? null);
  return isSame || new Date(timestamp) <= request.shippedAt;
}

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isAlreadyDone, isKnownShipment, parseTicketCall } from '../../../src/domain/webhooks/ticket-call.ts';
import { aShippedTokenRequest } from '../../support/token-requests.ts';

const shipment = (fields: object = {}, timestamp = '2026-11-20T09:00:00Z') => {
  const data = { requestId: 'r1', carrier: 'DHL', tracking: '123', ...fields };
  const parsed = parseTicketCall(JSON.stringify({ type: 'token.shipped', timestamp, data }));
  if (parsed.kind !== 'call' || parsed.call.type !== 'token.shipped') throw new Error('not a shipment');
  return parsed.call;
};

test('the example of the documentation is a call', () => {
  const page = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('## Calls from your ticket system');
  const [, example = ''] = /```json\n([\s\S]*?)```/.exec(section) ?? [];

  expect(parseTicketCall(example)).toMatchObject({ kind: 'call', call: { type: 'token.shipped' } });
});

test('a step is done in every state that follows it', () => {
  expect(isAlreadyDone({ type: 'token.approved' }, 'received')).toBe(true);
  expect(isAlreadyDone({ type: 'token.approved' }, 'declined')).toBe(false);
  expect(isAlreadyDone({ type: 'token.shipped' }, 'approved')).toBe(false);
});

test('a shipment is known when it has the same details, or is older than the last one', () => {
  const request = { ...aShippedTokenRequest(), shippingNote: 'DHL, 123' };
  const [before, after] = [-1, 1].map((minutes) =>
    new Date(request.shippedAt.getTime() + minutes * 60_000).toISOString(),
  );

  expect(isKnownShipment(request, shipment({}, after))).toBe(true);
  expect(isKnownShipment(request, shipment({ tracking: '456' }, before))).toBe(true);
  expect(isKnownShipment(request, shipment({ tracking: '456' }, after))).toBe(false);
  expect(isKnownShipment(request, shipment({ serial: '5C-17' }, after))).toBe(false);
});

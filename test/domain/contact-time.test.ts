import { expect, test } from '@jest/globals';
import { deliveryModeFor } from '../../src/domain/contact-time.ts';
import { ANA, BEN } from '../support/reminders.ts';

const ana = { id: ANA, email: 'Ana@example.com' };
const ben = { id: BEN, email: null };

test('off plans nothing, preview shows it to admins, on sends it', () => {
  expect(deliveryModeFor(ana, { mode: 'off', pilot: [ANA] })).toBe('nothing');
  expect(deliveryModeFor(ana, { mode: 'preview', pilot: [ANA] })).toBe('preview');
  expect(deliveryModeFor(ana, { mode: 'on', pilot: [] })).toBe('send');
});

test('a pilot sends to its people, by e-mail or Slack id, and shows the others to admins', () => {
  expect(deliveryModeFor(ana, { mode: 'pilot', pilot: ['ana@example.com'] })).toBe('send');
  expect(deliveryModeFor(ben, { mode: 'pilot', pilot: [BEN] })).toBe('send');
  expect(deliveryModeFor(ben, { mode: 'pilot', pilot: ['ana@example.com'] })).toBe('preview');
});

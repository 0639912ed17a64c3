import { expect, test } from '@jest/globals';
import { protection } from '../../src/demo/aws-panel.ts';

test('the panel names a root access key beside any protection, and shows no such account as green', () => {
  const at = new Date('2026-01-01T00:00Z');
  const token = { kind: 'totp', serialNumber: 'GAHT1', enabledAt: at } as const;
  const root = { passwordSetAt: at, passwordLastUsedAt: null, accessKeys: 1, certificates: 0, devices: [] };

  expect(protection({ ...root, devices: [token] })).toEqual({
    label: 'hardware token, key left',
    tone: 'unsure',
  });
  expect(protection({ ...root, passwordSetAt: null })).toEqual({
    label: 'no password, key left',
    tone: 'unsure',
  });
  expect(protection(root)).toEqual({ label: 'no MFA, key left', tone: 'bad' });
  expect(protection({ ...root, accessKeys: 0, devices: [token] })).toEqual({
    label: 'hardware token',
    tone: 'good',
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readAudit } from '../../scripts/audit.ts';
import { licensesOf } from '../../scripts/licenses.ts';

describe('licenses', () => {
  test('everything that is shipped is under a license on the list', () => {
    const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));

    const { shipped, disallowed } = licensesOf(lock);

    expect(shipped).toBeGreaterThan(50);
    expect(disallowed).toEqual([]);
  });

  test('a license that is not on the list is named, and so is a package that says none', () => {
    const { disallowed } = licensesOf({
      packages: {
        '': { license: 'Apache-2.0' },
        'node_modules/fine': { license: 'MIT' },
        'node_modules/copyleft': { license: 'GPL-3.0-only' },
        'node_modules/fine/node_modules/@scope/silent': {},
        'node_modules/tool': { license: 'GPL-3.0-only', dev: true },
      },
    });

    expect(disallowed).toEqual(['copyleft: GPL-3.0-only', '@scope/silent: no license']);
  });

  test('of two licenses one may be chosen, but two that bind together must both be on the list', () => {
    const { disallowed } = licensesOf({
      packages: {
        'node_modules/choice': { license: '(GPL-2.0-only OR MIT)' },
        'node_modules/both': { license: 'MIT AND GPL-2.0-only' },
      },
    });

    expect(disallowed).toEqual(['both: MIT AND GPL-2.0-only']);
  });
});

describe('audit', () => {
  test('a report without a high or critical vulnerability is clean', () => {
    const report = { vulnerabilities: { slow: { severity: 'moderate', range: '<2' } } };

    expect(readAudit(JSON.stringify(report))).toEqual({ kind: 'clean' });
  });

  test('high and critical vulnerabilities are named', () => {
    const report = { vulnerabilities: { leaky: { severity: 'high', range: '<1.2.3' } } };

    expect(readAudit(JSON.stringify(report))).toEqual({
      kind: 'vulnerable',
      packages: ['leaky <1.2.3: high'],
    });
  });

  test('a registry that refuses is no clean bill', () => {
    const refusal = { message: '405 Method Not Allowed - POST https://registry.example/', statusCode: 405 };

    expect(readAudit(JSON.stringify(refusal))).toEqual({
      kind: 'unavailable',
      why: '405 Method Not Allowed - POST https://registry.example/',
    });
  });

  test('what is neither a report nor a reason is an error', () => {
    expect(() => readAudit('{}')).toThrow(/^npm audit gave neither a report nor a reason/);
    expect(() => readAudit('')).toThrow();
  });
});

import { describe, expect, test } from '@jest/globals';
import type { ControlResult } from '../../src/domain/evidence-pack/control-results.ts';
import type { ControlFinding } from '../../src/reports/control-finding.ts';
import { findingsAsOcsf } from '../../src/reports/ocsf.ts';
import { schemaErrors } from '../support/json-schema.ts';

const errorsOf = (event: unknown) => schemaErrors('ocsf-1.6.0-compliance-finding', event);

function ocsfOf(changes: Partial<ControlFinding> = {}) {
  const finding: ControlFinding = {
    accountId: '111122223333',
    accountName: 'payments-prod',
    partition: 'aws',
    owner: 'ana@example.com',
    control: 'root-mfa',
    result: 'pass',
    evidence: 'Root has a security key.',
    confidence: 'observed',
    since: new Date('2026-07-01T09:00:00Z'),
    at: new Date('2026-09-30T23:59:59Z'),
    ...changes,
  };
  const [line = ''] = [...findingsAsOcsf([finding], { toolVersion: '0.2.0', cisVersion: '7.0.0' })];
  return JSON.parse(line);
}

describe('a finding in OCSF', () => {
  test.each([
    ['pass', 1, 'Resolved'],
    ['fail', 3, 'New'],
    ['exempt', 3, 'Suppressed'],
    ['unknown', 2, 'New'],
    ['not_observed', 2, 'New'],
    ['not_applicable', 99, 'Not applicable'],
  ] as const)(
    '%s is valid, with compliance status %d, and its finding %s',
    (result, complianceStatus, findingStatus) => {
      const event = ocsfOf({ result });

      expect(errorsOf(event)).toEqual([]);
      expect(event.compliance).toMatchObject({ status_id: complianceStatus, status_code: result });
      expect(event.status).toBe(findingStatus);
    },
  );

  test('only a pass is a pass', () => {
    const results: ControlResult[] = ['fail', 'exempt', 'unknown', 'not_observed', 'not_applicable'];

    for (const result of results) expect(ocsfOf({ result }).compliance.status_id).not.toBe(1);
  });

  test('is valid without an owner, a CIS number or a start', () => {
    const event = ocsfOf({ owner: null, since: null, control: 'no-root-credentials', partition: 'aws-cn' });

    expect(errorsOf(event)).toEqual([]);
    expect(event.resources[0].uid).toBe('arn:aws-cn:iam::111122223333:root');
  });

  test('keeps its id from one report to the next', () => {
    const [today, tomorrow] = [ocsfOf(), ocsfOf({ at: new Date('2026-10-01T09:00:00Z') })];

    expect(tomorrow.finding_info.uid).toBe(today.finding_info.uid);
    expect(tomorrow.metadata.uid).not.toBe(today.metadata.uid);
  });

  test('the schema refuses deprecated attributes', () => {
    const event = ocsfOf();

    expect(errorsOf({ ...event, resource: event.resources[0] })).toHaveLength(1);
    expect(errorsOf({ ...event, compliance: { ...event.compliance, status_detail: 'no' } })).toHaveLength(1);
  });
});

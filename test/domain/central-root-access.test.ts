import { expect, test } from '@jest/globals';
import { centralRootAccessOf } from '../../src/domain/central-root-access.ts';
import { failedResult, notAskedResult, okResult } from '../../src/domain/evidence.ts';

const refused = (code: string) =>
  failedResult({ call: 'iam:ListOrganizationsFeatures', code, message: 'refused' });

test.each([
  ['the feature is on', 'enabled', okResult(['RootSessions', 'RootCredentialsManagement'])],
  ['another feature is on', 'disabled', okResult(['RootSessions'])],
  ['trusted access is off', 'disabled', refused('ServiceAccessNotEnabledException')],
  ['the call is denied', 'unknown', refused('AccessDenied')],
  ['the call timed out', 'unknown', refused('Timeout')],
  ['there is no organization', 'not_applicable', notAskedResult],
] as const)('where %s, it is %s', (_what, expected, features) => {
  expect(centralRootAccessOf(features)).toBe(expected);
});

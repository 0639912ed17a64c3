import { readFileSync } from 'node:fs';
import { accountId } from '../../src/domain/account.ts';
import {
  type CallError,
  type Evidence,
  failedResult,
  notAskedResult,
  okResult,
  type SourceResult,
} from '../../src/domain/evidence.ts';
import type { Confidence, Flag, LevelResult, Mfa, RootCredentials } from '../../src/domain/verdict.ts';

interface VirtualDeviceAnswer {
  readonly SerialNumber: string;
  readonly User?: { readonly Arn: string };
  readonly EnableDate?: string;
}

/** One published situation of a root user and the verdict it must get. */
export interface ConformanceCase {
  readonly id: string;
  readonly description: string;
  readonly partition: string;
  readonly accountId: string;
  readonly accountState: string;
  readonly isManagementAccount?: boolean;
  readonly accountSummary: Record<string, number> | null;
  readonly virtualMfaDevices: readonly VirtualDeviceAnswer[] | null;
  readonly rootDevices?: readonly { SerialNumber: string }[];
  readonly mfaDeviceDetails?: Record<string, { Certifications: Record<string, string> }>;
  readonly credentialReportRoot?: Record<string, string>;
  readonly orgFeatures?: readonly string[];
  readonly errors?: Record<string, { code: string; message?: string }>;
  readonly expected: {
    readonly mfa: Mfa;
    readonly l1: LevelResult;
    readonly l2: LevelResult;
    readonly l2Strict: LevelResult;
    readonly rootCredentials: RootCredentials;
    readonly confidence: Confidence;
    readonly flags: readonly Flag[];
  };
}

export const conformanceCases: readonly ConformanceCase[] = JSON.parse(
  readFileSync(new URL('../conformance/root-mfa-cases.json', import.meta.url), 'utf8'),
).cases;

/** The evidence that a collector would bring home in this situation. */
export function evidenceOf(testCase: ConformanceCase): Evidence {
  const errors = testCase.errors ?? {};
  const sourceResult = <T>(value: T | null | undefined, call: string): SourceResult<T> => {
    const error = errors[call];
    if (value !== null && value !== undefined) return okResult(value);
    return error ? failedResult(callError(call, error)) : notAskedResult;
  };

  return {
    account: {
      id: accountId(testCase.accountId),
      partition: testCase.partition,
      state: testCase.accountState,
      managementAccount: testCase.isManagementAccount ?? false,
    },
    summary: sourceResult(testCase.accountSummary, 'getAccountSummary'),
    rootDevices: sourceResult(
      testCase.rootDevices?.map(({ SerialNumber }) => ({
        serialNumber: SerialNumber,
        certifications: testCase.mfaDeviceDetails?.[SerialNumber]?.Certifications ?? {},
      })),
      'listMFADevices',
    ),
    virtualDevices: sourceResult(
      testCase.virtualMfaDevices?.map(({ SerialNumber, User, EnableDate }) => ({
        serialNumber: SerialNumber,
        ...(User && { userArn: User.Arn }),
        ...(!User && EnableDate && { assigned: true as const }),
      })),
      'listVirtualMFADevices',
    ),
    credentialReport: sourceResult(testCase.credentialReportRoot, 'getCredentialReport'),
    organizationFeatures: sourceResult(testCase.orgFeatures, 'listOrganizationsFeatures'),
    refusals: ['stsAssumeRoot', 'stsAssumeRole'].flatMap((call) => {
      const error = errors[call];
      return error ? [callError(call, error)] : [];
    }),
  };
}

function callError(call: string, { code, message = '' }: { code: string; message?: string }): CallError {
  return { call, code, message };
}

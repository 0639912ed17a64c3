import type { SourceResult } from './evidence.ts';

/**
 * Whether the organization manages root credentials centrally (`RootCredentialsManagement`): CIS 2.1.1, judged for the
 * organization. `not_applicable`: there is no organization to ask.
 */
export type CentralRootAccess = 'enabled' | 'disabled' | 'unknown' | 'not_applicable';

/** Without trusted access for IAM the feature cannot be on: a definite answer. */
const TRUSTED_ACCESS_OFF = /^ServiceAccessNotEnabled/;

/** Returns what the list of enabled features shows; any other refusal is no answer. */
export function centralRootAccessOf(features: SourceResult<readonly string[]>): CentralRootAccess {
  switch (features.kind) {
    case 'ok':
      return features.value.includes('RootCredentialsManagement') ? 'enabled' : 'disabled';
    case 'failed':
      return TRUSTED_ACCESS_OFF.test(features.error.code) ? 'disabled' : 'unknown';
    case 'not-asked':
      return 'not_applicable';
  }
}

/** Its state in a few words. */
export const CENTRAL_ROOT_ACCESS_TEXT = {
  enabled: 'on',
  disabled: 'off',
  unknown: 'unknown',
  not_applicable: 'not applicable',
} as const satisfies Record<CentralRootAccess, string>;

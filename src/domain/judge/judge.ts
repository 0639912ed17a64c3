import type { Evidence } from '../evidence.ts';
import type { Verdict } from '../verdict.ts';
import { factsOf } from './facts.ts';
import { flagsOf } from './flags.ts';
import { findRootCredentials } from './root-credentials.ts';
import { firstMatchingRule } from './rules.ts';

/**
 * Returns what the evidence shows about one root user: the first rule that holds decides.
 *
 * A pass, a fail and an exemption each need positive evidence; an error is never read as an empty list, and
 * "centralized root access is on" says nothing about one account. The steps are those of CIS AWS Foundations
 * (root MFA, hardware root MFA), with the exemption for a root user that has no password
 * (https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html, IAM.6 and IAM.9).
 */
export function judge(evidence: Evidence): Verdict {
  const facts = factsOf(evidence);
  const rule = firstMatchingRule(facts);
  const credentials = findRootCredentials(facts);

  return {
    mfa: rule.mfa,
    level1: rule.level1,
    level2: rule.level2,
    rootCredentials: credentials.status,
    rootCredentialsFound: credentials.found,
    rootCredentialsWhy: credentials.why,
    confidence: rule.confidence,
    flags: flagsOf(facts, rule),
    why: rule.why(facts),
    hardwareAssumed: rule.assumesHardware?.(facts) ?? false,
  };
}

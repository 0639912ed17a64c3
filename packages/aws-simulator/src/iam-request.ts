import type { CredentialReports } from './credential-report.ts';
import type { SimulatedAccount, SimulatedOrganization } from './organization.ts';
import type { Signer } from './sessions.ts';
import type { Parameters } from './wire.ts';

/** What an IAM operation needs to answer. */
export interface IamRequest {
  readonly organization: SimulatedOrganization;
  readonly reports: CredentialReports;
  readonly signer: Signer;
  /** The signer's: IAM answers about no other. */
  readonly account: SimulatedAccount;
  readonly parameters: Parameters;
  readonly now: Date;
}

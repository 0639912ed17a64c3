import { AwsError, accessDeniedException } from './aws-error.ts';
import type { ContactKind, SimulatedOrganization } from './organization.ts';
import type { Signer } from './sessions.ts';
import { isAdministrator, isAllowed } from './sts.ts';
import type { AwsResult, Parameters } from './wire.ts';

/** What an Account Management operation needs to answer. */
export interface AccountRequest {
  readonly organization: SimulatedOrganization;
  readonly signer: Signer;
  readonly parameters: Parameters;
}

/** The Account Management operations, by name. */
export const ACCOUNT_OPERATIONS: Readonly<Record<string, (request: AccountRequest) => AwsResult>> = {
  GetAlternateContact: getAlternateContact,
};

const CONTACT_KINDS: readonly string[] = ['SECURITY', 'OPERATIONS', 'BILLING'] satisfies ContactKind[];

function getAlternateContact({ organization, signer, parameters }: AccountRequest): AwsResult {
  const kind = parameters.text('AlternateContactType') ?? '';
  if (!CONTACT_KINDS.includes(kind)) {
    throw new AwsError('ValidationException', `Unknown alternate contact type ${kind}`, 400);
  }

  const requestedId = parameters.text('AccountId');
  checkAccess(organization, signer, requestedId);

  const contact = organization.account(requestedId ?? signer.accountId).contacts[kind as ContactKind];
  if (!contact) {
    throw new AwsError(
      'ResourceNotFoundException',
      'No contact of the inputted alternate contact type found.',
      404,
    );
  }
  return {
    json: {
      AlternateContact: {
        AlternateContactType: kind,
        EmailAddress: contact.email,
        Name: contact.name,
        PhoneNumber: contact.phone,
        Title: contact.title,
      },
    },
  };
}

function checkAccess(
  organization: SimulatedOrganization,
  signer: Signer,
  requestedId: string | undefined,
): void {
  const error = accessDeniedException(
    `User: ${signer.arn} is not authorized to perform: account:GetAlternateContact`,
    403,
  );
  if (!isAllowed(signer, 'account:GetAlternateContact')) throw error;
  if (requestedId === undefined) return;

  // The management account speaks of itself by leaving its id out, and only of members by naming theirs.
  const isOwnAccount = requestedId === organization.managementAccountId;
  if (isOwnAccount || !isAdministrator(organization, signer)) throw error;
  if (!organization.settings.accountManagementTrusted || !organization.isMember(requestedId)) throw error;
}

import type { ContactKind, SimulatedOrganization } from './organization.ts';
import { accessDeniedException, Refusal } from './aws-error.ts';
import type { Signer } from './sessions.ts';
import { isAdministrator, isAllowed } from './sts.ts';
import type { Answer, Parameters } from './wire.ts';

/** What an Account Management operation needs to answer. */
export interface AccountRequest {
  readonly organization: SimulatedOrganization;
  readonly signer: Signer;
  readonly parameters: Parameters;
}

/** The Account Management operations, by name. */
export const ACCOUNT_OPERATIONS: Readonly<Record<string, (request: AccountRequest) => Answer>> = {
  GetAlternateContact: getAlternateContact,
};

const CONTACT_KINDS: readonly string[] = ['SECURITY', 'OPERATIONS', 'BILLING'] satisfies ContactKind[];

function getAlternateContact({ organization, signer, parameters }: AccountRequest): Answer {
  const kind = parameters.text('AlternateContactType') ?? '';
  if (!CONTACT_KINDS.includes(kind)) {
    throw new Refusal('ValidationException', `Unknown alternate contact type ${kind}`, 400);
  }

  const asked = parameters.text('AccountId');
  checkAccess(organization, signer, asked);

  const contact = organization.account(asked ?? signer.accountId).contacts[kind as ContactKind];
  if (!contact) {
    throw new Refusal(
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

function checkAccess(organization: SimulatedOrganization, signer: Signer, asked: string | undefined): void {
  const refusal = accessDeniedException(
    `User: ${signer.arn} is not authorized to perform: account:GetAlternateContact`,
    403,
  );
  if (!isAllowed(signer, 'account:GetAlternateContact')) throw refusal;
  if (asked === undefined) return;

  // The management account speaks of itself by leaving its id out, and only of members by naming theirs.
  const isItself = asked === organization.managementAccountId;
  if (isItself || !isAdministrator(organization, signer)) throw refusal;
  if (!organization.settings.accountManagementTrusted || !organization.isMember(asked)) throw refusal;
}

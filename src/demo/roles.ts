import type { SimulatedRole } from '@root-mfa-bot/aws-simulator';

/** The member role that the bot's documentation asks for. */
export const READER_ROLE: SimulatedRole = {
  name: 'RootMfaReader',
  allows: [
    'iam:GetAccountSummary',
    'iam:ListVirtualMFADevices',
    'iam:GenerateCredentialReport',
    'iam:GetCredentialReport',
  ],
};

/** The role of the bot itself in the management or the delegated administrator account. */
export const BOT_ROLE: SimulatedRole = { name: 'RootMfaBot', allows: 'everything' };

/** What every organization of the demo has in common. */
export const BOT_PRINCIPALS = {
  defaultRoles: [READER_ROLE],
  principalNames: { user: 'root-mfa-bot', role: BOT_ROLE.name },
} as const;

import type { Account } from './account.ts';
import type { Attestation } from './attestation.ts';
import { AWS_DOCS, type DocPage } from './aws-docs.ts';
import { type CisVersion, type Control, cisNumber } from './cis.ts';
import { requirementResult } from './compliance.ts';
import type { Requirement } from './policy.ts';
import {
  attestKeyKind,
  type DeviceToRemove,
  deleteGovCloudRootKey,
  deleteRootKey,
  deleteRootKeyByItself,
  deletingCredential,
  enrolApp,
  enrolHardwareToken,
  enrolSecurityKey,
  grantBotAccess,
  type RemainingRootCredential,
  type RemediationOption,
  type RemediationOptionDraft,
  removeApp,
  removeCredentials,
} from './remediation-options.ts';
import type { KnownAccount } from './scan.ts';
import { unknownReasonOf, unknownText } from './unknown-reason.ts';
import type { Verdict } from './verdict.ts';

/** The situation of an account that someone wants to fix. */
export type Situation =
  /** A member account: no one needs to sign in as its root. */
  | 'remove-root-credentials'
  /** Nothing protects root, and its credentials cannot be removed centrally. */
  | 'enrol-any-then-hardware'
  | 'enrol-hardware-beside-app'
  /** The owner confirmed that it is a passkey. */
  | 'enrol-hardware-beside-passkey'
  /** Hardware MFA and an authenticator app are registered. */
  | 'remove-app'
  | 'say-what-the-key-is'
  /** Sign-in is protected or impossible, but a root access key or certificate exists. */
  | 'delete-root-key'
  /** Non-compliant, and its credentials can never be removed centrally. */
  | 'management-account'
  | 'govcloud'
  | 'china'
  | 'could-not-read'
  | 'nothing-to-do';

/** How to fix one account, in plain text; the view adds emphasis. */
export interface Remediation {
  readonly kind: Situation;
  readonly title: string;
  readonly summary: string;
  /** The recommended one first; empty where there is nothing to do. */
  readonly options: readonly RemediationOption[];
  /** Common mistakes. */
  readonly warnings: readonly string[];
  readonly cis: { readonly version: CisVersion; readonly numbers: readonly CisNumber[] };
  /** AWS documentation on the situation, beyond the pages of each option. */
  readonly pages: readonly DocPage[];
  /** The company's own pages. */
  readonly links: readonly DocPage[];
}

export interface CisNumber {
  readonly control: Control;
  readonly number: string;
}

/** What else the remediation depends on. */
export interface RemediationContext {
  readonly cis: CisVersion;
  readonly links: readonly DocPage[];
  /** The owner's valid attestation of the device. */
  readonly attestation?: Pick<Attestation, 'kind'> | undefined;
  /** Later checks that failed: then the verdict is no longer current. */
  readonly readFailure?: KnownAccount['readFailure'] | undefined;
  /** Which policy keeps the bot out and what to change, in a sentence. */
  readonly policyCure?: string | null | undefined;
}

/** Returns how to fix one account: its situation and the options. */
export function remediationFor(
  account: Pick<Account, 'id' | 'partition' | 'state' | 'managementAccount'>,
  verdict: Verdict | null,
  required: Requirement,
  { cis, links, attestation, readFailure = null, policyCure = null }: RemediationContext,
): Remediation {
  const { pages = [], warnings = [], options: drafts, ...situation } = situationOf();
  const credential = verdict && !readFailure ? remainingRootCredential(verdict) : undefined;
  const options = drafts.map((draft) => deletingCredential(draft, credential));
  return {
    ...situation,
    options: options.map((option, n) => ({ ...option, recommended: n === 0 })),
    warnings: [...warnings, ...warningsFor(options, required)],
    cis: {
      version: cis,
      numbers: controlsFor(required, verdict).flatMap((control) => {
        const number = cisNumber(control, cis);
        return number === undefined ? [] : [{ control, number }];
      }),
    },
    pages,
    links,
  };

  function situationOf(): RemediationDraft {
    const byPartition = BY_PARTITION[account.partition]?.(verdict);
    if (byPartition) return byPartition;
    if (!verdict || readFailure) return couldNotRead();

    switch (requirementResult(verdict, required, attestation?.kind === 'hardware')) {
      case 'fail':
        if (required.rootCredentials === 'forbidden') return forbiddenCredentials(account, verdict);
        return account.managementAccount ? managementAccount(verdict, required) : noncompliant(verdict);
      case 'unknown':
        return isUnproven(verdict) ? unproven() : couldNotRead();
      case 'pass':
      case 'not_applicable': {
        const key = remainingRootCredential(verdict);
        return key ? rootKeyRemains(verdict, key) : nothingToDo(verdict, required);
      }
    }
  }

  function noncompliant(current: Verdict): RemediationDraft {
    const centralRemoval = canBeRemoved(account, current) ? [removeCredentialsOption(account, current)] : [];
    switch (current.mfa) {
      case 'mixed':
        return { ...HARDWARE_AND_APP, options: [removeApp(), ...centralRemoval] };
      case 'virtual': {
        const enrolment = hardwareOptions('app');
        return centralRemoval.length > 0
          ? { ...REMOVE_AN_APP, options: [...centralRemoval, ...enrolment] }
          : { ...APP_ONLY, options: enrolment };
      }
      default: {
        const enrolment = allEnrolmentOptions(required);
        return centralRemoval.length > 0
          ? { ...REMOVE_UNPROTECTED, options: [...centralRemoval, ...enrolment] }
          : { ...UNPROTECTED, options: enrolment };
      }
    }
  }

  function unproven(): RemediationDraft {
    if (attestation?.kind !== 'passkey') return { ...UNPROVEN, options: [attestKeyKind()] };
    const centralRemoval =
      verdict && canBeRemoved(account, verdict) ? [removeCredentialsOption(account, verdict)] : [];
    return { ...PASSKEY, options: [...hardwareOptions('passkey'), ...centralRemoval] };
  }

  function rootKeyRemains(current: Verdict, what: RemainingRootCredential): RemediationDraft {
    if (current.mfa !== 'no_password') {
      return {
        kind: 'delete-root-key',
        title: `Root still has ${what}`,
        summary: `Root sign-in meets policy, but root’s ${what.replace(/^an? /, '')} can do everything without MFA. Delete it.`,
        options: [deleteRootKey()],
      };
    }
    return {
      kind: 'delete-root-key',
      title: `Root has no password, but ${what}`,
      summary: `No one can sign in as root, so MFA is not needed. But root’s ${what.replace(/^an? /, '')} can do everything. Delete it.`,
      options: canBeRemoved(account, current)
        ? [removeCredentialsOption(account, current), deleteRootKeyByItself()]
        : [deleteRootKeyByItself()],
    };
  }

  function couldNotRead(): RemediationDraft {
    const reason = unknownReasonOf({ verdict, readFailure });
    const says = unknownText({ verdict, readFailure }, policyCure);
    return {
      kind: 'could-not-read',
      title: 'I cannot see enough',
      summary: `${says} Until that changes, I cannot tell what to fix.`,
      options: [grantBotAccess(reason, says === policyCure ? policyCure : null)],
    };
  }
}

interface RemediationDraft extends Pick<Remediation, 'kind' | 'title' | 'summary'> {
  readonly options: readonly RemediationOptionDraft[];
  readonly warnings?: readonly string[];
  readonly pages?: readonly DocPage[];
}

type SituationText = Omit<RemediationDraft, 'options'>;

/** The warning about recovering a removed password. */
export const RECOVERY_WARNING =
  'If you need root one day, “Allow password recovery” restores its sign-in. Delete the credentials again afterward: until you do, the account counts as one without MFA.';

const REMOVE_UNPROTECTED: SituationText = {
  kind: 'remove-root-credentials',
  title: 'Root can sign in without MFA',
  summary:
    'The safest fix: remove the root password, so no one can sign in as root. A member account works without it, and there is nothing to buy or lose. Otherwise, register MFA.',
};

const REMOVE_AN_APP: SituationText = {
  kind: 'remove-root-credentials',
  title: 'Root signs in with an authenticator app',
  summary:
    'This account requires hardware MFA. The safest fix: remove the root password, so no one can sign in as root. There is nothing to buy or lose. Otherwise, register hardware MFA, then remove the app.',
};

const UNPROTECTED: SituationText = {
  kind: 'enrol-any-then-hardware',
  title: 'Root can sign in without MFA',
  summary: 'Anyone with the password controls the account. Register MFA today: it takes a few minutes.',
};

const APP_ONLY: SituationText = {
  kind: 'enrol-hardware-beside-app',
  title: 'Root signs in with an authenticator app',
  summary: 'This account requires hardware MFA. Register a hardware device, then remove the app.',
};

const HARDWARE_AND_APP: SituationText = {
  kind: 'remove-app',
  title: 'Hardware MFA is registered, but so is an app',
  summary: 'Any one device is enough to sign in, so the app weakens the protection. Remove the app.',
};

const UNPROVEN: SituationText = {
  kind: 'say-what-the-key-is',
  title: 'Is it a hardware key or a passkey?',
  summary:
    'This account requires proof of hardware MFA, but AWS does not distinguish a hardware key from a passkey.',
};

const PASSKEY: SituationText = {
  kind: 'enrol-hardware-beside-passkey',
  title: 'Root signs in with a passkey',
  summary:
    'This account requires hardware MFA. A passkey on a phone, on a computer or in a password manager can be copied. Register a hardware key, then remove the passkey.',
};

/** Registering MFA would not help: only an admin can fix such an account, and there is nothing to buy. */
function forbiddenCredentials(account: Pick<Account, 'id'>, verdict: Verdict): RemediationDraft {
  return {
    kind: 'remove-root-credentials',
    title: 'Root still has credentials',
    summary: `Policy allows no root credentials in this account. ${verdict.rootCredentialsWhy} An admin removes them centrally; there is nothing to buy, and MFA is not needed afterward.`,
    options: [removeCredentialsOption(account, verdict)],
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html: member accounts only. */
const NO_CENTRAL_REMOVAL =
  'The root credentials of a management account cannot be removed centrally, so it needs MFA';

function managementAccount(verdict: Verdict, required: Requirement): RemediationDraft {
  const common = { kind: 'management-account', pages: [AWS_DOCS.bestPractices] } as const;
  switch (verdict.mfa) {
    case 'mixed':
      return {
        ...common,
        title: 'The management account has hardware MFA, but also an app',
        summary: `${NO_CENTRAL_REMOVAL}. Hardware MFA is registered, but the app weakens it. Remove the app.`,
        options: [removeApp()],
      };
    case 'virtual':
      return {
        ...common,
        title: 'The management account signs in with an authenticator app',
        summary: `${NO_CENTRAL_REMOVAL}. Register a hardware device, then remove the app.`,
        options: hardwareOptions('app'),
      };
    default:
      return {
        ...common,
        title: 'The management account can sign in without MFA',
        summary: `${NO_CENTRAL_REMOVAL} today: its root user controls every account of the company.`,
        options: allEnrolmentOptions(required),
      };
  }
}

/** Partitions in which root has no sign-in. */
const BY_PARTITION: Readonly<Record<string, (verdict: Verdict | null) => RemediationDraft>> = {
  'aws-us-gov': (verdict) => ({
    kind: 'govcloud',
    title:
      verdict && hasRootKey(verdict)
        ? 'The GovCloud root user still has an access key'
        : 'No root sign-in here',
    summary:
      'GovCloud root users cannot sign in to the console, so root MFA does not apply. The linked commercial account has its own root user, which I check there.',
    options: verdict && hasRootKey(verdict) ? [deleteGovCloudRootKey()] : [],
    pages: [AWS_DOCS.govCloudRoot],
  }),
  'aws-cn': () => ({
    kind: 'china',
    title: 'No root sign-in here',
    summary: 'Accounts in the China Regions have no root sign-in, so there is nothing to do.',
    options: [],
    pages: [AWS_DOCS.chinaIam],
  }),
};

function nothingToDo({ mfa, rootCredentials }: Verdict, { level }: Requirement): RemediationDraft {
  const levelText =
    level === 1 ? 'This account requires Level 1: any MFA.' : 'This account requires Level 2: hardware MFA.';
  const summary =
    mfa === 'no_credentials' || rootCredentials === 'absent'
      ? 'Root has no credentials, so there is nothing to protect.'
      : mfa === 'not_applicable'
        ? 'The account is not active.'
        : `${levelText} It complies.`;
  return { kind: 'nothing-to-do', title: 'Nothing to do', summary, options: [] };
}

function hardwareOptions(leftover: DeviceToRemove): RemediationOptionDraft[] {
  return [enrolSecurityKey(leftover), enrolHardwareToken(leftover)];
}

function allEnrolmentOptions({ level }: Requirement): RemediationOptionDraft[] {
  return [...hardwareOptions(undefined), enrolApp({ enough: level === 1 })];
}

function removeCredentialsOption({ id }: Pick<Account, 'id'>, { flags }: Verdict): RemediationOptionDraft {
  return removeCredentials({
    accountId: id,
    enabled: flags.includes('root_credentials_removable'),
    keyInUse: flags.includes('root_access_key_present'),
  });
}

/** Whether AWS can remove the root credentials: member accounts in the commercial partition, or where AWS shows the feature. */
function canBeRemoved(
  { partition, state, managementAccount: isManagement }: Parameters<typeof remediationFor>[0],
  { flags }: Verdict,
): boolean {
  if (isManagement) return false;
  return (partition === 'aws' && state !== null) || flags.includes('root_credentials_removable');
}

function isUnproven({ level2, hardwareAssumed }: Verdict): boolean {
  return level2 === 'pass' && hardwareAssumed;
}

function hasRootKey(verdict: Verdict): boolean {
  return remainingRootCredential(verdict) !== undefined;
}

/** Returns the root credential that works without MFA; undefined if there is none. */
export function remainingRootCredential({
  flags,
}: Pick<Verdict, 'flags'>): RemainingRootCredential | undefined {
  if (flags.includes('root_access_key_present')) return 'an access key';
  return flags.includes('root_signing_certificate_present') ? 'a signing certificate' : undefined;
}

function controlsFor({ level, rootCredentials }: Requirement, verdict: Verdict | null): Control[] {
  return [
    'root-mfa',
    ...(level === 2 ? (['root-hardware-mfa'] as const) : []),
    ...(verdict && hasRootKey(verdict) ? (['no-root-access-key'] as const) : []),
    ...(rootCredentials === 'forbidden' ? (['central-root-access'] as const) : []),
  ];
}

/**
 * Two common mistakes when registering hardware. The steps of the benchmark, as Prowler copies them:
 * https://github.com/prowler-cloud/prowler/tree/master/prowler/compliance/aws
 * What a programmable token is to AWS: https://www.token2.com/site/page/using-totp-hardware-tokens-with-aws-mfa
 */
export const ENROLMENT_WARNINGS = [
  'CIS 6.0.0 and 7.0.0 print the steps for “Authenticator app” and a QR code under hardware MFA. They register an app, which is not hardware MFA.',
  'A programmable token or the code slot of a security key, registered as “Authenticator app”, counts as an app: AWS sees a virtual device.',
] as const;

function warningsFor(options: readonly RemediationOptionDraft[], { level }: Requirement): string[] {
  const has = (...kinds: readonly RemediationOption['kind'][]) =>
    options.some(({ kind }) => kinds.includes(kind));
  return [
    ...(level === 2 && has('security-key', 'hardware-token') ? ENROLMENT_WARNINGS : []),
    ...(has('remove-credentials') ? [RECOVERY_WARNING] : []),
  ];
}

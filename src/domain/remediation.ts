import type { Account } from './account.ts';
import type { Attestation } from './attestation.ts';
import { AWS_PAGES, type Page } from './aws-docs.ts';
import { type CisVersion, type Control, cisNumber } from './cis.ts';
import type { Asked } from './policy.ts';
import {
  deleteGovCloudRootKey,
  deleteRootKey,
  deleteRootKeyWithItself,
  enrolApp,
  enrolHardwareToken,
  enrolSecurityKey,
  type Leftover,
  letTheBotLook,
  removeApp,
  removeCredentials,
  sayWhatTheKeyIs,
  type Way,
  type WayOut,
} from './remediation-options.ts';
import type { KnownAccount } from './scan.ts';
import { UNREAD_REASONS, unreadReason } from './unknown-reason.ts';
import { type LevelResult, level2Under, type Verdict } from './verdict.ts';

/** Where somebody stands who asks how to fix an account. */
export type Situation =
  /** A member account: nobody need be able to sign in as its root. */
  | 'remove-root-credentials'
  /** Nothing protects root, and its credentials cannot be removed centrally. */
  | 'enrol-any-then-hardware'
  | 'enrol-hardware-beside-app'
  /** The owner said that it is a passkey. */
  | 'enrol-hardware-beside-passkey'
  /** Hardware is there, and an app too. */
  | 'remove-app'
  | 'say-what-the-key-is'
  /** The sign-in is in order, or gone; a root access key or certificate is not. */
  | 'delete-root-key'
  /** Falls short, and can never be handled centrally. */
  | 'management-account'
  | 'govcloud'
  | 'china'
  | 'could-not-read'
  | 'nothing-to-do';

/** How to fix one account. Plain text throughout: whoever draws it adds the emphasis. */
export interface Remediation {
  readonly kind: Situation;
  readonly title: string;
  readonly summary: string;
  /** The recommended one first; empty where there is nothing to do. */
  readonly ways: readonly Way[];
  /** What easily goes wrong. */
  readonly warnings: readonly string[];
  readonly cis: { readonly version: CisVersion; readonly numbers: readonly CisNumber[] };
  /** What AWS says about the situation, beyond the pages of each way. */
  readonly pages: readonly Page[];
  /** The company's own pages. */
  readonly links: readonly Page[];
}

export interface CisNumber {
  readonly control: Control;
  readonly number: string;
}

/** What else bears on the way out. */
export interface RemediationContext {
  readonly cis: CisVersion;
  readonly links: readonly Page[];
  /** The owner's last word on the device, while it holds. */
  readonly attestation?: Pick<Attestation, 'kind'> | undefined;
  /** Later looks that told nothing: then the verdict is no longer current. */
  readonly unread?: KnownAccount['unread'] | undefined;
}

/** How to fix one account: its situation, and the ways out of it. */
export function remediationFor(
  account: Pick<Account, 'partition' | 'state' | 'managementAccount'>,
  verdict: Verdict | null,
  asked: Asked,
  { cis, links, attestation, unread = null }: RemediationContext,
): Remediation {
  const { pages = [], warnings = [], ways, ...situation } = situationOf();
  return {
    ...situation,
    ways: ways.map((way, n) => ({ ...way, recommended: n === 0 })),
    warnings: [...warnings, ...warningsFor(ways)],
    cis: {
      version: cis,
      numbers: controlsFor(asked, verdict).map((control) => ({ control, number: cisNumber(control, cis) })),
    },
    pages,
    links,
  };

  function situationOf(): Draft {
    const elsewhere = ELSEWHERE[account.partition]?.(verdict);
    if (elsewhere) return elsewhere;
    if (!verdict || unread) return couldNotRead();

    switch (resultFor(verdict, asked, attestation)) {
      case 'fail':
        return account.managementAccount ? managementAccount(verdict, asked) : fallsShort(verdict);
      case 'unknown':
        return isUnproven(verdict) ? unproven() : couldNotRead();
      case 'pass':
      case 'not_applicable': {
        const key = rootKeyIn(verdict);
        return key ? rootKeyLeft(verdict, key) : nothingToDo(verdict, asked);
      }
    }
  }

  function fallsShort(current: Verdict): Draft {
    const central = canBeRemoved(account, current) ? [remove(current)] : [];
    switch (current.mfa) {
      case 'mixed':
        return { ...HARDWARE_AND_APP, ways: [removeApp(), ...central] };
      case 'virtual': {
        const enrol = hardware('app');
        return central.length > 0
          ? { ...REMOVE_AN_APP, ways: [...central, ...enrol] }
          : { ...APP_ONLY, ways: enrol };
      }
      default: {
        const enrol = enrolAnything(asked);
        return central.length > 0
          ? { ...REMOVE_UNPROTECTED, ways: [...central, ...enrol] }
          : { ...UNPROTECTED, ways: enrol };
      }
    }
  }

  function unproven(): Draft {
    if (attestation?.kind !== 'passkey') return { ...UNPROVEN, ways: [sayWhatTheKeyIs()] };
    const central = verdict && canBeRemoved(account, verdict) ? [remove(verdict)] : [];
    return { ...PASSKEY, ways: [...hardware('passkey'), ...central] };
  }

  function rootKeyLeft(current: Verdict, what: string): Draft {
    if (current.mfa !== 'no_password') {
      return {
        kind: 'delete-root-key',
        title: `Root still has ${what}`,
        summary: `The sign-in is as asked, but ${what} of root can do everything without any MFA. Delete it.`,
        ways: [deleteRootKey()],
      };
    }
    return {
      kind: 'delete-root-key',
      title: `Root has no password, but ${what}`,
      summary: `Nobody can sign in as root, so no MFA is needed; but ${what} of root can do everything. Delete it.`,
      ways: canBeRemoved(account, current)
        ? [remove(current), deleteRootKeyWithItself()]
        : [deleteRootKeyWithItself()],
    };
  }

  function couldNotRead(): Draft {
    const reason = unreadReason({ verdict, unread });
    return {
      kind: 'could-not-read',
      title: 'The bot cannot see enough',
      summary: `${UNREAD_REASONS[reason].says} Until that changes nobody knows what to fix.`,
      ways: [letTheBotLook(reason)],
    };
  }
}

interface Draft extends Pick<Remediation, 'kind' | 'title' | 'summary'> {
  readonly ways: readonly WayOut[];
  readonly warnings?: readonly string[];
  readonly pages?: readonly Page[];
}

type Described = Omit<Draft, 'ways'>;

/** What goes wrong after a removal. */
export const RECOVERY =
  'If root is needed one day, “Allow password recovery” brings its sign-in back. Delete the credentials again afterwards: until then the account counts as one without MFA.';

const REMOVE_UNPROTECTED: Described = {
  kind: 'remove-root-credentials',
  title: 'Root can sign in without MFA',
  summary:
    'Best is that nobody can sign in as root at all: a member account works without root credentials, and there is nothing to buy or to lose. Else register MFA.',
};

const REMOVE_AN_APP: Described = {
  kind: 'remove-root-credentials',
  title: 'Root signs in with an authenticator app',
  summary:
    'Hardware is asked of this account. Best is that nobody can sign in as root at all: nothing to buy or to lose. Else register hardware, then remove the app.',
};

const UNPROTECTED: Described = {
  kind: 'enrol-any-then-hardware',
  title: 'Root can sign in without MFA',
  summary: 'Whoever learns the password owns the account. Register MFA today; it takes some minutes.',
};

const APP_ONLY: Described = {
  kind: 'enrol-hardware-beside-app',
  title: 'Root signs in with an authenticator app',
  summary: 'Hardware is asked of this account. Register it beside the app, then remove the app.',
};

const HARDWARE_AND_APP: Described = {
  kind: 'remove-app',
  title: 'Hardware is there, but so is an app',
  summary: 'Any one device is enough to sign in, so an app undoes the hardware. Remove the app.',
};

const UNPROVEN: Described = {
  kind: 'say-what-the-key-is',
  title: 'Is it a key, or a passkey?',
  summary: 'Proof of hardware is asked of this account, and AWS does not tell a hardware key from a passkey.',
};

const PASSKEY: Described = {
  kind: 'enrol-hardware-beside-passkey',
  title: 'Root signs in with a passkey',
  summary:
    'A passkey on a phone, a computer or in a password manager can be copied, and hardware is asked of this account. Register a key, then remove the passkey.',
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html: member accounts only. */
const ONLY_BY_ITSELF =
  'The root credentials of a management account cannot be removed centrally, so it needs MFA of its own';

function managementAccount(verdict: Verdict, asked: Asked): Draft {
  const common = { kind: 'management-account', pages: [AWS_PAGES.bestPractices] } as const;
  switch (verdict.mfa) {
    case 'mixed':
      return {
        ...common,
        title: 'The management account has hardware, but an app too',
        summary: `${ONLY_BY_ITSELF}. The hardware is there; an app beside it undoes it.`,
        ways: [removeApp()],
      };
    case 'virtual':
      return {
        ...common,
        title: 'The management account signs in with an authenticator app',
        summary: `${ONLY_BY_ITSELF}: hardware, and then no app any more.`,
        ways: hardware('app'),
      };
    default:
      return {
        ...common,
        title: 'The management account can sign in without MFA',
        summary: `${ONLY_BY_ITSELF}, today: whoever is root there owns every account of the company.`,
        ways: enrolAnything(asked),
      };
  }
}

/** Partitions in which root has no sign-in. */
const ELSEWHERE: Readonly<Record<string, (verdict: Verdict | null) => Draft>> = {
  'aws-us-gov': (verdict) => ({
    kind: 'govcloud',
    title:
      verdict && hasRootKey(verdict) ? 'Root of GovCloud still has an access key' : 'No root sign-in here',
    summary:
      'Root users of GovCloud cannot sign in to the console, so root MFA does not exist here. The commercial account linked to it has a root user of its own, which is checked there.',
    ways: verdict && hasRootKey(verdict) ? [deleteGovCloudRootKey()] : [],
    pages: [AWS_PAGES.govCloudRoot],
  }),
  'aws-cn': () => ({
    kind: 'china',
    title: 'No root sign-in here',
    summary:
      'Accounts of the China Regions have no root user, so there is nothing to protect and nothing to do.',
    ways: [],
    pages: [AWS_PAGES.chinaIam],
  }),
};

function nothingToDo({ mfa }: Verdict, { level }: Asked): Draft {
  const met =
    level === 1
      ? 'Level 1 is asked of this account: any MFA.'
      : 'Level 2 is asked of this account: hardware MFA.';
  const summary =
    mfa === 'no_credentials'
      ? 'Root has nothing to sign in with, so there is nothing to protect.'
      : mfa === 'not_applicable'
        ? 'The account is not active.'
        : `${met} It is met.`;
  return { kind: 'nothing-to-do', title: 'Nothing to do', summary, ways: [] };
}

function hardware(leftover: Leftover): WayOut[] {
  return [enrolSecurityKey(leftover), enrolHardwareToken(leftover)];
}

function enrolAnything({ level }: Asked): WayOut[] {
  return [...hardware(undefined), enrolApp({ enough: level === 1 })];
}

function remove({ flags }: Verdict): WayOut {
  return removeCredentials({
    enabled: flags.includes('root_credentials_removable'),
    keyInUse: flags.includes('root_access_key_present'),
  });
}

/** A member account of an organization in the commercial partition; elsewhere only where AWS shows the feature. */
function canBeRemoved(
  { partition, state, managementAccount: isManagement }: Parameters<typeof remediationFor>[0],
  { flags }: Verdict,
): boolean {
  if (isManagement) return false;
  return (partition === 'aws' && state !== null) || flags.includes('root_credentials_removable');
}

function resultFor(
  verdict: Verdict,
  { level, proof }: Asked,
  attestation: RemediationContext['attestation'],
): LevelResult {
  return level === 1 ? verdict.level1 : level2Under(proof, verdict, attestation?.kind === 'hardware');
}

function isUnproven({ level2, hardwareAssumed }: Verdict): boolean {
  return level2 === 'pass' && hardwareAssumed;
}

function hasRootKey(verdict: Verdict): boolean {
  return rootKeyIn(verdict) !== undefined;
}

/** What root could act with, whatever its MFA; undefined where there is no such thing. */
export function rootKeyIn({ flags }: Pick<Verdict, 'flags'>): string | undefined {
  if (flags.includes('root_access_key_present')) return 'an access key';
  return flags.includes('root_signing_certificate_present') ? 'a signing certificate' : undefined;
}

function controlsFor({ level }: Asked, verdict: Verdict | null): Control[] {
  return [
    'root-mfa',
    ...(level === 2 ? (['root-hardware-mfa'] as const) : []),
    ...(verdict && hasRootKey(verdict) ? (['no-root-access-key'] as const) : []),
  ];
}

/**
 * The two traps of registering hardware. The steps of the benchmark, as Prowler copies them:
 * https://github.com/prowler-cloud/prowler/tree/master/prowler/compliance/aws
 * What a programmable token is to AWS: https://www.token2.com/site/page/using-totp-hardware-tokens-with-aws-mfa
 */
export const TRAPS = [
  'The hardware steps printed in CIS versions 6.0.0 and 7.0.0 describe “Authenticator app” and a QR code. Following them registers an app, and Level 2 stays failed.',
  'A programmable token, or the code slot of a security key, that is registered as “Authenticator app” counts as an app: AWS sees a virtual device.',
] as const;

function warningsFor(ways: readonly WayOut[]): string[] {
  const has = (...kinds: readonly Way['kind'][]) => ways.some(({ kind }) => kinds.includes(kind));
  return [
    ...(has('security-key', 'hardware-token') ? TRAPS : []),
    ...(has('remove-credentials') ? [RECOVERY] : []),
  ];
}

import {
  ROOT_CREDENTIAL_KINDS,
  type RootCredentialKind,
  type RootCredentials,
  type Verdict,
} from '../verdict.ts';
import { type Facts, listsNoDevice, showsMfaDevice } from './facts.ts';

/** What is known of root's credentials. */
export interface RootCredentialsFinding {
  readonly status: RootCredentials;
  readonly found: readonly RootCredentialKind[];
  readonly why: string;
}

type Presence = Readonly<Record<RootCredentialKind, boolean | undefined>>;

/**
 * Returns whether root has a password, an access key, a signing certificate or an MFA device.
 *
 * One that is seen is enough for `present`; `absent` needs all four to be seen to be none, live. The credential report
 * can show a credential, but not that there is none: it can be hours old, and leaves out inactive keys.
 */
export function findRootCredentials(facts: Facts): RootCredentialsFinding {
  const exclusion = whyNotApplicable(facts);
  if (exclusion) return { status: 'not_applicable', found: [], why: exclusion };

  const live = livePresence(facts);
  const reported = reportedPresence(facts);
  const seenLive = ROOT_CREDENTIAL_KINDS.filter((kind) => live[kind]);
  const notSeenLive = ROOT_CREDENTIAL_KINDS.filter((kind) => live[kind] === undefined);
  const seenInReport = notSeenLive.filter((kind) => reported[kind]);
  const unconfirmed = notSeenLive.filter((kind) => !reported[kind]);
  const found = ROOT_CREDENTIAL_KINDS.filter((kind) => live[kind] ?? reported[kind]);
  const status = found.length > 0 ? 'present' : unconfirmed.length > 0 ? 'unknown' : 'absent';
  return { status, found, why: explain(seenLive, seenInReport, unconfirmed) };
}

function whyNotApplicable({ active, evidence: { account } }: Facts): string | undefined {
  if (!active) return `The account is not active (${account.state}), so its root user was not examined.`;
  if (account.partition === 'aws-cn') return 'AWS China accounts have no root user.';
  return undefined;
}

function livePresence(facts: Facts): Presence {
  // GovCloud root has neither a password nor MFA: whatever is not reported there does not exist.
  const noSignIn = facts.evidence.account.partition === 'aws-us-gov' ? false : undefined;
  return {
    password: facts.password ?? noSignIn,
    access_key: facts.accessKeys,
    signing_certificate: facts.certificates,
    mfa_device: mfaDevicePresence(facts) ?? noSignIn,
  };
}

function mfaDevicePresence(facts: Facts): boolean | undefined {
  if (showsMfaDevice(facts)) return true;
  return facts.mfaOn === false || listsNoDevice(facts) ? false : undefined;
}

function reportedPresence({ report }: Facts): Presence {
  return {
    password: report?.password,
    access_key: report?.accessKeys,
    signing_certificate: report?.certificates,
    mfa_device: report?.mfaOn,
  };
}

/** Returns whether the verdict knows of every kind, live: one that it does not name was seen to be none. */
export function isEveryKindKnown({
  rootCredentialsFound,
  rootCredentialsWhy,
}: Pick<Verdict, 'rootCredentialsFound' | 'rootCredentialsWhy'>): boolean {
  return rootCredentialsWhy === explain(rootCredentialsFound, [], []);
}

/** Returns kinds as text: `a password and an access key`. */
export function credentialKindsText(kinds: readonly RootCredentialKind[]): string {
  return listOf(kinds, 'and');
}

function explain(
  seenLive: readonly RootCredentialKind[],
  seenInReport: readonly RootCredentialKind[],
  unconfirmed: readonly RootCredentialKind[],
): string {
  if (seenLive.length + seenInReport.length + unconfirmed.length === 0) {
    return 'Root has no password, access key, signing certificate or MFA device.';
  }
  const sentences = [
    seenLive.length > 0 && `Root has ${listOf(seenLive, 'and')}.`,
    seenInReport.length > 0 &&
      `The credential report (up to four hours old) says root has ${listOf(seenInReport, 'and')}.`,
    unconfirmed.length > 0 && `Could not confirm whether root has ${listOf(unconfirmed, 'or')}.`,
  ];
  return sentences.filter(Boolean).join(' ');
}

const KIND_TEXT: Record<RootCredentialKind, string> = {
  password: 'a password',
  access_key: 'an access key',
  signing_certificate: 'a signing certificate',
  mfa_device: 'an MFA device',
};

function listOf(kinds: readonly RootCredentialKind[], conjunction: 'and' | 'or'): string {
  const texts = kinds.map((kind) => KIND_TEXT[kind]);
  const last = texts.pop() ?? '';
  return texts.length === 0 ? last : `${texts.join(', ')} ${conjunction} ${last}`;
}

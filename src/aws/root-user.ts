import {
  GenerateCredentialReportCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  type IAMClient,
  ListMFADevicesCommand,
  ListVirtualMFADevicesCommand,
} from '@aws-sdk/client-iam';
import type { Account } from '../domain/account.ts';
import {
  type AccountSummary,
  type CallError,
  type CredentialReportRow,
  type Evidence,
  failedResult,
  notAskedResult,
  okResult,
  type RootDevice,
  resultValue,
  type SourceResult,
  type VirtualDevice,
} from '../domain/evidence.ts';
import { callError } from './call-error.ts';

/** The ways into one account. Each opens a session, or throws what AWS answered. */
export interface AccessMethods {
  /** As root, with the audit policy only; absent where AWS has no such session. */
  readonly asRoot?: (() => Promise<IAMClient>) | undefined;
  /** As a role in the account, or as ourselves where the account is ours; absent where neither is set up. */
  readonly asRole?: { readonly call: string; readonly open: () => Promise<IAMClient> } | undefined;
}

export interface ExamineOptions {
  /** Centralised root access, as the organization has it. */
  readonly organizationFeatures: SourceResult<readonly string[]>;
  /** Read the credential report where the summary could not be read. */
  readonly credentialReports: boolean;
}

/**
 * What AWS tells about one root user: by a root session if there is one, else, or for what it could not show, by a
 * role. Only calls that can change the verdict are made; whatever fails is unseen, with its reason.
 */
export async function examineRootUser(
  account: Account,
  access: AccessMethods,
  options: ExamineOptions,
): Promise<Evidence> {
  const refusals: CallError[] = [];
  let summary: SourceResult<AccountSummary> = notAskedResult;
  let rootDevices: SourceResult<readonly RootDevice[]> = notAskedResult;
  let virtualDevices: SourceResult<readonly VirtualDevice[]> = notAskedResult;
  let credentialReport: SourceResult<CredentialReportRow> = notAskedResult;

  if (isReadable(account)) {
    const root = await openSession('sts:AssumeRoot', access.asRoot, refusals);
    if (root) {
      summary = await readSummary(root);
      if (devicesAffectVerdict(account, summary)) rootDevices = await readRootDevices(root, account);
    }

    const summaryIsMissing = summary.kind !== 'ok';
    const devicesAreMissing = devicesAffectVerdict(account, summary) && rootDevices.kind !== 'ok';
    if (summaryIsMissing || devicesAreMissing) {
      const role = await openSession(access.asRole?.call ?? 'sts:AssumeRole', access.asRole?.open, refusals);
      if (role) {
        const summaryAsRoot = summary;
        if (summaryIsMissing) summary = await readSummary(role);
        if (summaryAsRoot.kind === 'failed') refusals.push(summaryAsRoot.error);
        if (devicesAffectVerdict(account, summary) && rootDevices.kind !== 'ok') {
          virtualDevices = await readVirtualDevices(role, account);
        }
        if (options.credentialReports && summary.kind !== 'ok') {
          credentialReport = await readCredentialReport(role);
        }
      }
    }
  }

  return {
    account,
    summary,
    rootDevices,
    virtualDevices,
    credentialReport,
    organizationFeatures: options.organizationFeatures,
    refusals,
  };
}

/** Closed accounts refuse everybody, and China has no root user to ask about. */
function isReadable({ state, partition }: Account): boolean {
  return (state === null || state === 'ACTIVE') && partition !== 'aws-cn';
}

/** Whether a list of devices can still change the verdict: not where MFA is off, or root cannot sign in. */
function devicesAffectVerdict({ partition }: Account, summary: SourceResult<AccountSummary>): boolean {
  if (partition === 'aws-us-gov') return false;
  const counts = resultValue(summary) ?? {};
  return counts['AccountMFAEnabled'] !== 0 && counts['AccountPasswordPresent'] !== 0;
}

async function openSession(
  call: string,
  open: (() => Promise<IAMClient>) | undefined,
  refusals: CallError[],
): Promise<IAMClient | undefined> {
  try {
    return await open?.();
  } catch (error) {
    refusals.push(callError(call, error));
    return undefined;
  }
}

async function readSource<T>(call: string, read: () => Promise<T>): Promise<SourceResult<T>> {
  try {
    return okResult(await read());
  } catch (error) {
    return failedResult(callError(call, error));
  }
}

function readSummary(iam: IAMClient): Promise<SourceResult<AccountSummary>> {
  return readSource('iam:GetAccountSummary', async () => {
    const { SummaryMap = {} } = await iam.send(new GetAccountSummaryCommand({}));
    return SummaryMap as AccountSummary;
  });
}

function readRootDevices(iam: IAMClient, account: Account): Promise<SourceResult<readonly RootDevice[]>> {
  return readSource('iam:ListMFADevices', () =>
    readAllPages(async (Marker) => {
      const page = await iam.send(new ListMFADevicesCommand(Marker ? { Marker } : {}));
      const items = (page.MFADevices ?? []).map(({ SerialNumber = '' }) => ({ serialNumber: SerialNumber }));
      for (const { serialNumber } of items) assertSameAccount(account, serialNumber);
      return { items, next: page.IsTruncated ? page.Marker : undefined };
    }),
  );
}

function readVirtualDevices(
  iam: IAMClient,
  account: Account,
): Promise<SourceResult<readonly VirtualDevice[]>> {
  return readSource('iam:ListVirtualMFADevices', () =>
    readAllPages(async (Marker) => {
      const page = await iam.send(
        new ListVirtualMFADevicesCommand({ MaxItems: 1000, ...(Marker && { Marker }) }),
      );
      const items = (page.VirtualMFADevices ?? []).map(({ SerialNumber = '', User }) => ({
        serialNumber: SerialNumber,
        ...(User?.Arn && { userArn: User.Arn }),
      }));
      for (const { serialNumber, userArn } of items) assertSameAccount(account, userArn ?? serialNumber);
      return { items, next: page.IsTruncated ? page.Marker : undefined };
    }),
  );
}

/** All pages, or the error of the one that failed: half a list is no list. */
async function readAllPages<T>(
  read: (marker: string | undefined) => Promise<{ items: T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  const markers = new Set<string>();
  for (let marker: string | undefined; ; ) {
    const { items, next } = await read(marker);
    all.push(...items);
    if (!next) return all;
    if (markers.has(next)) throw namedError('EndlessList', 'AWS keeps answering with the same page');
    markers.add(next);
    marker = next;
  }
}

/** An answer about another account must never pass for this one's. */
function assertSameAccount(account: Account, arn: string): void {
  const [, answeredAccountId] = /^arn:[^:]+:iam::(\d{12}):/.exec(arn) ?? [];
  if (answeredAccountId !== undefined && answeredAccountId !== account.id) {
    throw namedError('WrongAccount', `asked about ${account.id}, AWS answered about ${answeredAccountId}`);
  }
}

function readCredentialReport(iam: IAMClient): Promise<SourceResult<CredentialReportRow>> {
  return readSource('iam:GetCredentialReport', async () => {
    const { State } = await iam.send(new GenerateCredentialReportCommand({}));
    // A report takes seconds to make, and one scan does not wait for it: the next finds it ready.
    if (State !== 'COMPLETE') throw namedError('ReportInProgress', 'the credential report is being made');

    const { Content } = await iam.send(new GetCredentialReportCommand({}));
    return parseRootRow(Buffer.from(Content ?? []).toString('utf8'));
  });
}

function parseRootRow(csv: string): CredentialReportRow {
  const [header = '', ...rows] = csv.split('\n').map((line) => line.trim());
  const root = rows.find((row) => row.startsWith('<root_account>,'));
  if (root === undefined)
    throw namedError('RootRowMissing', 'the credential report has no <root_account> row');

  // No cell of root's row holds a comma: names of users and tags are not in it.
  const cells = root.split(',');
  return Object.fromEntries(header.split(',').map((column, at) => [column, cells[at] ?? '']));
}

function namedError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

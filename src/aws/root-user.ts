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
  type Evidence,
  notAsked,
  type ReportRow,
  type RootDevice,
  type Sighting,
  seen,
  told,
  unseen,
  type VirtualDevice,
} from '../domain/evidence.ts';
import { callError } from './call-error.ts';

/** The ways into one account. Each opens a session, or throws what AWS answered. */
export interface Ways {
  /** As root, with the audit policy only; absent where AWS has no such session. */
  readonly asRoot?: (() => Promise<IAMClient>) | undefined;
  /** As a role in the account, or as ourselves where the account is ours; absent where neither is set up. */
  readonly asRole?: { readonly call: string; readonly open: () => Promise<IAMClient> } | undefined;
}

export interface ExaminationOptions {
  /** Centralised root access, as the organization has it. */
  readonly organizationFeatures: Sighting<readonly string[]>;
  /** Read the credential report where the summary could not be read. */
  readonly credentialReports: boolean;
}

/**
 * What AWS tells about one root user: by a root session if there is one, else, or for what it could not show, by a
 * role. Only calls that can change the verdict are made; whatever fails is unseen, with its reason.
 */
export async function examineRootUser(
  account: Account,
  ways: Ways,
  options: ExaminationOptions,
): Promise<Evidence> {
  const refusals: CallError[] = [];
  let summary: Sighting<AccountSummary> = notAsked;
  let rootDevices: Sighting<readonly RootDevice[]> = notAsked;
  let virtualDevices: Sighting<readonly VirtualDevice[]> = notAsked;
  let credentialReport: Sighting<ReportRow> = notAsked;

  if (isExamined(account)) {
    const root = await session('sts:AssumeRoot', ways.asRoot, refusals);
    if (root) {
      summary = await readSummary(root);
      if (devicesMatter(account, summary)) rootDevices = await readRootDevices(root, account);
    }

    const summaryIsMissing = summary.kind !== 'seen';
    const devicesAreMissing = devicesMatter(account, summary) && rootDevices.kind !== 'seen';
    if (summaryIsMissing || devicesAreMissing) {
      const role = await session(ways.asRole?.call ?? 'sts:AssumeRole', ways.asRole?.open, refusals);
      if (role) {
        const sawAsRoot = summary;
        if (summaryIsMissing) summary = await readSummary(role);
        if (sawAsRoot.kind === 'unseen') refusals.push(sawAsRoot.error);
        if (devicesMatter(account, summary) && rootDevices.kind !== 'seen') {
          virtualDevices = await readVirtualDevices(role, account);
        }
        if (options.credentialReports && summary.kind !== 'seen') {
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
function isExamined({ state, partition }: Account): boolean {
  return (state === null || state === 'ACTIVE') && partition !== 'aws-cn';
}

/** Whether a list of devices can still change the verdict: not where MFA is off, or root cannot sign in. */
function devicesMatter({ partition }: Account, summary: Sighting<AccountSummary>): boolean {
  if (partition === 'aws-us-gov') return false;
  const counts = told(summary) ?? {};
  return counts['AccountMFAEnabled'] !== 0 && counts['AccountPasswordPresent'] !== 0;
}

async function session(
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

async function look<T>(call: string, read: () => Promise<T>): Promise<Sighting<T>> {
  try {
    return seen(await read());
  } catch (error) {
    return unseen(callError(call, error));
  }
}

function readSummary(iam: IAMClient): Promise<Sighting<AccountSummary>> {
  return look('iam:GetAccountSummary', async () => {
    const { SummaryMap = {} } = await iam.send(new GetAccountSummaryCommand({}));
    return SummaryMap as AccountSummary;
  });
}

function readRootDevices(iam: IAMClient, account: Account): Promise<Sighting<readonly RootDevice[]>> {
  return look('iam:ListMFADevices', () =>
    everyPage(async (Marker) => {
      const page = await iam.send(new ListMFADevicesCommand(Marker ? { Marker } : {}));
      const items = (page.MFADevices ?? []).map(({ SerialNumber = '' }) => ({ serialNumber: SerialNumber }));
      for (const { serialNumber } of items) assertOwn(account, serialNumber);
      return { items, next: page.IsTruncated ? page.Marker : undefined };
    }),
  );
}

function readVirtualDevices(iam: IAMClient, account: Account): Promise<Sighting<readonly VirtualDevice[]>> {
  return look('iam:ListVirtualMFADevices', () =>
    everyPage(async (Marker) => {
      const page = await iam.send(
        new ListVirtualMFADevicesCommand({ MaxItems: 1000, ...(Marker && { Marker }) }),
      );
      const items = (page.VirtualMFADevices ?? []).map(({ SerialNumber = '', User }) => ({
        serialNumber: SerialNumber,
        ...(User?.Arn && { userArn: User.Arn }),
      }));
      for (const { serialNumber, userArn } of items) assertOwn(account, userArn ?? serialNumber);
      return { items, next: page.IsTruncated ? page.Marker : undefined };
    }),
  );
}

/** All pages, or the error of the one that failed: half a list is no list. */
async function everyPage<T>(
  read: (marker: string | undefined) => Promise<{ items: T[]; next: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  const markers = new Set<string>();
  for (let marker: string | undefined; ; ) {
    const { items, next } = await read(marker);
    all.push(...items);
    if (!next) return all;
    if (markers.has(next)) throw named('EndlessList', 'AWS keeps answering with the same page');
    markers.add(next);
    marker = next;
  }
}

/** An answer about another account must never pass for this one's. */
function assertOwn(account: Account, arn: string): void {
  const [, whose] = /^arn:[^:]+:iam::(\d{12}):/.exec(arn) ?? [];
  if (whose !== undefined && whose !== account.id) {
    throw named('WrongAccount', `asked about ${account.id}, AWS answered about ${whose}`);
  }
}

function readCredentialReport(iam: IAMClient): Promise<Sighting<ReportRow>> {
  return look('iam:GetCredentialReport', async () => {
    const { State } = await iam.send(new GenerateCredentialReportCommand({}));
    // A report takes seconds to make, and one scan does not wait for it: the next finds it ready.
    if (State !== 'COMPLETE') throw named('ReportInProgress', 'the credential report is being made');

    const { Content } = await iam.send(new GetCredentialReportCommand({}));
    return rootRow(Buffer.from(Content ?? []).toString('utf8'));
  });
}

function rootRow(csv: string): ReportRow {
  const [header = '', ...rows] = csv.split('\n').map((line) => line.trim());
  const root = rows.find((row) => row.startsWith('<root_account>,'));
  if (root === undefined) throw named('RootRowMissing', 'the credential report has no <root_account> row');

  // No cell of root's row holds a comma: names of users and tags are not in it.
  const cells = root.split(',');
  return Object.fromEntries(header.split(',').map((column, at) => [column, cells[at] ?? '']));
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

import {
  GenerateCredentialReportCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
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
import { rootLastUseOf } from '../domain/root-last-use.ts';
import { callError } from './call-error.ts';
import type { IamSession } from './clients.ts';
import { withAbort, withDeadline } from './deadline.ts';

/** The ways into one account. Each opens a session, or throws what AWS answered. */
export interface AccessMethods {
  /** As root, with the audit policy only; absent where AWS has no such session. */
  readonly asRoot?: ((signal: AbortSignal) => Promise<IamSession>) | undefined;
  /** As a role in the account, or as the bot itself where the account is its own; absent where neither is set up. */
  readonly asRole?:
    | { readonly call: string; readonly open: (signal: AbortSignal) => Promise<IamSession> }
    | undefined;
}

export interface ExamineOptions {
  /** Centralized root access, as the organization has it. */
  readonly organizationFeatures: SourceResult<readonly string[]>;
  /** Read the credential report where the summary could not be read. */
  readonly credentialReports: boolean;
  /** When to stop: what has been read by then is the evidence. */
  readonly signal: AbortSignal;
}

/** Nothing depends on it. */
const LAST_USE_TIMEOUT_MS = 10_000;

/** Within this a root session must have answered, so that there is time for the role. */
const ROOT_SESSION_TIMEOUT_MS = 25_000;

/**
 * Returns what AWS shows about one root user: by a root session if there is one, else, or for what it could not show,
 * by a role. Whatever fails is a failed source, with its reason.
 */
export async function examineRootUser(
  account: Account,
  access: AccessMethods,
  options: ExamineOptions,
): Promise<Evidence> {
  const draft: EvidenceDraft = {
    account,
    summary: notAskedResult,
    rootDevices: notAskedResult,
    virtualDevices: notAskedResult,
    credentialReport: notAskedResult,
    organizationFeatures: options.organizationFeatures,
    refusals: [],
  };
  if (isReadable(account)) {
    await withDeadline(
      ROOT_SESSION_TIMEOUT_MS,
      (signal) => readAsRoot(draft, access, signal),
      options.signal,
    );
    if (isIncomplete(draft) && !options.signal.aborted) await readAsRole(draft, access, options);
    if (options.credentialReports && hasUsableCredential(draft) && !draft.rootLastUse) {
      await withDeadline(LAST_USE_TIMEOUT_MS, (signal) => readLastUse(draft, access, signal), options.signal);
    }
  }
  return draft;
}

type EvidenceDraft = { -readonly [Key in keyof Evidence]: Evidence[Key] } & { refusals: CallError[] };

/** Closed accounts refuse every call, and China has no root user to ask about. */
function isReadable({ state, partition }: Account): boolean {
  return (state === null || state === 'ACTIVE') && partition !== 'aws-cn';
}

function isIncomplete({ account, summary, rootDevices }: EvidenceDraft): boolean {
  return summary.kind !== 'ok' || (devicesAffectVerdict(account, summary) && rootDevices.kind !== 'ok');
}

/** Whether a list of devices can still change the verdict: not where MFA is off, or root cannot sign in. */
function devicesAffectVerdict(
  { partition }: Pick<Account, 'partition'>,
  summary: SourceResult<AccountSummary>,
): boolean {
  if (partition === 'aws-us-gov') return false;
  const counts = resultValue(summary) ?? {};
  return counts['AccountMFAEnabled'] !== 0 && counts['AccountPasswordPresent'] !== 0;
}

async function readAsRoot(draft: EvidenceDraft, { asRoot }: AccessMethods, signal: AbortSignal) {
  const iam = await openSession('sts:AssumeRoot', asRoot, draft, signal);
  if (!iam) return;
  const { account } = draft;
  draft.summary = await readSummary(iam, signal);
  if (devicesAffectVerdict(account, draft.summary)) {
    draft.rootDevices = await readRootDevices(iam, account, signal);
  }
}

async function readAsRole(
  draft: EvidenceDraft,
  { asRole }: AccessMethods,
  { credentialReports, signal }: ExamineOptions,
) {
  const iam = await openSession(asRole?.call ?? 'sts:AssumeRole', asRole?.open, draft, signal);
  if (!iam) return;
  const { account } = draft;
  const needsSummary = draft.summary.kind !== 'ok';
  const needsList = draft.rootDevices.kind !== 'ok' && account.partition !== 'aws-us-gov';
  // Side by side: the list takes no further round trip then, and shows look-alikes even where MFA is off.
  const [summary, virtualDevices] = await Promise.all([
    needsSummary ? readSummary(iam, signal) : draft.summary,
    needsList ? readVirtualDevices(iam, account, signal) : notAskedResult,
  ]);
  if (draft.summary.kind === 'failed') draft.refusals.push(draft.summary.error);
  draft.summary = summary;
  draft.virtualDevices = virtualDevices;
  if (credentialReports && summary.kind !== 'ok') {
    useReport(draft, await readCredentialReport(iam, signal));
  }
}

function useReport(draft: EvidenceDraft, report: SourceResult<CredentialReport>): void {
  draft.credentialReport = report.kind === 'ok' ? okResult(report.value.row) : report;
  if (report.kind === 'ok') draft.rootLastUse = rootLastUseOf(report.value.row, report.value.madeAt);
}

function hasUsableCredential({ summary }: EvidenceDraft): boolean {
  const counts = resultValue(summary) ?? {};
  return (counts['AccountPasswordPresent'] ?? 0) + (counts['AccountAccessKeysPresent'] ?? 0) > 0;
}

/** Reads only when root was last used: a report that cannot be read is no gap in the evidence. */
async function readLastUse(
  draft: EvidenceDraft,
  { asRole }: AccessMethods,
  signal: AbortSignal,
): Promise<void> {
  try {
    const iam = asRole && (await withAbort(signal, asRole.open(signal)));
    const report = iam && (await readCredentialReport(iam, signal));
    if (report?.kind === 'ok') draft.rootLastUse = rootLastUseOf(report.value.row, report.value.madeAt);
  } catch {
    // The role is missing, or refuses.
  }
}

async function openSession(
  call: string,
  open: ((signal: AbortSignal) => Promise<IamSession>) | undefined,
  { refusals }: EvidenceDraft,
  signal: AbortSignal,
): Promise<IamSession | undefined> {
  if (!open) return undefined;
  try {
    return await withAbort(signal, open(signal));
  } catch (error) {
    refusals.push(callError(call, signal.aborted ? signal.reason : error));
    return undefined;
  }
}

async function readSource<T>(
  call: string,
  signal: AbortSignal,
  read: () => Promise<T>,
): Promise<SourceResult<T>> {
  try {
    return okResult(await withAbort(signal, read()));
  } catch (error) {
    return failedResult(callError(call, signal.aborted ? signal.reason : error));
  }
}

function readSummary(iam: IamSession, signal: AbortSignal): Promise<SourceResult<AccountSummary>> {
  return readSource('iam:GetAccountSummary', signal, async () => {
    const { SummaryMap = {} } = await iam.send(new GetAccountSummaryCommand({}), { abortSignal: signal });
    return SummaryMap as AccountSummary;
  });
}

function readRootDevices(
  iam: IamSession,
  account: EvidenceDraft['account'],
  signal: AbortSignal,
): Promise<SourceResult<readonly RootDevice[]>> {
  return readSource('iam:ListMFADevices', signal, () =>
    readAllPages(async (Marker) => {
      const page = await iam.send(new ListMFADevicesCommand(Marker ? { Marker } : {}), {
        abortSignal: signal,
      });
      const items = (page.MFADevices ?? []).map(({ SerialNumber = '' }) => ({ serialNumber: SerialNumber }));
      for (const { serialNumber } of items) assertSameAccount(account, serialNumber);
      return { items, next: nextMarker(page) };
    }),
  );
}

function readVirtualDevices(
  iam: IamSession,
  account: EvidenceDraft['account'],
  signal: AbortSignal,
): Promise<SourceResult<readonly VirtualDevice[]>> {
  return readSource('iam:ListVirtualMFADevices', signal, () =>
    readAllPages(async (Marker) => {
      const page = await iam.send(
        new ListVirtualMFADevicesCommand({ MaxItems: 1000, ...(Marker && { Marker }) }),
        { abortSignal: signal },
      );
      const items = (page.VirtualMFADevices ?? []).map(
        ({ SerialNumber = '', User, EnableDate }): VirtualDevice => ({
          serialNumber: SerialNumber,
          ...(User?.Arn ? { userArn: User.Arn } : (User || EnableDate) && { assigned: true as const }),
        }),
      );
      for (const { serialNumber, userArn } of items) assertSameAccount(account, userArn ?? serialNumber);
      return { items, next: nextMarker(page) };
    }),
  );
}

function nextMarker({
  IsTruncated,
  Marker,
}: {
  IsTruncated?: boolean | undefined;
  Marker?: string | undefined;
}): string | undefined {
  if (!IsTruncated) return undefined;
  if (!Marker) throw namedError('IncompleteList', 'AWS says that more follows, but not how to ask for it');
  return Marker;
}

/** Returns all pages, or throws the error of the one that failed: half a list is not a list. */
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

/** Throws where AWS answered about another account. */
function assertSameAccount(account: Pick<Account, 'id'>, arn: string): void {
  const [, answeredAccountId] = /^arn:[^:]+:iam::(\d{12}):/.exec(arn) ?? [];
  if (answeredAccountId !== undefined && answeredAccountId !== account.id) {
    throw namedError('WrongAccount', `asked about ${account.id}, AWS answered about ${answeredAccountId}`);
  }
}

function readCredentialReport(iam: IamSession, signal: AbortSignal): Promise<SourceResult<CredentialReport>> {
  return readSource('iam:GetCredentialReport', signal, async () => {
    const { State } = await iam.send(new GenerateCredentialReportCommand({}), { abortSignal: signal });
    // AWS makes a report in seconds, and a scan does not wait for it: the next one finds it ready.
    if (State !== 'COMPLETE') throw namedError('ReportInProgress', 'the credential report is being made');

    const { Content, GeneratedTime } = await iam.send(new GetCredentialReportCommand({}), {
      abortSignal: signal,
    });
    return {
      row: parseRootRow(Buffer.from(Content ?? []).toString('utf8')),
      madeAt: GeneratedTime ?? new Date(),
    };
  });
}

interface CredentialReport {
  readonly row: CredentialReportRow;
  readonly madeAt: Date;
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

import {
  GenerateCredentialReportCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  ListMFADevicesCommand,
  paginateListVirtualMFADevices,
} from '@aws-sdk/client-iam';
import type { Clients, Simulation } from '../../packages/aws-simulator/test/simulation.ts';
import { accountId } from '../../src/domain/account.ts';
import {
  type CredentialReportRow,
  type Evidence,
  failedResult,
  notAskedResult,
  okResult,
  type SourceResult,
} from '../../src/domain/evidence.ts';

/**
 * Everything that one account of a simulation tells about its root user: each source is asked, by every way in,
 * without the economy of a real scan.
 */
export async function collectEvidence(
  simulation: Simulation,
  id: string,
  { withReport = false } = {},
): Promise<Evidence> {
  const { organization } = simulation;
  const { state } = organization.account(id);
  const isManagement = id === organization.managementAccountId;

  const root = isManagement ? null : await trySession(() => simulation.inRootSession(id));
  const role = await trySession(() => simulation.inRole(id));
  const summaries = [await summaryFrom(root), await summaryFrom(role)];

  return {
    account: { id: accountId(id), partition: organization.partition, state, managementAccount: isManagement },
    summary:
      summaries.find(({ kind }) => kind === 'ok') ??
      summaries.find(({ kind }) => kind === 'failed') ??
      notAskedResult,
    rootDevices: await sourceResult(root, async ({ iam }) => {
      const { MFADevices = [] } = await iam.send(new ListMFADevicesCommand({}));
      return MFADevices.map(({ SerialNumber = '' }) => ({ serialNumber: SerialNumber }));
    }),
    virtualDevices: await sourceResult(role, async ({ iam }) => {
      const devices = [];
      for await (const { VirtualMFADevices = [] } of paginateListVirtualMFADevices({ client: iam }, {})) {
        for (const { SerialNumber = '', User } of VirtualMFADevices) {
          devices.push({ serialNumber: SerialNumber, ...(User?.Arn ? { userArn: User.Arn } : {}) });
        }
      }
      return devices;
    }),
    credentialReport: withReport ? await sourceResult(role, rootRow) : notAskedResult,
    organizationFeatures: notAskedResult,
    refusals: [],
  };
}

async function rootRow({ iam }: Clients): Promise<CredentialReportRow> {
  await iam.send(new GenerateCredentialReportCommand({}));
  await iam.send(new GenerateCredentialReportCommand({}));
  const { Content = new Uint8Array() } = await iam.send(new GetCredentialReportCommand({}));
  const [header = '', row = ''] = Buffer.from(Content).toString().split('\n');
  const cells = row.split(',');
  return Object.fromEntries(header.split(',').map((column, n) => [column, cells[n] ?? '']));
}

function summaryFrom(clients: Clients | null): Promise<Evidence['summary']> {
  return sourceResult(clients, async ({ iam }) => {
    return (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap ?? {};
  });
}

async function trySession(openSession: () => Promise<Clients>): Promise<Clients | null> {
  return openSession().catch(() => null);
}

async function sourceResult<T>(
  clients: Clients | null,
  call: (clients: Clients) => Promise<T>,
): Promise<SourceResult<T>> {
  if (!clients) return notAskedResult;
  return call(clients).then(okResult, (error: Error) =>
    failedResult({ call: 'test', code: error.name, message: error.message }),
  );
}

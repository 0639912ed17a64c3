import {
  GenerateCredentialReportCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  type IAMClient,
  ListMFADevicesCommand,
  paginateListVirtualMFADevices,
} from '@aws-sdk/client-iam';
import { accountId } from '../../src/domain/account.ts';
import {
  type CredentialReportRow,
  type Evidence,
  failedResult,
  notAskedResult,
  okResult,
  type SourceResult,
} from '../../src/domain/evidence.ts';
import type { SimulatedClients } from './simulated-clients.ts';

/** Returns all evidence about the root user of one simulated account: every source is asked, in every way. */
export async function collectEvidence(
  clients: SimulatedClients,
  id: string,
  { withReport = false } = {},
): Promise<Evidence> {
  const { organization } = clients;
  const { state } = organization.account(id);
  const isManagement = id === organization.managementAccountId;

  const root = isManagement ? null : await trySession(() => clients.inRootSession(id));
  const role = await trySession(() => clients.inReaderRole(id));
  const summaries = [await summaryFrom(root), await summaryFrom(role)];

  return {
    account: { id: accountId(id), partition: organization.partition, state, managementAccount: isManagement },
    summary:
      summaries.find(({ kind }) => kind === 'ok') ??
      summaries.find(({ kind }) => kind === 'failed') ??
      notAskedResult,
    rootDevices: await sourceResult(root, async (iam) => {
      const { MFADevices = [] } = await iam.send(new ListMFADevicesCommand({}));
      return MFADevices.map(({ SerialNumber = '' }) => ({ serialNumber: SerialNumber }));
    }),
    virtualDevices: await sourceResult(role, async (iam) => {
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

async function rootRow(iam: IAMClient): Promise<CredentialReportRow> {
  await iam.send(new GenerateCredentialReportCommand({}));
  await iam.send(new GenerateCredentialReportCommand({}));
  const { Content = new Uint8Array() } = await iam.send(new GetCredentialReportCommand({}));
  const [header = '', row = ''] = Buffer.from(Content).toString().split('\n');
  const cells = row.split(',');
  return Object.fromEntries(header.split(',').map((column, n) => [column, cells[n] ?? '']));
}

function summaryFrom(client: IAMClient | null): Promise<Evidence['summary']> {
  return sourceResult(client, async (iam) => {
    return (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap ?? {};
  });
}

async function trySession(openSession: () => Promise<IAMClient>): Promise<IAMClient | null> {
  return openSession().catch(() => null);
}

async function sourceResult<T>(
  client: IAMClient | null,
  call: (client: IAMClient) => Promise<T>,
): Promise<SourceResult<T>> {
  if (!client) return notAskedResult;
  return call(client).then(okResult, (error: Error) =>
    failedResult({ call: 'test', code: error.name, message: error.message }),
  );
}

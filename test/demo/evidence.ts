import {
  GenerateCredentialReportCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  ListMFADevicesCommand,
  paginateListVirtualMFADevices,
} from '@aws-sdk/client-iam';
import { accountId } from '../../src/domain/account.ts';
import {
  type Evidence,
  notAsked,
  type ReportRow,
  type Sighting,
  seen,
  unseen,
} from '../../src/domain/evidence.ts';
import type { Clients, Simulation } from '../../packages/aws-simulator/test/simulation.ts';

/**
 * Everything that one account of a simulation tells about its root user: each source is asked, by every way in,
 * without the economy of a real scan.
 */
export async function evidenceOf(
  simulation: Simulation,
  id: string,
  { withReport = false } = {},
): Promise<Evidence> {
  const { organization } = simulation;
  const { state } = organization.account(id);
  const isManagement = id === organization.managementAccountId;

  const root = isManagement ? null : await opened(() => simulation.inRootSession(id));
  const role = await opened(() => simulation.inRole(id));
  const summaries = [await summaryFrom(root), await summaryFrom(role)];

  return {
    account: { id: accountId(id), partition: organization.partition, state, managementAccount: isManagement },
    summary:
      summaries.find(({ kind }) => kind === 'seen') ??
      summaries.find(({ kind }) => kind === 'unseen') ??
      notAsked,
    rootDevices: await sighting(root, async ({ iam }) => {
      const { MFADevices = [] } = await iam.send(new ListMFADevicesCommand({}));
      return MFADevices.map(({ SerialNumber = '' }) => ({ serialNumber: SerialNumber }));
    }),
    virtualDevices: await sighting(role, async ({ iam }) => {
      const devices = [];
      for await (const { VirtualMFADevices = [] } of paginateListVirtualMFADevices({ client: iam }, {})) {
        for (const { SerialNumber = '', User } of VirtualMFADevices) {
          devices.push({ serialNumber: SerialNumber, ...(User?.Arn ? { userArn: User.Arn } : {}) });
        }
      }
      return devices;
    }),
    credentialReport: withReport ? await sighting(role, rootRow) : notAsked,
    organizationFeatures: notAsked,
    refusals: [],
  };
}

async function rootRow({ iam }: Clients): Promise<ReportRow> {
  await iam.send(new GenerateCredentialReportCommand({}));
  await iam.send(new GenerateCredentialReportCommand({}));
  const { Content = new Uint8Array() } = await iam.send(new GetCredentialReportCommand({}));
  const [header = '', row = ''] = Buffer.from(Content).toString().split('\n');
  const cells = row.split(',');
  return Object.fromEntries(header.split(',').map((column, n) => [column, cells[n] ?? '']));
}

function summaryFrom(clients: Clients | null): Promise<Evidence['summary']> {
  return sighting(clients, async ({ iam }) => {
    return (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap ?? {};
  });
}

async function opened(way: () => Promise<Clients>): Promise<Clients | null> {
  return way().catch(() => null);
}

async function sighting<T>(
  clients: Clients | null,
  ask: (clients: Clients) => Promise<T>,
): Promise<Sighting<T>> {
  if (!clients) return notAsked;
  return ask(clients).then(seen, (error: Error) =>
    unseen({ call: 'test', code: error.name, message: error.message }),
  );
}

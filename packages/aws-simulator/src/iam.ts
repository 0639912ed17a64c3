import { summaryXml } from './account-summary.ts';
import { AwsError, accessDenied, validationError } from './aws-error.ts';
import type { Device } from './devices.ts';
import type { IamRequest } from './iam-request.ts';
import type { SimulatedAccount, SimulatedOrganization } from './organization.ts';
import { ROOT_CREDENTIAL_OPERATIONS } from './root-credentials.ts';
import type { Signer } from './sessions.ts';
import { isAdministrator, isAllowed, isDeniedByPolicy } from './sts.ts';
import { type AwsResult, escapeXml, xmlTime } from './wire.ts';

/** The IAM operations, by name. */
export const IAM_OPERATIONS: Readonly<Record<string, (request: IamRequest) => AwsResult>> = {
  ...ROOT_CREDENTIAL_OPERATIONS,
  GetAccountSummary: ({ account }) => ({ xml: `<SummaryMap>${summaryXml(account)}</SummaryMap>` }),
  ListMFADevices: listMfaDevices,
  ListVirtualMFADevices: listVirtualMfaDevices,
  ListOrganizationsFeatures: listOrganizationsFeatures,
  GetMFADevice: getMfaDevice,
  GetUser: getUser,
  GenerateCredentialReport: ({ account, organization, reports, now }) => {
    const state = reports.generate(account, organization.partition, now);
    const description =
      state === 'STARTED'
        ? '<Description>No report exists. Starting a new report generation task</Description>'
        : '';
    return { xml: `<State>${state}</State>${description}` };
  },
  GetCredentialReport: ({ account, reports, now }) => {
    const { csv, madeAt } = reports.find(account, now);
    const content = Buffer.from(csv).toString('base64');
    return {
      xml: `<Content>${content}</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>${xmlTime(madeAt)}</GeneratedTime>`,
    };
  },
};

/** Refuses an IAM call that the signer may not make; the message is AWS's own. */
export function checkIamAccess(
  organization: SimulatedOrganization,
  signer: Signer,
  account: SimulatedAccount,
  operation: string,
): void {
  const action = `iam:${operation}`;
  const resource = signer.signedBy === 'root' && operation !== 'GetAccountSummary' ? signer.arn : '*';
  const error = `User: ${signer.arn} is not authorized to perform: ${action} on resource: ${resource}`;

  if (isDeniedByPolicy(organization, signer, account, action)) {
    throw accessDenied(`${error} with an explicit deny in a service control policy`);
  }
  if (isAllowed(signer, action) && !account.accessDenied) return;
  throw accessDenied(
    signer.signedBy === 'root'
      ? `${error} with an explicit deny in a session policy`
      : `${error} because no identity-based policy allows the ${action} action`,
  );
}

function listMfaDevices({ account, signer, parameters }: IamRequest): AwsResult {
  const userName = parameters.text('UserName');
  if (signer.signedBy === 'root') return { xml: mfaDevicesXml(account.root.devices) };
  if (userName === undefined) {
    if (signer.signedBy === 'role') {
      throw validationError('Must specify userName when calling with non-User credentials');
    }
    return { xml: mfaDevicesXml([]) };
  }

  const devices = account.userDevices.filter((device) => device.userName === userName);
  if (devices.length === 0) throw noSuchEntity(`The user with name ${userName} cannot be found.`);
  return { xml: mfaDevicesXml(devices, userName) };
}

function mfaDevicesXml(devices: readonly Device[], userName?: string): string {
  const user = userName === undefined ? '' : `<UserName>${escapeXml(userName)}</UserName>`;
  const members = devices.map(
    ({ serialNumber, enabledAt }) =>
      `<member>${user}<SerialNumber>${escapeXml(serialNumber)}</SerialNumber><EnableDate>${xmlTime(enabledAt)}</EnableDate></member>`,
  );
  return `<IsTruncated>false</IsTruncated><MFADevices>${members.join('')}</MFADevices>`;
}

interface VirtualDeviceEntry {
  readonly serialNumber: string;
  readonly assignedTo?: { readonly user: 'root' | string; readonly enabledAt: Date };
}

function listVirtualMfaDevices({ account, organization, parameters }: IamRequest): AwsResult {
  const requestedStatus = parameters.text('AssignmentStatus') ?? 'Any';
  const maxItems = parameters.number('MaxItems') ?? 100;
  if (!(maxItems >= 1 && maxItems <= 1000)) {
    throw validationError(
      `1 validation error detected: Value '${maxItems}' at 'maxItems' failed to satisfy constraint`,
    );
  }
  const start = parseMarker(parameters.text('Marker'));

  const entries = virtualEntries(account).filter(
    ({ assignedTo }) =>
      requestedStatus === 'Any' || (requestedStatus === 'Assigned') === (assignedTo !== undefined),
  );
  const end = start + Math.min(maxItems, account.devicesPerPage);
  const members = entries
    .slice(start, end)
    .map((entry) => virtualEntryXml(entry, account, organization.partition));

  const isTruncated = end < entries.length;
  const marker = isTruncated ? `<Marker>${Buffer.from(`devices:${end}`).toString('base64')}</Marker>` : '';
  return {
    xml: `<IsTruncated>${isTruncated}</IsTruncated><VirtualMFADevices>${members.join('')}</VirtualMFADevices>${marker}`,
  };
}

// Root's come last, so that a caller who reads one page only misses them where there are many.
function virtualEntries({ root, userDevices, unassignedDevices }: SimulatedAccount): VirtualDeviceEntry[] {
  const assigned = (devices: readonly Device[], user: (device: Device) => string): VirtualDeviceEntry[] =>
    devices
      .filter(({ kind }) => kind === 'virtual')
      .map((device) => ({
        serialNumber: device.serialNumber,
        assignedTo: { user: user(device), enabledAt: device.enabledAt },
      }));

  return [
    ...userDevices
      .filter(({ kind }) => kind === 'virtual')
      .map(({ serialNumber, userName, enabledAt }) => ({
        serialNumber,
        assignedTo: { user: userName, enabledAt },
      })),
    ...unassignedDevices.map((serialNumber) => ({ serialNumber })),
    ...assigned(root.devices, () => ROOT),
  ];
}

const ROOT = ':root';

function virtualEntryXml(entry: VirtualDeviceEntry, account: SimulatedAccount, partition: string): string {
  const serial = `<SerialNumber>${escapeXml(entry.serialNumber)}</SerialNumber>`;
  if (!entry.assignedTo) return `<member>${serial}</member>`;

  const { user, enabledAt } = entry.assignedTo;
  const enabled = `<EnableDate>${xmlTime(enabledAt)}</EnableDate>`;
  const created = `<CreateDate>${xmlTime(account.joinedAt)}</CreateDate>`;
  const arn = `arn:${partition}:iam::${account.id}`;
  // As recorded: root's entry has neither a UserName nor a Path, although the SDK's types call both required.
  const userXml =
    user === ROOT
      ? `<UserId>${account.id}</UserId><Arn>${arn}:root</Arn>${created}${passwordLastUsedXml(account)}`
      : `<Path>/</Path><UserName>${escapeXml(user)}</UserName><UserId>AIDA${userId(user)}</UserId>` +
        `<Arn>${arn}:user/${escapeXml(user)}</Arn>${created}`;
  return `<member>${serial}<User>${userXml}</User>${enabled}</member>`;
}

function passwordLastUsedXml({ root }: SimulatedAccount): string {
  const { passwordLastUsedAt } = root;
  return passwordLastUsedAt ? `<PasswordLastUsed>${xmlTime(passwordLastUsedAt)}</PasswordLastUsed>` : '';
}

function userId(user: string): string {
  return Buffer.from(user).toString('hex').toUpperCase().padEnd(16, 'X').slice(0, 16);
}

function listOrganizationsFeatures({ organization, signer }: IamRequest): AwsResult {
  const { settings } = organization;
  if (!organization.isMember(signer.accountId)) {
    throw new AwsError(
      'OrganizationNotFoundException',
      `Organization of input account ${signer.accountId} was not found.`,
      404,
    );
  }
  if (!isAdministrator(organization, signer)) {
    throw new AwsError(
      'AccountNotManagementOrDelegatedAdministratorException',
      `Input account ${signer.accountId} is neither management account nor delegated admin.`,
    );
  }
  if (!settings.iamTrusted) {
    throw new AwsError(
      'ServiceAccessNotEnabledException',
      `Trusted Access for IAM not enabled by organization of input account ${signer.accountId}.`,
    );
  }

  const features = [
    settings.rootSessions ? '<member>RootSessions</member>' : '',
    settings.rootCredentialsManagement ? '<member>RootCredentialsManagement</member>' : '',
  ].join('');
  return {
    xml: `<OrganizationId>${organization.id}</OrganizationId><EnabledFeatures>${features}</EnabledFeatures>`,
  };
}

function getMfaDevice({ account, parameters }: IamRequest): AwsResult {
  const serial = parameters.text('SerialNumber') ?? '';
  if (!serial.includes(':u2f/'))
    throw validationError(`Serial number ${serial} is not that of a FIDO device`);

  const userDevice = account.userDevices.find(({ serialNumber }) => serialNumber === serial);
  const device = userDevice ?? account.root.devices.find(({ serialNumber }) => serialNumber === serial);
  if (!device) throw noSuchEntity(`MFA Device with serial number ${serial} does not exist.`);

  const user = userDevice ? `<UserName>${escapeXml(userDevice.userName)}</UserName>` : '';
  const certifications = Object.entries(device.certifications ?? {}).map(
    ([key, value]) => `<entry><key>${escapeXml(key)}</key><value>${escapeXml(value)}</value></entry>`,
  );
  return {
    xml:
      `${user}<SerialNumber>${escapeXml(serial)}</SerialNumber><EnableDate>${xmlTime(device.enabledAt)}</EnableDate>` +
      `<Certifications>${certifications.join('')}</Certifications>`,
  };
}

function getUser({ account, signer }: IamRequest): AwsResult {
  if (signer.signedBy !== 'root') {
    throw validationError('Must specify userName when calling with non-User credentials');
  }
  return {
    xml: `<User><UserId>${account.id}</UserId><Arn>${signer.arn}</Arn><CreateDate>${xmlTime(account.joinedAt)}</CreateDate></User>`,
  };
}

function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404);
}

function parseMarker(marker: string | undefined): number {
  if (marker === undefined) return 0;

  const start = /^devices:(\d+)$/.exec(Buffer.from(marker, 'base64').toString())?.[1];
  if (start === undefined) throw validationError(`Invalid Marker: ${marker}`);
  return Number(start);
}

import { AwsError } from './aws-error.ts';
import type { IamRequest } from './iam-request.ts';
import { type AwsResult, escapeXml, type Parameters, xmlTime } from './wire.ts';

/**
 * The IAM operations that list, remove and create root credentials in a root session, by name. Outside a root session
 * they are about IAM users, who have no such credentials here.
 */
export const ROOT_CREDENTIAL_OPERATIONS: Readonly<Record<string, (request: IamRequest) => AwsResult>> = {
  GetLoginProfile: getLoginProfile,
  CreateLoginProfile: createLoginProfile,
  DeleteLoginProfile: deleteLoginProfile,
  ListAccessKeys: listAccessKeys,
  DeleteAccessKey: deleteAccessKey,
  ListSigningCertificates: listSigningCertificates,
  DeleteSigningCertificate: deleteSigningCertificate,
  DeactivateMFADevice: deactivateMfaDevice,
  DeleteVirtualMFADevice: deleteVirtualMfaDevice,
};

const DONE: AwsResult = { xml: '' };

function getLoginProfile(request: IamRequest): AwsResult {
  const { passwordSetAt } = request.account.root;
  requireRoot(request, loginProfileName(request));
  if (!passwordSetAt) throw notFound(loginProfileName(request));
  return loginProfile(passwordSetAt);
}

/** Without a password of its own it lets root recover one by mail: from then on AWS reports that there is one. */
function createLoginProfile(request: IamRequest): AwsResult {
  const { organization, account, now } = request;
  requireRoot(request, 'The user');
  if (account.root.passwordSetAt) {
    throw new AwsError('EntityAlreadyExists', `Login Profile for user ${account.id} already exists.`, 409);
  }
  organization.setPassword(account.id, true);
  return loginProfile(now);
}

function deleteLoginProfile(request: IamRequest): AwsResult {
  const { organization, account } = request;
  requireRoot(request, loginProfileName(request));
  if (!account.root.passwordSetAt) throw notFound(loginProfileName(request));
  organization.setPassword(account.id, false);
  return DONE;
}

function loginProfile(createdAt: Date): AwsResult {
  return {
    xml:
      `<LoginProfile><CreateDate>${xmlTime(createdAt)}</CreateDate>` +
      '<PasswordResetRequired>false</PasswordResetRequired></LoginProfile>',
  };
}

function loginProfileName({ parameters }: { readonly parameters: Parameters }): string {
  return `Login Profile for User ${parameters.text('UserName') ?? 'null'}`;
}

function listAccessKeys(request: IamRequest): AwsResult {
  const { organization, account, signer } = request;
  const ids = signer.signedBy === 'root' ? organization.rootAccessKeyIds(account.id) : [];
  const members = ids.map(
    (id) =>
      `<member><AccessKeyId>${id}</AccessKeyId><Status>Active</Status><CreateDate>${xmlTime(account.joinedAt)}</CreateDate></member>`,
  );
  return {
    xml: `<IsTruncated>false</IsTruncated><AccessKeyMetadata>${members.join('')}</AccessKeyMetadata>`,
  };
}

function deleteAccessKey(request: IamRequest): AwsResult {
  const { organization, account, parameters } = request;
  const id = parameters.text('AccessKeyId') ?? '';
  const name = `The Access Key with id ${id}`;
  requireRoot(request, name);
  if (!organization.deleteRootAccessKey(account.id, id)) throw notFound(name);
  return DONE;
}

function listSigningCertificates({ account, signer }: IamRequest): AwsResult {
  const count = signer.signedBy === 'root' ? account.root.certificates : 0;
  const members = Array.from(
    { length: count },
    (_, index) =>
      `<member><CertificateId>${certificateId(account.id, index)}</CertificateId><CertificateBody>-----BEGIN CERTIFICATE-----</CertificateBody>` +
      `<Status>Active</Status><UploadDate>${xmlTime(account.joinedAt)}</UploadDate></member>`,
  );
  return { xml: `<IsTruncated>false</IsTruncated><Certificates>${members.join('')}</Certificates>` };
}

function deleteSigningCertificate(request: IamRequest): AwsResult {
  const { organization, account, parameters } = request;
  const id = parameters.text('CertificateId') ?? '';
  const name = `The Certificate with id ${id}`;
  requireRoot(request, name);
  const { certificates } = account.root;
  const isKnown = Array.from({ length: certificates }, (_, index) =>
    certificateId(account.id, index),
  ).includes(id);
  if (!isKnown) throw notFound(name);
  organization.setCertificates(account.id, certificates - 1);
  return DONE;
}

function certificateId(accountId: string, index: number): string {
  return `CERT${accountId}${index}`;
}

/** A virtual device stays behind, unassigned, until it is deleted. */
function deactivateMfaDevice(request: IamRequest): AwsResult {
  const { organization, account, parameters } = request;
  const serial = parameters.text('SerialNumber') ?? '';
  const name = `MFA Device with serial number ${escapeXml(serial)}`;
  requireRoot(request, name);
  if (!account.root.devices.some(({ serialNumber }) => serialNumber === serial)) throw notFound(name);
  organization.removeDevice(account.id, serial, { leaveBehind: true });
  return DONE;
}

function deleteVirtualMfaDevice(request: IamRequest): AwsResult {
  const { organization, account, parameters } = request;
  const serial = parameters.text('SerialNumber') ?? '';
  const name = `VirtualMFADevice with serial number ${escapeXml(serial)}`;
  requireRoot(request, name);
  if (account.root.devices.some(({ serialNumber }) => serialNumber === serial)) {
    throw new AwsError('DeleteConflict', 'MFA Device is in use, cannot be deleted', 409);
  }
  if (!organization.deleteUnassignedDevice(account.id, serial)) throw notFound(name);
  return DONE;
}

function requireRoot({ signer }: IamRequest, name: string): void {
  if (signer.signedBy !== 'root') throw notFound(name);
}

function notFound(name: string): AwsError {
  return new AwsError('NoSuchEntity', `${name} cannot be found.`, 404);
}

import { hash } from 'node:crypto';

/** What kind of thing a registered MFA device is; `unknown` is an ARN of a form not seen before. */
export type DeviceKind = 'virtual' | 'fido' | 'totp' | 'unknown';

/** One registered MFA device. */
export interface Device {
  readonly kind: DeviceKind;
  readonly serialNumber: string;
  readonly enabledAt: Date;
  /** What `iam:GetMFADevice` says of it: `{ FIDO: 'L1' }`. */
  readonly certifications?: Readonly<Record<string, string>>;
}

/** Whose device it is: root itself, or an IAM user by name. */
export type DeviceHolder = 'root' | { readonly user: string };

/** The serial number AWS would give a device, the same each time for the same name. */
export function serialNumber(
  kind: DeviceKind,
  name: string,
  holder: DeviceHolder,
  account: { readonly partition: string; readonly accountId: string },
): string {
  const arn = `arn:${account.partition}:iam::${account.accountId}:`;
  const holderPath = holder === 'root' ? 'root' : `user/${holder.user}`;
  const digest = hash('sha256', `${account.accountId}/${holderPath}/${name}`);

  switch (kind) {
    case 'virtual':
      return `${arn}mfa/${name}`;
    case 'fido':
      return `${arn}u2f/${holderPath}/${name}-${digest.slice(0, 26).toUpperCase()}`;
    case 'totp':
      // What the AWS CLI reference calls the serial of a hardware token: letters and digits from its back, no ARN.
      return `GAKT${String(Number.parseInt(digest.slice(0, 8), 16))
        .padStart(8, '0')
        .slice(-8)}`;
    case 'unknown':
      return `${arn}hologram/${name}`;
  }
}

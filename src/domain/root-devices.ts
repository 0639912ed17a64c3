/** MFA devices of one root user by kind, as a root session listed them. */
export interface RootDeviceCounts {
  /** Authenticator apps. */
  readonly virtual: number;
  /** Security keys and passkeys: AWS does not tell them apart. */
  readonly fido: number;
  /** Hardware tokens that show codes. */
  readonly tokens: number;
  readonly unrecognized: number;
}

/** Returns how many devices there are. */
export function totalDevices({ virtual, fido, tokens, unrecognized }: RootDeviceCounts): number {
  return virtual + fido + tokens + unrecognized;
}

/** Returns how many of them are not authenticator apps; undefined where no session listed them. */
export function hardwareCount(devices: RootDeviceCounts | undefined): number | undefined {
  return devices && totalDevices(devices) - devices.virtual;
}

import { hash } from 'node:crypto';
import { type AccountId, accountId } from './account-id.ts';
import { type Device, type DeviceHolder, type DeviceKind, serialNumber } from './devices.ts';
import { type AwsFault, AwsFaults, type FaultScope, type SetFault } from './faults.ts';
import { ServiceControlPolicies, type ServiceControlPolicySetup } from './service-control-policies.ts';

/** The partitions a simulated organization can live in. */
export type Partition = 'aws' | 'aws-us-gov' | 'aws-cn' | 'aws-eusc';

/** State of an account as Organizations names it. */
export type AccountState = 'PENDING_ACTIVATION' | 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED';

/** A role that others may assume. */
export interface SimulatedRole {
  readonly name: string;
  readonly externalId?: string;
  /** Actions as policies write them: `iam:GetAccountSummary`. */
  readonly allows: readonly string[] | 'everything';
}

/** An alternate contact of an account. */
export interface Contact {
  readonly name: string;
  readonly title: string;
  readonly email: string;
  readonly phone: string;
}

export type ContactKind = 'SECURITY' | 'OPERATIONS' | 'BILLING';

/** The root user of an account. */
export interface RootUser {
  readonly passwordSetAt: Date | null;
  readonly passwordLastUsedAt: Date | null;
  readonly accessKeys: number;
  readonly certificates: number;
  readonly devices: readonly Device[];
}

/** An IAM user's MFA device. */
interface UserDevice extends Device {
  readonly userName: string;
}

/** What the account summary says other than the truth. */
interface SummaryOverrides {
  /** Keys left out, as older answers do. */
  readonly leaveOut: readonly string[];
  readonly override: Readonly<Record<string, number>>;
}

/** One account of the organization as it is at this moment. */
export interface SimulatedAccount {
  readonly id: AccountId;
  readonly name: string;
  readonly email: string;
  readonly state: AccountState;
  /** Path of names from the root down, `/Production/Payments`; `/` for the root itself. */
  readonly orgUnit: string;
  readonly joinedAt: Date;
  readonly tags: Readonly<Record<string, string>>;
  readonly contacts: Readonly<Partial<Record<ContactKind, Contact>>>;
  readonly root: RootUser;
  readonly users: number;
  readonly userDevices: readonly UserDevice[];
  /** Serial numbers of virtual devices that lie there without a user. */
  readonly unassignedDevices: readonly string[];
  readonly roles: readonly SimulatedRole[];
  /** Denies all access: root sessions, roles and the account's own credentials. */
  readonly accessDenied: boolean;
  readonly summary: SummaryOverrides;
  /** The most entries a page of virtual devices has, whatever was asked for. */
  readonly devicesPerPage: number;
}

/** A device as a company's setup writes it down. */
export interface DeviceSetup {
  readonly kind: DeviceKind;
  readonly name: string;
  readonly certifications?: Readonly<Record<string, string>>;
}

/** How an account starts out; what is left out is ordinary: a root password, no MFA, the default roles. */
export interface AccountSetup {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly state?: AccountState;
  readonly orgUnit?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly contacts?: Readonly<Partial<Record<ContactKind, Contact>>>;
  readonly root?: {
    readonly password?: boolean;
    /** ISO 8601. */
    readonly passwordLastUsedAt?: string;
    readonly accessKeys?: number;
    readonly certificates?: number;
    readonly devices?: readonly DeviceSetup[];
  };
  readonly users?: number;
  readonly userDevices?: readonly (DeviceSetup & { readonly userName: string })[];
  /** Names of unassigned virtual devices. */
  readonly unassignedDevices?: readonly string[];
  readonly roles?: readonly SimulatedRole[];
  /** Names of policies that are attached to the account itself. */
  readonly serviceControlPolicies?: readonly string[];
  readonly accessDenied?: boolean;
  readonly summary?: Partial<SummaryOverrides>;
  readonly devicesPerPage?: number;
  readonly faults?: readonly {
    readonly call: string;
    readonly fault: AwsFault;
    readonly scope?: FaultScope;
  }[];
}

/** Names of the IAM user and the role that principals sign as. */
export interface PrincipalNames {
  readonly user: string;
  readonly role: string;
}

/** How an organization starts out. */
export interface OrganizationSetup {
  readonly partition?: Partition;
  readonly managementAccountId: string;
  /** The member that is delegated administrator for IAM and Account Management. */
  readonly delegatedAccountId?: string;
  /** An account beside the organization. */
  readonly standaloneAccount?: AccountSetup;
  readonly accounts: readonly AccountSetup[];
  readonly serviceControlPolicies?: readonly ServiceControlPolicySetup[];
  /** Roles of an account whose setup names none. Default: none. */
  readonly defaultRoles?: readonly SimulatedRole[];
  /** Names of the user and the role that principals sign as. Default: `app` and `AppRole`. */
  readonly principalNames?: PrincipalNames;
  readonly settings?: Partial<OrganizationSettings>;
}

/** What the organization's administrators can switch, and how its answers deviate. May be changed at any time. */
export interface OrganizationSettings {
  /** Central management of root credentials: what audit sessions need. */
  rootCredentialsManagement: boolean;
  rootSessions: boolean;
  /** Trusted access for IAM. */
  iamTrusted: boolean;
  /** Trusted access for Account Management. */
  accountManagementTrusted: boolean;
  /** Answers `Status` and no `State`, as before 2025. */
  legacyStatus: boolean;
  /** At most 20. */
  accountsPerPage: number;
  /** Page of `ListAccounts` (from 0) that comes empty, with a token for the next; `null`: none. */
  emptyAccountsPage: number | null;
}

const DEFAULT_JOINED_AT = new Date('2021-03-01T09:00:00.000Z');
const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});
const NO_CONTACTS: SimulatedAccount['contacts'] = Object.freeze({});
const NO_OVERRIDES: SummaryOverrides = Object.freeze({ leaveOut: [], override: {} });
const NO_SETUP: readonly never[] = Object.freeze([]);

/** An AWS organization in memory: its accounts, what their root users have, and what goes wrong with them. */
export class SimulatedOrganization {
  readonly partition: Partition;
  readonly managementAccountId: AccountId;
  readonly delegatedAccountId: AccountId | null;
  readonly standaloneAccountId: AccountId | null;
  readonly principalNames: PrincipalNames;
  readonly settings: OrganizationSettings;
  readonly faults = new AwsFaults();
  readonly policies = new ServiceControlPolicies();
  readonly now: () => Date;

  readonly #defaultRoles: readonly SimulatedRole[];
  readonly #members = new Map<AccountId, SimulatedAccount>();
  #standalone: SimulatedAccount | null = null;
  #units: OrgUnits | null = null;
  #ids: readonly AccountId[] | null = null;
  readonly #rootKeyIds = new Map<AccountId, string[]>();
  #rootKeysIssued = 0;

  constructor(setup: OrganizationSetup, now: () => Date = () => new Date()) {
    this.partition = setup.partition ?? 'aws';
    this.managementAccountId = accountId(setup.managementAccountId);
    this.delegatedAccountId = setup.delegatedAccountId ? accountId(setup.delegatedAccountId) : null;
    this.standaloneAccountId = setup.standaloneAccount ? accountId(setup.standaloneAccount.id) : null;
    this.principalNames = setup.principalNames ?? { user: 'app', role: 'AppRole' };
    this.#defaultRoles = setup.defaultRoles ?? NO_SETUP;
    this.now = now;
    this.settings = {
      rootCredentialsManagement: true,
      rootSessions: true,
      iamTrusted: true,
      accountManagementTrusted: true,
      legacyStatus: false,
      accountsPerPage: 20,
      emptyAccountsPage: null,
      ...setup.settings,
    };

    const policies = setup.serviceControlPolicies ?? [];
    for (const { name, content } of policies) this.policies.put(name, content);
    if (setup.standaloneAccount) this.#standalone = this.#settle(setup.standaloneAccount);
    for (const account of setup.accounts) this.addAccount(account);
    for (const { name, targets = [] } of policies) {
      for (const target of targets) this.attachPolicy(name, target);
    }
    for (const id of [this.managementAccountId, this.delegatedAccountId]) {
      if (id && !this.#members.has(id))
        throw new RangeError(`No account ${id} in the organization's accounts`);
    }
  }

  /** The organization's id, `o-…`. */
  get id(): string {
    return `o-${identifierFrom(this.managementAccountId, 10)}`;
  }

  /** Account ids in the order in which accounts joined. */
  get accountIds(): readonly AccountId[] {
    this.#ids ??= [...this.#members.keys()];
    return this.#ids;
  }

  /** Every account of the organization. */
  get accounts(): readonly SimulatedAccount[] {
    return [...this.#members.values()];
  }

  /** The organization's units and which accounts lie in them. */
  get orgUnits(): OrgUnits {
    this.#units ??= buildOrgUnits(this.accounts, this.managementAccountId);
    return this.#units;
  }

  /** Whether an account belongs to the organization. */
  isMember(id: string): boolean {
    return this.#members.has(id);
  }

  /** The account of that id, in the organization or beside it. */
  find(id: string): SimulatedAccount | undefined {
    if (this.#standalone?.id === id) return this.#standalone;
    return this.#members.get(id);
  }

  /** The account of that id; throws when there is none. */
  account(id: string): SimulatedAccount {
    const account = this.find(id);
    if (!account) throw new RangeError(`There is no account ${JSON.stringify(id)} in this simulation`);
    return account;
  }

  /** A new account, as set up; it is listed last. */
  addAccount(setup: AccountSetup): SimulatedAccount {
    if (this.isMember(setup.id)) throw new RangeError(`There is an account ${setup.id} already`);
    const account = this.#settle(setup);
    // The account beside the organization may be invited in, and is then no longer beside it.
    if (this.#standalone?.id === account.id) this.#standalone = null;
    this.#members.set(account.id, account);
    this.#units = null;
    this.#ids = null;
    return account;
  }

  /** The account leaves: the organization no longer lists it. */
  removeAccount(id: string): void {
    this.#members.delete(this.account(id).id);
    this.#units = null;
    this.#ids = null;
  }

  /** The account is closed, and listed as such. */
  closeAccount(id: string, state: AccountState = 'SUSPENDED'): void {
    this.#change(id, { state });
  }

  renameAccount(id: string, name: string): void {
    this.#change(id, { name });
  }

  /** Sets a tag, or takes it away with `null`. */
  setTag(id: string, key: string, value: string | null): void {
    const { [key]: _removed, ...others } = this.account(id).tags;
    this.#change(id, { tags: value === null ? others : { ...others, [key]: value } });
  }

  /** Sets an alternate contact, or takes it away with `null`. */
  setContact(id: string, kind: ContactKind, contact: Contact | null): void {
    const { [kind]: _removed, ...others } = this.account(id).contacts;
    this.#change(id, { contacts: contact === null ? others : { ...others, [kind]: contact } });
  }

  /** Moves an account to the unit at a path, which comes into being with it. */
  moveToOrgUnit(id: string, orgUnit: string): void {
    this.#change(id, { orgUnit });
    this.#units = null;
  }

  /** Registers an MFA device with root and gives its serial number. */
  enrolDevice(
    id: string,
    kind: DeviceKind,
    name = `root-${kind}`,
    certifications?: Readonly<Record<string, string>>,
  ): string {
    const { root } = this.account(id);
    const setup = certifications ? { kind, name, certifications } : { kind, name };
    const device = this.#device(id, setup, 'root', this.now());
    this.#changeRoot(id, { devices: [...root.devices, device] });
    return device.serialNumber;
  }

  /** Takes one device from root; a virtual one stays behind unassigned, as it does when only deactivated. */
  removeDevice(id: string, serial: string, { leaveBehind: keepUnassigned = false } = {}): void {
    const { root, unassignedDevices } = this.account(id);
    const device = root.devices.find((registered) => registered.serialNumber === serial);
    if (!device) throw new RangeError(`Root of ${id} has no device ${JSON.stringify(serial)}`);

    this.#changeRoot(id, { devices: root.devices.filter((registered) => registered !== device) });
    if (keepUnassigned && device.kind === 'virtual') {
      this.#change(id, { unassignedDevices: [...unassignedDevices, serial] });
    }
  }

  /** Takes every device from root. */
  removeMfa(id: string): void {
    this.#changeRoot(id, { devices: NO_SETUP });
  }

  /** Gives root a password, or takes it. */
  setPassword(id: string, present: boolean): void {
    this.#changeRoot(id, { passwordSetAt: present ? this.now() : null });
  }

  /** Says how many access keys root has. */
  setAccessKeys(id: string, accessKeys: number): void {
    this.#changeRoot(id, { accessKeys });
  }

  /** Says how many signing certificates root has. */
  setCertificates(id: string, certificates: number): void {
    this.#changeRoot(id, { certificates });
  }

  /** Ids of root's access keys, oldest first. */
  rootAccessKeyIds(id: string): readonly string[] {
    const { id: ofAccount, root } = this.account(id);
    const ids = (this.#rootKeyIds.get(ofAccount) ?? []).slice(0, root.accessKeys);
    while (ids.length < root.accessKeys) {
      this.#rootKeysIssued += 1;
      ids.push(`AKIA${identifierFrom(`${ofAccount}/${this.#rootKeysIssued}`, 16).toUpperCase()}`);
    }
    this.#rootKeyIds.set(ofAccount, ids);
    return ids;
  }

  /** Deletes one of root's access keys; returns whether root had it. */
  deleteRootAccessKey(id: string, keyId: string): boolean {
    const ids = this.rootAccessKeyIds(id);
    const left = ids.filter((one) => one !== keyId);
    if (left.length === ids.length) return false;
    this.#rootKeyIds.set(this.account(id).id, left);
    this.setAccessKeys(id, left.length);
    return true;
  }

  /** Deletes a virtual device that is assigned to no one; returns whether there was one. */
  deleteUnassignedDevice(id: string, serial: string): boolean {
    const { unassignedDevices } = this.account(id);
    const left = unassignedDevices.filter((one) => one !== serial);
    this.#change(id, { unassignedDevices: left });
    return left.length < unassignedDevices.length;
  }

  /** What "Delete root credentials" does: password, keys and certificates go, MFA is deactivated. */
  deleteRootCredentials(id: string): void {
    const { root, unassignedDevices } = this.account(id);
    const unassigned = root.devices
      .filter(({ kind }) => kind === 'virtual')
      .map((device) => device.serialNumber);
    this.#changeRoot(id, { passwordSetAt: null, accessKeys: 0, certificates: 0, devices: NO_SETUP });
    this.#change(id, { unassignedDevices: [...unassignedDevices, ...unassigned] });
  }

  /** Denies all access to the account. */
  denyAccess(id: string): void {
    this.#change(id, { accessDenied: true });
  }

  /** Lets people in again. */
  allowAccess(id: string): void {
    this.#change(id, { accessDenied: false });
  }

  /** Attaches a policy to the root (`/`), the unit at a path or an account. */
  attachPolicy(name: string, target: string): void {
    this.policies.attach(this.policies.named(name).id, this.targetId(target));
  }

  /** Detaches a policy, `FullAWSAccess` too. */
  detachPolicy(name: string, target: string): void {
    this.policies.detach(this.policies.named(name).id, this.targetId(target));
  }

  /** The id of the root (`/`), of the unit at a path, or of an account. */
  targetId(target: string): string {
    return target.startsWith('/') ? orgUnitId(target, this.managementAccountId) : this.account(target).id;
  }

  /** Ids of all that a policy may be attached to on the way from the root to an account, the account included. */
  policyTargetsOf(id: string): readonly string[] {
    const { byPath, byId } = this.orgUnits;
    const targets: string[] = [id];
    for (let unit = byPath.get(this.account(id).orgUnit); unit; ) {
      targets.unshift(unit.id);
      unit = unit.parentId === null ? undefined : byId.get(unit.parentId);
    }
    return targets;
  }

  /** Replaces the roles that can be assumed in the account. */
  setRoles(id: string, roles: readonly SimulatedRole[]): void {
    this.#change(id, { roles });
  }

  /** Says how many entries a page of virtual devices has at most. */
  setDevicesPerPage(id: string, devicesPerPage: number): void {
    this.#change(id, { devicesPerPage });
  }

  /** Makes calls about an account go wrong; `*` means every account, or every call. */
  setFault(id: string, call: string, fault: AwsFault, scope?: FaultScope): SetFault {
    return this.faults.set(id, call, fault, scope);
  }

  /** Takes faults away: of one account and call, of one account, or all. */
  clearFaults(id?: string, call?: string): void {
    this.faults.clear(id, call);
  }

  #change(id: string, change: Partial<SimulatedAccount>): void {
    const changed = { ...this.account(id), ...change };
    if (changed.id === this.#standalone?.id) this.#standalone = changed;
    else this.#members.set(changed.id, changed);
  }

  #changeRoot(id: string, change: Partial<RootUser>): void {
    this.#change(id, { root: { ...this.account(id).root, ...change } });
  }

  #settle(setup: AccountSetup): SimulatedAccount {
    const { root = {}, faults = NO_SETUP } = setup;
    const id = accountId(setup.id);
    for (const { call, fault, scope } of faults) this.setFault(id, call, fault, scope);
    for (const name of setup.serviceControlPolicies ?? NO_SETUP) {
      this.policies.attach(this.policies.named(name).id, id);
    }

    return {
      id,
      name: setup.name,
      email: setup.email ?? `aws-root+${id}@example.com`,
      state: setup.state ?? 'ACTIVE',
      orgUnit: setup.orgUnit ?? '/',
      joinedAt: DEFAULT_JOINED_AT,
      tags: setup.tags ?? NO_TAGS,
      contacts: setup.contacts ?? NO_CONTACTS,
      root: {
        passwordSetAt: (root.password ?? true) ? DEFAULT_JOINED_AT : null,
        passwordLastUsedAt: root.passwordLastUsedAt ? new Date(root.passwordLastUsedAt) : null,
        accessKeys: root.accessKeys ?? 0,
        certificates: root.certificates ?? 0,
        devices:
          root.devices?.map((device) => this.#device(id, device, 'root', DEFAULT_JOINED_AT)) ?? NO_SETUP,
      },
      users: setup.users ?? 0,
      userDevices:
        setup.userDevices?.map(({ userName, ...device }) => ({
          userName,
          ...this.#device(id, device, { user: userName }, DEFAULT_JOINED_AT),
        })) ?? NO_SETUP,
      unassignedDevices:
        setup.unassignedDevices?.map(
          (name) => this.#device(id, { kind: 'virtual', name }, 'root', DEFAULT_JOINED_AT).serialNumber,
        ) ?? NO_SETUP,
      roles: setup.roles ?? this.#defaultRoles,
      accessDenied: setup.accessDenied ?? false,
      summary: setup.summary ? { ...NO_OVERRIDES, ...setup.summary } : NO_OVERRIDES,
      devicesPerPage: setup.devicesPerPage ?? 1000,
    };
  }

  #device(id: string, setup: DeviceSetup, holder: DeviceHolder, enabledAt: Date): Device {
    const { kind, name, certifications } = setup;
    const serial = serialNumber(kind, name, holder, { partition: this.partition, accountId: id });
    const device = { kind, serialNumber: serial, enabledAt };
    return certifications ? { ...device, certifications } : device;
  }
}

/** A place in the organization: its root, or a unit. */
export interface OrgUnit {
  /** `r-…` for the root, else `ou-…`. */
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly parentId: string | null;
  readonly childIds: string[];
  readonly accountIds: AccountId[];
}

/** Every place of the organization by its id, and where each account lies. */
export interface OrgUnits {
  readonly root: OrgUnit;
  readonly byId: ReadonlyMap<string, OrgUnit>;
  readonly byPath: ReadonlyMap<string, OrgUnit>;
}

function buildOrgUnits(accounts: readonly SimulatedAccount[], managementAccountId: AccountId): OrgUnits {
  const root: OrgUnit = {
    id: orgUnitId('/', managementAccountId),
    name: 'Root',
    path: '/',
    parentId: null,
    childIds: [],
    accountIds: [],
  };
  const byId = new Map([[root.id, root]]);
  const byPath = new Map([[root.path, root]]);

  const unitAt = (path: string): OrgUnit => {
    const known = byPath.get(path);
    if (known) return known;

    const cut = path.lastIndexOf('/');
    const parent = unitAt(path.slice(0, cut) || '/');
    const id = orgUnitId(path, managementAccountId);
    const unit = { id, name: path.slice(cut + 1), path, parentId: parent.id, childIds: [], accountIds: [] };
    parent.childIds.push(id);
    byId.set(id, unit);
    byPath.set(path, unit);
    return unit;
  };

  for (const account of accounts) unitAt(account.orgUnit).accountIds.push(account.id);
  return { root, byId, byPath };
}

function orgUnitId(path: string, managementAccountId: AccountId): string {
  const suffix = identifierFrom(managementAccountId, 4);
  return path === '/' ? `r-${suffix}` : `ou-${suffix}-${identifierFrom(path, 8)}`;
}

function identifierFrom(text: string, length: number): string {
  return hash('sha256', text).slice(0, length);
}

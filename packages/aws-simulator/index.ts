export type { Device } from './src/devices.ts';
export {
  type AccountSetup,
  type Contact,
  type OrganizationSetup,
  type Partition,
  type RootUser,
  type SimulatedAccount,
  SimulatedOrganization,
  type SimulatedRole,
} from './src/organization.ts';
export type { SimulatedPrincipal } from './src/principals.ts';
export { SimulatedQueue } from './src/queue.ts';
export { type RootActivity, rootEventMessage, signOfLifeMessage } from './src/root-activity.ts';
export { type SimulatedAws, startSimulatedAws } from './src/server.ts';
export type { ServiceControlPolicySetup } from './src/service-control-policies.ts';

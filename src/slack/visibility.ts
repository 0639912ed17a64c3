import type { Config } from '../config/config.ts';
import type { AccountView } from '../usecases/shared/account-view.ts';
import type { Caller } from './authorizer.ts';

/** Whether the caller answers for an account: it is their own, or they stand in for an owner who cannot be reached. */
export function owns(caller: Caller, { owner }: Pick<AccountView, 'owner'>): boolean {
  return owner !== null && actsAsOwner(caller, owner.identifier);
}

/** Whether an owner, as accounts name them, is the caller, or somebody for whom they stand in. */
export function actsAsOwner({ id, email, standsInFor }: Caller, owner: string): boolean {
  return owner === id || (email !== null && owner === email) || (standsInFor?.(owner) ?? false);
}

/** Whether the caller sees every account, or only those that they answer for. */
export function seesAll({ admin }: Caller, { slack }: Pick<Config, 'slack'>): boolean {
  return admin || slack.visibility === 'everyone';
}

/** Those of the accounts that the caller may see. */
export function visibleTo<T extends Pick<AccountView, 'owner'>>(
  caller: Caller,
  views: readonly T[],
  config: Pick<Config, 'slack'>,
): readonly T[] {
  return seesAll(caller, config) ? views : views.filter((view) => owns(caller, view));
}

/** What somebody is to an account that they are shown: it decides which buttons they see. */
export interface Viewer {
  readonly id: string;
  readonly admin: boolean;
  readonly owner: boolean;
}

/** What the caller is to an account. */
export function viewerOf(caller: Caller, view: Pick<AccountView, 'owner'>): Viewer {
  return { id: caller.id, admin: caller.admin, owner: owns(caller, view) };
}

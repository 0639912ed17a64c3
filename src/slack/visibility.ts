import type { Config } from '../config/config.ts';
import type { AccountView } from '../usecases/shared/account-view.ts';
import type { Caller } from './authorizer.ts';

/** Returns whether the caller owns an account, or is the fallback for its unreachable owner. */
export function owns(caller: Caller, { owner }: Pick<AccountView, 'owner'>): boolean {
  return owner !== null && actsAsOwner(caller, owner.identifier);
}

/** Returns whether an owner, as accounts name them, is the caller or someone whose fallback the caller is. */
export function actsAsOwner({ id, email, standsInFor }: Caller, owner: string): boolean {
  return owner === id || (email !== null && owner === email) || (standsInFor?.(owner) ?? false);
}

/** Returns whether the caller sees every account, or only their own. */
export function seesAll({ admin }: Caller, { slack }: Pick<Config, 'slack'>): boolean {
  return admin || slack.visibility === 'everyone';
}

/** Returns the accounts that the caller can see. */
export function visibleTo<T extends Pick<AccountView, 'owner'>>(
  caller: Caller,
  views: readonly T[],
  config: Pick<Config, 'slack'>,
): readonly T[] {
  return seesAll(caller, config) ? views : views.filter((view) => owns(caller, view));
}

/** A viewer's role for an account; it decides which buttons they see. */
export interface Viewer {
  readonly id: string;
  readonly admin: boolean;
  readonly owner: boolean;
}

/** Returns the caller's role for an account. */
export function viewerOf(caller: Caller, view: Pick<AccountView, 'owner'>): Viewer {
  return { id: caller.id, admin: caller.admin, owner: owns(caller, view) };
}

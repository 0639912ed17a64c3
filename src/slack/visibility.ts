import type { Config } from '../config.ts';
import type { AccountView } from '../usecases/account-view.ts';
import type { Caller } from './access.ts';

/** Whether an account is the caller's own. */
export function owns({ id, email }: Caller, { owner }: Pick<AccountView, 'owner'>): boolean {
  return owner !== null && (owner.who === id || (email !== null && owner.who === email));
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

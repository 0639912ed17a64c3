import type { Config } from '../config.ts';
import type { AccountId } from '../domain/account.ts';
import { usableZone } from '../domain/calendar.ts';
import { type OwnerGap, ownerGap } from '../domain/owner-gap.ts';
import { isSlackUserId, type SlackUserId } from '../domain/person.ts';
import type { Person } from '../store/people.ts';
import type { AccountView } from './account-view.ts';
import type { Context } from './context.ts';

/** Somebody who can be written to: a real, active person of the company. */
export interface Reachable {
  readonly id: SlackUserId;
  /** Untrusted text. */
  readonly name: string;
  readonly email: string | null;
  readonly timeZone: string;
  readonly awayUntil: Date | null;
}

/** Who answers for an account, as far as anybody can tell. */
export type Answering =
  /** With a gap: the fallback stands in. */
  | { readonly kind: 'person'; readonly person: Reachable; readonly gap: OwnerGap | null }
  | { readonly kind: 'nobody'; readonly gap: OwnerGap }
  /** Its tags were not read yet, or Slack could not be asked: that is no answer. */
  | { readonly kind: 'not-known' };

/** After so many failures in a row Slack is left alone. */
const PATIENCE = 3;

/** Who answers for each of the accounts. Never older than `maxAgeMs`; by default as old as people may be. */
export async function resolveOwners(
  ctx: Pick<Context, 'people' | 'config' | 'log'>,
  views: readonly AccountView[],
  maxAgeMs?: number,
): Promise<ReadonlyMap<AccountId, Answering>> {
  const { config } = ctx;
  const ask = askingOnce(ctx, maxAgeMs);
  const standIn = async (gap: OwnerGap): Promise<Answering> => {
    if (config.owners.fallback === undefined) return { kind: 'nobody', gap };
    const fallback = await ask(config.owners.fallback);
    if (fallback === 'not-known') return { kind: 'not-known' };
    const person = fallback && reachable(fallback, config);
    return person ? { kind: 'person', person, gap } : { kind: 'nobody', gap };
  };

  const answers = new Map<AccountId, Answering>();
  for (const view of views) answers.set(view.account.id, await answering(view));
  return answers;

  async function answering({ account, owner }: AccountView): Promise<Answering> {
    // Where there is no organization to ask, there are no tags to wait for.
    if (!owner && account.tags === null && account.state !== null) return { kind: 'not-known' };
    if (!owner || owner.from === 'fallback') return standIn('none-named');

    const found = await ask(owner.who);
    if (found === 'not-known') return { kind: 'not-known' };
    const person = found && reachable(found, config);
    if (person) return { kind: 'person', person, gap: null };
    return standIn(ownerGap(owner, found ?? null) ?? 'not-found');
  }
}

/** The person, if they can be written to. */
export function reachable(
  { slackId, teamId, kind, name, email, timeZone, awayUntil }: Person,
  { slack, schedule }: Pick<Config, 'slack' | 'schedule'>,
): Reachable | undefined {
  const isOurs =
    kind === 'member' || (kind === 'external' && teamId !== null && slack.enterpriseTeams.includes(teamId));
  if (!isOurs || !isSlackUserId(slackId)) return undefined;
  return { id: slackId, name, email, timeZone: usableZone(timeZone, schedule.timezone), awayUntil };
}

/** Asks for everybody once, and stops asking while nobody answers. */
function askingOnce({ people, log }: Pick<Context, 'people' | 'log'>, maxAgeMs: number | undefined) {
  const answers = new Map<string, Person | undefined | 'not-known'>();
  let failures = 0;
  return async (who: string): Promise<Person | undefined | 'not-known'> => {
    if (answers.has(who)) return answers.get(who);
    let answer: Person | undefined | 'not-known' = 'not-known';
    if (failures < PATIENCE) {
      try {
        answer = await people.byName(who, maxAgeMs);
        failures = 0;
      } catch (error) {
        failures += 1;
        log.warn({ err: error }, 'Slack did not say who an owner is');
      }
    }
    answers.set(who, answer);
    return answer;
  };
}

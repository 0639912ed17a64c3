import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../config/config.ts';
import type { AccountId } from '../../domain/account.ts';
import { usableZone } from '../../domain/calendar.ts';
import { type OwnerGap, ownerGap } from '../../domain/owner-gap.ts';
import { isSlackUserId, type SlackUserId } from '../../domain/person.ts';
import { inBatches } from '../../store/batches.ts';
import { type Person, rememberedPeople } from '../../store/people.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';

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

/** So old may be what is remembered of somebody: whoever is really written to is looked at anew. */
const MAX_AGE_MS = 7 * 24 * 60 * 60_000;
/** A few strangers are asked for at once, so that a small company need not wait for anything. */
const ASKED_AT_ONCE = 20;
/** Slack may tell the bot to wait a minute; nobody who resolves owners waits that long. */
const PATIENCE_MS = 3_000;
/** So many are answered before somebody else gets a turn. */
const VIEWS_AT_ONCE = 1_000;
/** After so many failures in a row Slack is left alone. */
const MOST_FAILURES = 3;

type Found = Person | undefined | 'not-known';

/**
 * Who answers for each of the accounts, by what is remembered of people. Slack is asked for a few who are not: all the
 * others are not known until `refreshPeople` came to them.
 */
export async function resolveOwners(
  ctx: Pick<Context, 'people' | 'config' | 'log'> & Partial<Pick<Context, 'db' | 'now'>>,
  views: readonly AccountView[],
): Promise<ReadonlyMap<AccountId, Answering>> {
  const { config } = ctx;
  const { fallback } = config.owners;
  const find = await findAll(ctx, [
    ...(fallback === undefined ? [] : [fallback]),
    ...views.flatMap(({ owner }) => owner?.who ?? []),
  ]);
  const answers = new Map<AccountId, Answering>();
  for await (const some of inBatches(views, VIEWS_AT_ONCE)) {
    for (const view of some) answers.set(view.account.id, answering(view));
  }
  return answers;

  function answering({ account, owner }: AccountView): Answering {
    // Where there is no organization to ask, there are no tags to wait for.
    if (!owner && account.tags === null && account.state !== null) return { kind: 'not-known' };
    if (!owner || owner.from === 'fallback') return standIn('none-named');

    const found = find(owner.who);
    if (found === 'not-known') return { kind: 'not-known' };
    const person = found && reachable(found, config);
    if (person) return { kind: 'person', person, gap: null };
    return standIn(ownerGap(owner, found ?? null) ?? 'not-found');
  }

  function standIn(gap: OwnerGap): Answering {
    if (fallback === undefined) return { kind: 'nobody', gap };
    const found = find(fallback);
    if (found === 'not-known') return { kind: 'not-known' };
    const person = found && reachable(found, config);
    return person ? { kind: 'person', person, gap } : { kind: 'nobody', gap };
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

/** Who each of them is: remembered, or asked for just now. */
async function findAll(
  { db, people, log, now }: Parameters<typeof resolveOwners>[0],
  names: readonly string[],
): Promise<(name: string) => Found> {
  const found = new Map<string, Found>();
  for (const name of names) found.set(name, 'not-known');
  // A few are looked up one by one; many are read at once.
  if (db && now && found.size > ASKED_AT_ONCE) {
    const remembered = await rememberedPeople(db);
    const oldest = now().getTime() - MAX_AGE_MS;
    for (const name of found.keys()) {
      const answer = remembered(name);
      if (answer.kind === 'person' && answer.person.readAt.getTime() > oldest) found.set(name, answer.person);
      if (answer.kind === 'nobody' && answer.askedAt.getTime() > oldest) found.set(name, undefined);
    }
  }

  const strangers = [...found].filter(([, who]) => who === 'not-known').slice(0, ASKED_AT_ONCE);
  const tooLate = performance.now() + PATIENCE_MS;
  let failures = 0;
  for (const [name] of strangers) {
    const left = tooLate - performance.now();
    if (left <= 0 || failures >= MOST_FAILURES) break;
    try {
      found.set(name, await within(left, people.byName(name, MAX_AGE_MS)));
      failures = 0;
    } catch (error) {
      failures += 1;
      log.warn({ err: error }, 'Slack did not say who an owner is');
    }
  }
  return (name) => (found.has(name) ? found.get(name) : 'not-known');
}

/** The answer if it comes in time; one that comes later is remembered all the same, for whoever asks next. */
async function within(milliseconds: number, answer: Promise<Person | undefined>): Promise<Found> {
  const waited = new AbortController();
  const late = pause(milliseconds, 'not-known' as const, { signal: waited.signal });
  late.catch(() => undefined);
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    waited.abort();
  }
}

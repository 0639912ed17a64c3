import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../config/config.ts';
import type { AccountId } from '../../domain/account.ts';
import { timeZoneOrDefault } from '../../domain/calendar.ts';
import { type OwnerGap, ownerGap } from '../../domain/owner-gap.ts';
import { isSlackUserId, type SlackUserId } from '../../domain/person.ts';
import { inBatches } from '../../store/batches.ts';
import { type Person, readKnownPeople } from '../../store/people.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';

/** An active person of the company, to whom messages can be sent. */
export interface ReachablePerson {
  readonly id: SlackUserId;
  /** Untrusted text. */
  readonly name: string;
  readonly email: string | null;
  readonly timeZone: string;
  readonly awayUntil: Date | null;
}

/** Who owns an account, as far as Slack and the directory can say. */
export type OwnerResolution =
  /** With a gap: the fallback owner, in place of the owner. */
  | { readonly kind: 'person'; readonly person: ReachablePerson; readonly gap: OwnerGap | null }
  | { readonly kind: 'none'; readonly gap: OwnerGap }
  /** Its tags were not read yet, or Slack could not be asked: that is no answer. */
  | { readonly kind: 'unknown' };

/** How long a lookup is used again; recipients of a message are looked up again before it is sent. */
const MAX_AGE_MS = 7 * 24 * 60 * 60_000;
/** Unknown people looked up immediately, so that a small company does not wait. */
const MAX_SLACK_LOOKUPS = 20;
/** Slack can ask the bot to wait a minute: too long for anyone who waits for an answer. */
const LOOKUP_TIMEOUT_MS = 3_000;
/** Accounts processed before yielding to the event loop. */
const VIEW_BATCH_SIZE = 1_000;
/** Failures in a row after which Slack is not asked again. */
const MAX_FAILURES = 3;

type LookupResult = Person | undefined | 'unknown';

/**
 * Who answers for each of the accounts, by what is remembered of people. Slack is asked for a few who are not: all the
 * others are not known until `refreshPeople` came to them.
 */
export async function resolveOwners(
  ctx: Pick<Context, 'people' | 'config' | 'log'> & Partial<Pick<Context, 'db' | 'now'>>,
  views: readonly AccountView[],
): Promise<ReadonlyMap<AccountId, OwnerResolution>> {
  const { config } = ctx;
  const { fallback } = config.owners;
  const find = await findPeople(ctx, [
    ...(fallback === undefined ? [] : [fallback]),
    ...views.flatMap(({ owner }) => owner?.identifier ?? []),
  ]);
  const resolutions = new Map<AccountId, OwnerResolution>();
  for await (const batch of inBatches(views, VIEW_BATCH_SIZE)) {
    for (const view of batch) resolutions.set(view.account.id, resolveOwner(view));
  }
  return resolutions;

  function resolveOwner({ account, owner }: AccountView): OwnerResolution {
    // Where there is no organization to ask, there are no tags to wait for.
    if (!owner && account.tags === null && account.state !== null) return { kind: 'unknown' };
    if (!owner || owner.source === 'fallback') return resolveFallback('none-named');

    const found = find(owner.identifier);
    if (found === 'unknown') return { kind: 'unknown' };
    const person = found && toReachablePerson(found, config);
    if (person) return { kind: 'person', person, gap: null };
    return resolveFallback(ownerGap(owner, found ?? null) ?? 'not-found');
  }

  function resolveFallback(gap: OwnerGap): OwnerResolution {
    if (fallback === undefined) return { kind: 'none', gap };
    const found = find(fallback);
    if (found === 'unknown') return { kind: 'unknown' };
    const person = found && toReachablePerson(found, config);
    return person ? { kind: 'person', person, gap } : { kind: 'none', gap };
  }
}

/** The person, if they can be written to. */
export function toReachablePerson(
  { slackId, teamId, kind, name, email, timeZone, awayUntil }: Person,
  { slack, schedule }: Pick<Config, 'slack' | 'schedule'>,
): ReachablePerson | undefined {
  const isOurs =
    kind === 'member' || (kind === 'external' && teamId !== null && slack.enterpriseTeams.includes(teamId));
  if (!isOurs || !isSlackUserId(slackId)) return undefined;
  return { id: slackId, name, email, timeZone: timeZoneOrDefault(timeZone, schedule.timezone), awayUntil };
}

/** Returns who each of them is: from the database, or looked up now. */
async function findPeople(
  { db, people, log, now }: Parameters<typeof resolveOwners>[0],
  names: readonly string[],
): Promise<(name: string) => LookupResult> {
  const found = new Map<string, LookupResult>();
  for (const name of names) found.set(name, 'unknown');
  // A few are looked up one by one; many are read at once.
  if (db && now && found.size > MAX_SLACK_LOOKUPS) {
    const knownPeople = await readKnownPeople(db);
    // By how far apart they are: an answer from the future is of a clock that was ahead.
    const isFresh = (at: Date) => Math.abs(now().getTime() - at.getTime()) < MAX_AGE_MS;
    for (const name of found.keys()) {
      const lookup = knownPeople(name);
      if (lookup.kind === 'person' && isFresh(lookup.person.readAt)) found.set(name, lookup.person);
      if (lookup.kind === 'not-found' && isFresh(lookup.askedAt)) found.set(name, undefined);
    }
  }

  const unresolved = [...found].filter(([, who]) => who === 'unknown').slice(0, MAX_SLACK_LOOKUPS);
  const deadline = performance.now() + LOOKUP_TIMEOUT_MS;
  let failures = 0;
  for (const [name] of unresolved) {
    const remainingMs = deadline - performance.now();
    if (remainingMs <= 0 || failures >= MAX_FAILURES) break;
    try {
      found.set(name, await within(remainingMs, people.byName(name, MAX_AGE_MS)));
      failures = 0;
    } catch (error) {
      failures += 1;
      log.warn({ err: error }, 'Slack did not say who an owner is');
    }
  }
  return (name) => (found.has(name) ? found.get(name) : 'unknown');
}

/** Returns the answer if it comes in time; a later one is stored all the same, for the next lookup. */
async function within(milliseconds: number, answer: Promise<Person | undefined>): Promise<LookupResult> {
  const waited = new AbortController();
  const late = pause(milliseconds, 'unknown' as const, { signal: waited.signal });
  late.catch(() => undefined);
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    waited.abort();
  }
}

import type { WebClient } from '@slack/web-api';
import { isSlackUserId } from '../domain/person.ts';
import type { Database } from '../store/database.ts';
import {
  findPersonByEmail,
  findPersonById,
  type Person,
  type PersonKind,
  savePeople,
  saveUnknownName,
} from '../store/people.ts';
import { answerPart, isPlatformError } from './slack-errors.ts';

/** Slack users, cached for as long as the caller allows. */
export interface UserDirectory {
  /** Returns the user with this Slack ID, no older than requested; undefined if Slack has none. */
  byId(id: string, maxAgeMs?: number): Promise<Person | undefined>;
  byEmail(email: string, maxAgeMs?: number): Promise<Person | undefined>;
  /** Looks users up by email or Slack ID, as owners are named. */
  byName(emailOrId: string, maxAgeMs?: number): Promise<Person | undefined>;
}

const DAY_MS = 24 * 60 * 60_000;

/** Creates the directory of a workspace. Rethrows the SDK's error when Slack does not answer: that is not a "no". */
export function createUserDirectory({
  db,
  client,
  homeTeam,
  now,
}: {
  readonly db: Database;
  readonly client: WebClient;
  readonly homeTeam: () => string | undefined;
  readonly now: () => Date;
}): UserDirectory {
  // A later date comes from a clock that was ahead: its real age is unknown.
  const isFresh = (readAt: Date, maxAgeMs: number) => Math.abs(now().getTime() - readAt.getTime()) < maxAgeMs;

  const saveUser = async (user: SlackUser): Promise<Person> => {
    const person = toPerson(user, homeTeam(), now());
    await savePeople(db, [person]);
    return person;
  };

  const people: UserDirectory = {
    async byId(id, maxAgeMs = DAY_MS) {
      const known = await findPersonById(db, id);
      if (known && isFresh(known.readAt, maxAgeMs)) return known;
      const user = await undefinedIfNotFound(client.users.info({ user: id }));
      if (user) return saveUser(user);
      await saveUnknownName(db, id, now());
      return undefined;
    },
    async byEmail(email, maxAgeMs = DAY_MS) {
      const known = await findPersonByEmail(db, email);
      if (known.kind === 'person' && isFresh(known.person.readAt, maxAgeMs)) return known.person;
      if (known.kind === 'not-found' && isFresh(known.askedAt, maxAgeMs)) return undefined;
      const user = await undefinedIfNotFound(client.users.lookupByEmail({ email }));
      if (user) return saveUser(user);
      // Slack does not find deactivated users by email, but still knows them by ID.
      const former = known.kind === 'person' ? await people.byId(known.person.slackId, 0) : undefined;
      if (former?.email === email.toLowerCase()) return former;
      await saveUnknownName(db, email, now());
      return undefined;
    },
    byName: (emailOrId, maxAgeMs) =>
      isSlackUserId(emailOrId) ? people.byId(emailOrId, maxAgeMs) : people.byEmail(emailOrId, maxAgeMs),
  };
  return people;
}

interface SlackUser {
  readonly id?: string;
  readonly team_id?: string;
  readonly name?: string;
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_stranger?: boolean;
  readonly is_invited_user?: boolean;
  readonly tz?: string;
  readonly profile?: {
    readonly email?: string;
    readonly real_name?: string;
    readonly display_name?: string;
    readonly status_emoji?: string;
    readonly status_text?: string;
    readonly status_expiration?: number;
  };
}

function toPerson(user: SlackUser, homeTeam: string | undefined, readAt: Date): Person {
  const { profile = {} } = user;
  return {
    slackId: user.id ?? '',
    teamId: user.team_id ?? null,
    email: profile.email?.toLowerCase() ?? null,
    name: profile.display_name || profile.real_name || user.name || user.id || '',
    timeZone: user.tz ?? null,
    kind: kindOf(user, homeTeam),
    awayUntil: awayUntil(profile, readAt),
    readAt,
  };
}

function kindOf(user: SlackUser, homeTeam: string | undefined): PersonKind {
  if (user.deleted) return 'deactivated';
  if (user.is_bot) return 'bot';
  if (user.is_stranger || (homeTeam !== undefined && user.team_id !== homeTeam)) return 'external';
  return user.is_restricted || user.is_ultra_restricted || user.is_invited_user ? 'guest' : 'member';
}

/** Status emojis that mean not at work; "focusing", for example, does not. */
const AWAY_EMOJI =
  /^:(palm_tree|face_with_thermometer|hospital|baby|beach_with_umbrella|island|desert_island|airplane):$/;
const AWAY_STATUS_TEXT =
  /\b(vacation|holiday|holidays|annual leave|on leave|parental|out of office|ooo|sick|pto)\b/i;
/** A status without an end is read again after this time. */
const DEFAULT_AWAY_MS = 14 * DAY_MS;

function awayUntil(profile: NonNullable<SlackUser['profile']>, now: Date): Date | null {
  const isAway =
    AWAY_EMOJI.test(profile.status_emoji ?? '') || AWAY_STATUS_TEXT.test(profile.status_text ?? '');
  if (!isAway) return null;
  const end = profile.status_expiration
    ? new Date(profile.status_expiration * 1000)
    : new Date(now.getTime() + DEFAULT_AWAY_MS);
  return end > now ? end : null;
}

const NOT_FOUND_ERRORS: ReadonlySet<string> = new Set([
  'users_not_found',
  'user_not_found',
  'user_not_visible',
]);

/** Returns a user from Slack; undefined if Slack says that there is none. */
async function undefinedIfNotFound(
  answer: Promise<{ readonly user?: SlackUser | undefined }>,
): Promise<SlackUser | undefined> {
  try {
    return answerPart((await answer).user, 'the user');
  } catch (error) {
    if (isPlatformError(error) && NOT_FOUND_ERRORS.has(error.data.error)) return undefined;
    throw error;
  }
}

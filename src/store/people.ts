import { yieldToEventLoop } from './batches.ts';
import type { Database } from './transactions.ts';

/** Most rows read by one statement. */
const PAGE_SIZE = 500;

/** What a person is to the workspace; where several apply, the last one. */
export type PersonKind = 'member' | 'guest' | 'external' | 'bot' | 'deactivated';

/** A Slack user, as last read from Slack. */
export interface Person {
  readonly slackId: string;
  readonly teamId: string | null;
  /** Lower case. `null`: Slack did not say. */
  readonly email: string | null;
  /** Chosen by the person: untrusted text. */
  readonly name: string;
  /** An IANA zone, `Europe/Madrid`. */
  readonly timeZone: string | null;
  readonly kind: PersonKind;
  /** Until when their status says that they are away. */
  readonly awayUntil: Date | null;
  readonly readAt: Date;
}

/** The result of a look-up: a person, none when Slack was last asked, or Slack was never asked. */
export type PersonLookup =
  | { readonly kind: 'person'; readonly person: Person }
  | { readonly kind: 'not-found'; readonly askedAt: Date }
  | { readonly kind: 'not-asked' };

/** Saves people as Slack describes them now. */
export async function savePeople(db: Database, people: readonly Person[]): Promise<void> {
  await db.transaction(async (tx) => {
    for (const person of people) await savePerson(tx, person);
  });
}

/** Saves that Slack knows no one by an e-mail or a Slack id. */
export async function saveUnknownName(db: Database, name: string, at: Date): Promise<void> {
  await db.query(
    `insert into unknown_emails (email, asked_at) values ($1, $2)
     on conflict (email) do update set asked_at = excluded.asked_at`,
    [name.toLowerCase(), at],
  );
}

/** The person with this Slack id, or undefined when we never asked. */
export async function findPersonById(db: Database, slackId: string): Promise<Person | undefined> {
  const [row] = await db.query<PersonRow>(
    `select slack_id, team_id, email, name, time_zone, kind, away_until, read_at from people where slack_id = $1`,
    [slackId],
  );
  return row && toPerson(row);
}

/** Who has this e-mail, in any spelling of upper and lower case. */
export async function findPersonByEmail(db: Database, email: string): Promise<PersonLookup> {
  const [row] = await db.query<PersonRow>(
    // A person who came back has an old, deactivated self with the same e-mail.
    `select slack_id, team_id, email, name, time_zone, kind, away_until, read_at
       from people
      where email = $1
      order by kind = 'deactivated', read_at desc
      limit 1`,
    [email.toLowerCase()],
  );
  if (row) return { kind: 'person', person: toPerson(row) };

  const [unknown] = await db.query<{ asked_at: Date }>(
    'select asked_at from unknown_emails where email = $1',
    [email.toLowerCase()],
  );
  return unknown ? { kind: 'not-found', askedAt: unknown.asked_at } : { kind: 'not-asked' };
}

/** Every person in the database, by Slack id; read in pages, so that others get a turn. */
export async function listPeople(db: Database): Promise<Person[]> {
  const people: Person[] = [];
  let after = '';
  for (;;) {
    const rows = await db.query<PersonRow>(
      `select slack_id, team_id, email, name, time_zone, kind, away_until, read_at
         from people
        where slack_id > $1
        order by slack_id
        limit ${PAGE_SIZE}`,
      [after],
    );
    for (const row of rows) people.push(toPerson(row));
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_SIZE) return people;
    after = last.slack_id;
    await yieldToEventLoop();
  }
}

/** The last result of looking up an email or a Slack ID. */
export type KnownPeople = (name: string) => PersonLookup;

/** All look-up results, in memory. */
export async function readKnownPeople(db: Database): Promise<KnownPeople> {
  const people = await listPeople(db);
  const unknownRows = await db.query<{ email: string; asked_at: Date }>(
    'select email, asked_at from unknown_emails',
  );
  const lookups = new Map<string, PersonLookup>();
  for (const { email, asked_at: askedAt } of unknownRows) lookups.set(email, { kind: 'not-found', askedAt });
  for (const person of people) {
    lookups.set(person.slackId, { kind: 'person', person });
    if (person.email === null) continue;
    const other = lookups.get(person.email);
    const keepOther = other?.kind === 'person' && isPreferred(other.person, person);
    if (!keepOther) lookups.set(person.email, { kind: 'person', person });
  }
  return (name) => lookups.get(name.includes('@') ? name.toLowerCase() : name) ?? { kind: 'not-asked' };
}

/** A person who came back has an old, deactivated self with the same e-mail. */
function isPreferred(one: Person, other: Person): boolean {
  const difference = Number(one.kind === 'deactivated') - Number(other.kind === 'deactivated');
  return difference === 0 ? one.readAt >= other.readAt : difference < 0;
}

/** Lists the e-mails and Slack ids, in lower case, by which Slack knows no one. */
export async function listUnknownNames(db: Database): Promise<string[]> {
  const rows = await db.query<{ email: string }>('select email from unknown_emails order by email');
  return rows.map(({ email }) => email);
}

async function savePerson(tx: Database, person: Person): Promise<void> {
  const email = person.email?.toLowerCase() ?? null;
  await tx.query(
    `insert into people (slack_id, team_id, email, name, time_zone, kind, away_until, read_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (slack_id) do update
       set team_id = excluded.team_id, email = excluded.email, name = excluded.name,
           time_zone = excluded.time_zone, kind = excluded.kind, away_until = excluded.away_until,
           read_at = excluded.read_at`,
    [
      person.slackId,
      person.teamId,
      email,
      person.name,
      person.timeZone,
      person.kind,
      person.awayUntil,
      person.readAt,
    ],
  );
  if (email) await tx.query('delete from unknown_emails where email = $1', [email]);
}

interface PersonRow {
  slack_id: string;
  team_id: string | null;
  email: string | null;
  name: string;
  time_zone: string | null;
  kind: PersonKind;
  away_until: Date | null;
  read_at: Date;
}

function toPerson(row: PersonRow): Person {
  return {
    slackId: row.slack_id,
    teamId: row.team_id,
    email: row.email,
    name: row.name,
    timeZone: row.time_zone,
    kind: row.kind,
    awayUntil: row.away_until,
    readAt: row.read_at,
  };
}

import { createHmac } from 'node:crypto';
import { isSystemId } from '../../domain/person.ts';

/** Replaces people in texts of an evidence pack. */
export interface Redactor {
  /** Returns a person's id, name or email as it is shown; `null` stays `null`. */
  person(id: string): string;
  /** Returns a free text without the people that are known. */
  text(text: string): string;
}

/** Shows people as they are. */
export const NO_REDACTION: Redactor = { person: (id) => id, text: (text) => text };

interface KnownPerson {
  readonly slackId: string;
  readonly name: string;
  readonly email: string | null;
}

/** Never people: who acts when the bot does, and what starts a scheduled scan. */
const NOT_PEOPLE = new Set(['bot', 'schedule']);
const SLACK_ID = /\b[UW][A-Z0-9]{5,}\b/g;
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/**
 * Replaces people by pseudonyms that are the same in every pack of one database. Ids and email addresses are replaced
 * wherever they stand; names only of people that the bot knows.
 */
export function createRedactor(salt: string, people: readonly KnownPerson[]): Redactor {
  const idOf = new Map(
    people.flatMap(({ email, slackId }) => (email ? [[email.toLowerCase(), slackId]] : [])),
  );
  const pseudonym = (id: string) => {
    if (NOT_PEOPLE.has(id) || isSystemId(id)) return id;
    const subject = idOf.get(id.toLowerCase()) ?? id;
    return `person-${createHmac('sha256', salt).update(subject).digest('hex').slice(0, 10)}`;
  };
  const names = people.filter(({ name }) => name.length > 2).sort((a, b) => b.name.length - a.name.length);
  return {
    person: pseudonym,
    text: (text) => {
      let redacted = text.replace(EMAIL, pseudonym).replace(SLACK_ID, pseudonym);
      for (const { name, slackId } of names) redacted = redacted.replaceAll(name, pseudonym(slackId));
      return redacted;
    },
  };
}

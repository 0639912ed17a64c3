import { type Config, parseConfig } from '../../src/config/config.ts';
import type { SlackUserId } from '../../src/domain/person.ts';
import { keepBook } from '../../src/store/account-cache.ts';
import type { Database } from '../../src/store/database.ts';
import { keepDecisions } from '../../src/store/decision-cache.ts';
import { type Person, personByEmail, personById } from '../../src/store/people.ts';
import type { Context } from '../../src/usecases/shared/context.ts';

/** What use cases need, with nothing behind it but a database: people are those that it remembers. */
export function aContext({
  db,
  config = parseConfig(''),
  admins = [],
  ...over
}: Partial<Context> & { db: Database; config?: Config; admins?: readonly SlackUserId[] }): Context {
  const byName = async (who: string): Promise<Person | undefined> => {
    if (!who.includes('@')) return personById(db, who);
    const answer = await personByEmail(db, who);
    return answer.kind === 'person' ? answer.person : undefined;
  };
  return {
    db,
    config,
    book: keepBook(db),
    decisions: keepDecisions(db),
    collector: () => Promise.reject(new Error('Nothing is simulated here')),
    people: { byName, admins: async () => admins },
    channels: { digest: 'C01SECURITY', tokens: 'C04KEYS', whyNot: async () => undefined },
    lettersWritten: () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => new Date('2026-11-24T09:00:00Z'),
    ...over,
  };
}

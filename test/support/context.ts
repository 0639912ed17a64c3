import { type Config, parseConfig } from '../../src/config/config.ts';
import type { SlackUserId } from '../../src/domain/person.ts';
import { createAccountCache } from '../../src/store/account-cache.ts';
import type { Database } from '../../src/store/database.ts';
import { createDecisionCache } from '../../src/store/decision-cache.ts';
import { findPersonByEmail, findPersonById, type Person } from '../../src/store/people.ts';
import type { Context } from '../../src/usecases/shared/context.ts';

/** What use cases need, with nothing behind it but a database: people are those that it remembers. */
export function aContext({
  db,
  config = parseConfig(''),
  admins = [],
  ...overrides
}: Partial<Context> & { db: Database; config?: Config; admins?: readonly SlackUserId[] }): Context {
  const byName = async (emailOrId: string): Promise<Person | undefined> => {
    if (!emailOrId.includes('@')) return findPersonById(db, emailOrId);
    const lookup = await findPersonByEmail(db, emailOrId);
    return lookup.kind === 'person' ? lookup.person : undefined;
  };
  return {
    db,
    config,
    accounts: createAccountCache(db),
    decisions: createDecisionCache(db),
    collector: () => Promise.reject(new Error('Nothing is simulated here')),
    people: { byName, admins: async () => admins },
    channels: { digest: 'C01SECURITY', tokens: 'C04KEYS', channelBlockReason: async () => undefined },
    notificationsQueued: () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => new Date('2026-11-24T09:00:00Z'),
    ...overrides,
  };
}

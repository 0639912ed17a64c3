import type { Device, SimulatedOrganization } from '@root-mfa-bot/aws-simulator';
import type { Config } from '../config/config.ts';
import { lastRunAt, parseCron } from '../domain/cron.ts';
import { saveDirectoryEntries } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import { directoryOf } from './directory-entries.ts';
import type { MovableClock } from './movable-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** Week by week: the accounts whose root users get the devices that they have today. */
const ENROLLED_BY_WEEK: readonly (readonly string[])[] = [
  ['111122224444', '333344440002'],
  ['222233330001'],
  [],
  ['222233330004', '444455550001'],
  ['111122225555', '444455550002'],
  ['222233330002'],
  ['333344440005', '222233330003'],
];

/** Had an app until last week, and lost it. */
const LOST_MFA_LAST_WEEK = '333344440001';

/** The last look before the digest is at night. */
const BEFORE_DIGEST_MS = 4 * HOUR_MS;

/** When the demo opens: right after the last digest that was due. */
export function demoStartAfter({ schedule }: Config, now: Date): Date {
  const digest = lastRunAt(parseCron(schedule.digest), schedule.timezone, now) ?? now;
  return new Date(digest.getTime() + MINUTE_MS);
}

/** When its past begins. */
export function historyStartBefore(startsAt: Date): Date {
  return new Date(startsAt.getTime() - BEFORE_DIGEST_MS - (ENROLLED_BY_WEEK.length + 1) * WEEK_MS);
}

export interface HistoryInputs {
  readonly organization: SimulatedOrganization;
  readonly clock: MovableClock;
  readonly scan: () => Promise<void>;
  readonly db: Database;
}

/**
 * Plays the weeks in which the company came to stand where it stands: what was enrolled then is enrolled then, and the
 * bot's own scans see it. Ends in the night before the demo opens: one root user has lost its MFA.
 */
export async function playHistory({ organization, clock, scan, db }: HistoryInputs): Promise<void> {
  const devicesByAccount = new Map<string, readonly Device[]>();
  for (const id of ENROLLED_BY_WEEK.flat()) {
    devicesByAccount.set(id, organization.account(id).root.devices);
    organization.removeMfa(id);
  }
  organization.enrolDevice(LOST_MFA_LAST_WEEK, 'virtual', 'data-lake-phone');
  await scan();
  await saveDirectoryEntries(db, directoryOf(organization), clock.now());

  for (const enrolled of ENROLLED_BY_WEEK) {
    clock.advance(WEEK_MS);
    for (const id of enrolled) {
      for (const { kind, serialNumber, certifications } of devicesByAccount.get(id) ?? []) {
        organization.enrolDevice(id, kind, serialNumber.split('/').at(-1), certifications);
      }
    }
    await scan();
  }
  clock.advance(WEEK_MS);
  organization.removeMfa(LOST_MFA_LAST_WEEK);
  await scan();
}

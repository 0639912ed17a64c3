import { type Account, type AccountId, accountId } from '../../src/domain/account.ts';
import { localDate } from '../../src/domain/calendar.ts';
import type { NotificationContent } from '../../src/domain/notification.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { saveAccounts, saveDirectoryEntries } from '../../src/store/accounts.ts';
import type { Database } from '../../src/store/database.ts';
import { type Person, savePeople } from '../../src/store/people.ts';
import { saveObservations } from '../../src/store/verdicts.ts';
import { applyScanEffects } from '../../src/usecases/scan/apply-scan-effects/index.ts';
import type { Context } from '../../src/usecases/shared/context.ts';
import { anAccount, aVerdict } from './builders.ts';

const ZONES: Readonly<Record<string, string>> = {
  U01SAM: 'Europe/London',
  U03ANA: 'America/Sao_Paulo',
  U04BEN: 'America/New_York',
  U06EMI: 'Asia/Tokyo',
  U07FRANK: 'Europe/Berlin',
  U08GUS: 'Europe/Stockholm',
  C01SECURITY: 'Europe/London',
};

export const APP_VERDICT: Verdict = aVerdict({
  mfa: 'virtual',
  level1: 'pass',
  why: 'Root signs in with an authenticator app.',
});
export const SECURITY_KEY_VERDICT: Verdict = aVerdict({
  mfa: 'fido',
  level1: 'pass',
  level2: 'pass',
  why: 'Root signs in with a security key.',
});

/** A person in Slack: `ana` is U03ANA, ana@example.com, in São Paulo. */
export function aPerson(name: string, overrides: Partial<Person> = {}): Person {
  const slackId = Object.keys(ZONES).find((id) => id.endsWith(name.toUpperCase())) ?? '';
  return {
    slackId,
    teamId: 'T0HOME',
    email: `${name}@example.com`,
    name,
    timeZone: ZONES[slackId] ?? 'UTC',
    kind: 'member',
    awayUntil: null,
    readAt: new Date('2026-11-02T00:00Z'),
    ...overrides,
  };
}

/** Accounts of an owner, `ana-01`, `ana-02`, …, in an org unit; `null`: no owner. */
export async function saveAccountsOf(
  db: Database,
  count: number,
  { owner, orgUnit = '/Production', id }: { owner: string | null; orgUnit?: string; id: number },
  at: Date,
): Promise<Account[]> {
  const accounts = Array.from({ length: count }, (_, n) =>
    anAccount({
      id: String(id + n).padStart(12, '0'),
      name: `${owner ?? 'nobody'}-${String(n + 1).padStart(2, '0')}`,
    }),
  );
  await saveAccounts(db, accounts, at);
  const entry = {
    orgUnit,
    tags: owner ? { owner: `${owner}@example.com` } : {},
    securityContact: null,
  } as const;
  await saveDirectoryEntries(
    db,
    accounts.map((account) => ({ id: account.id, entry })),
    at,
  );
  return accounts;
}

/** What a look at some accounts saw, with all its consequences. */
export async function saveScanResult(
  ctx: Context,
  accounts: readonly Account[],
  verdict: Verdict,
): Promise<void> {
  const checkedAt = ctx.now();
  await ctx.db.transaction(async (tx) => {
    const observations = accounts.map((account) => ({ account, verdict, errors: [], checkedAt }));
    await applyScanEffects({ tx, ctx, at: checkedAt }, await saveObservations(tx, null, observations));
  });
}

export async function savePeopleOf(db: Database, ...people: readonly Person[]): Promise<void> {
  await savePeople(db, people);
}

/** A notification, and where and when its reader got it. */
export interface SentNotification {
  readonly key: string;
  readonly kind: NotificationContent['kind'];
  readonly to: string;
  readonly at: Date;
  /** On the reader's own wall: `2026-11-04 Wed 09:00`. */
  readonly localTime: string;
  readonly payload: NotificationContent;
}

/** Every notification that was enqueued, in order. */
export async function notificationsIn(db: Database): Promise<SentNotification[]> {
  const rows = await db.query<{
    key: string;
    kind: SentNotification['kind'];
    recipient: string;
    created_at: Date;
    payload: NotificationContent;
  }>('select key, kind, recipient, created_at, payload from outbox order by id');
  return rows.map(({ key, kind, recipient, created_at: at, payload }) => ({
    key,
    kind,
    to: recipient,
    at,
    localTime: formatLocalTime(at, ZONES[recipient] ?? 'UTC'),
    payload,
  }));
}

function formatLocalTime(at: Date, timeZone: string): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at);
  const time = part({ hour: '2-digit', minute: '2-digit' });
  return `${localDate(at, timeZone)} ${part({ weekday: 'short' })} ${time}`;
}

export function idOf(account: Account | undefined): AccountId {
  return account?.id ?? accountId('000000000000');
}

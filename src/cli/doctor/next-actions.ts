import type { Account } from '../../domain/account.ts';
import { nextRunAfter, parseCron } from '../../domain/cron.ts';
import { shouldPost } from '../../domain/digest.ts';
import { type AccountView, accountView } from '../../usecases/shared/account-view.ts';
import { plannedChases } from '../../usecases/tokens/follow-up-token-requests.ts';
import { type PreviewedLetter, readReminderPreview } from '../../usecases/reminders/read-reminder-preview.ts';
import { readAccounts } from '../../usecases/shared/read-accounts.ts';
import { resolveOwners } from '../../usecases/owners/resolve-owners.ts';
import { readDigest } from '../../usecases/digest/send-digest.ts';
import { type Check, doubtful, type Finding, ok, skipped } from './check.ts';
import type { Patient } from './resources.ts';
import { counted, moment } from './format-values.ts';

const FEW = 0.8;
const MOST_SHOWN = 5;
const SAMPLE = 10;

/** What would happen next. Nothing is sent, and nothing is written down. */
export const nextChecks: readonly Check[] = [
  { name: 'owners', look: ownersFinding },
  { name: 'next digest', look: digestFinding },
  { name: 'next reminders', look: remindersFinding },
];

async function ownersFinding(patient: Patient): Promise<Finding> {
  const config = await patient.config.need();
  const people = await patient.people.need();
  const remembered = await patient.context
    .need()
    .then(readAccounts)
    .catch(() => []);
  const views = remembered.length > 0 ? remembered : await someViews(patient);
  if (views.length === 0) return skipped('there are no accounts to find owners of');

  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const finder = { ...people, admins: async () => [] };
  const db = remembered.length > 0 ? (await patient.context.need()).db : undefined;
  const known = db && { db, now: patient.now };
  const answers = await resolveOwners({ people: finder, config, log, ...known }, views);
  const tally = new Map<string, number>();
  let reached = 0;
  for (const answer of answers.values()) {
    if (answer.kind === 'person' && answer.gap === null) reached += 1;
    else {
      const why = answer.kind === 'not-known' ? 'not known yet' : GAPS[answer.gap ?? 'none-named'];
      tally.set(why, (tally.get(why) ?? 0) + 1);
    }
  }
  const share = reached / views.length;
  const of = remembered.length > 0 ? 'accounts' : 'accounts looked at';
  const says = `${reached} of ${views.length} ${of} have an owner who can be reached (${Math.floor(share * 100)} %)`;
  const details = [...tally].map(([why, count]) => `${why}: ${count}`);
  if (share >= FEW) return ok(says, details);
  return doubtful(
    says,
    `Tag accounts with ${config.owners.tags.join(' or ')}, list them under owners.accounts, or set owners.fallback.`,
    details,
  );
}

const GAPS = {
  'none-named': 'nobody named',
  left: 'left the company',
  'not-found': 'not known to Slack',
  guest: 'a guest',
  external: 'of another company',
} as const;

/** Some accounts as AWS describes them just now, where nothing is remembered yet. */
async function someViews({ config, collector, accounts, now }: Patient): Promise<readonly AccountView[]> {
  const { organization, directory } = await collector.need();
  const some: readonly Account[] = (await accounts.need()).found
    .filter(({ state }) => state === 'ACTIVE' || state === null)
    .slice(0, SAMPLE);
  const settings = await config.need();
  const reader = directory({ orgUnits: false, tags: true, contacts: settings.owners.securityContact });
  if (organization) reader.learn(some);
  const { entries } = await reader.finish();
  const none = {
    exemptions: new Map(),
    attestations: new Map(),
    tokenRequests: new Map(),
    reminders: new Map(),
  };
  return some.map((account) => {
    const entry = entries.get(account.id) ?? { orgUnit: null, tags: null, securityContact: null };
    const unseen = { verdict: null, since: null, checkedAt: null, unread: null, closedAt: null };
    const times = { firstSeenAt: now(), directoryReadAt: null };
    return accountView(
      { ...account, ...entry, ...unseen, ...times },
      { config: settings, decisions: none },
      now(),
    );
  });
}

async function digestFinding(patient: Patient): Promise<Finding> {
  const ctx = await patient.context.need();
  const { slack, schedule, digest: settings } = ctx.config;
  const next = nextRunAfter(parseCron(schedule.digest), schedule.timezone, ctx.now());
  if (!next) return doubtful('it is never due', 'Set schedule.digest to a time that comes.');
  if (!slack.channel) return skipped('slack.channel names no channel');

  const digest = await readDigest(ctx, next.at);
  if (digest.reading.at === null) return skipped('nothing was scanned yet, so there is nothing to tell');
  const when = `${moment(next.at, schedule.timezone)} ${schedule.timezone}`;
  const verdict = shouldPost(digest, settings, null, ctx.now());
  if (verdict !== 'digest') return ok(`${when}: quiet, as digest.whenAllMet asks`);
  return ok(`${when} to ${slack.channel}; as things stand now:`, [digest.headline.sentence]);
}

async function remindersFinding(patient: Patient): Promise<Finding> {
  const ctx = await patient.context.need();
  const { mode } = ctx.config.reminders;
  if (mode === 'off') return ok('off: nobody is written to');
  const { letters } = await readReminderPreview(ctx, await plannedChases(ctx));
  const really = letters.filter(({ sends }) => sends).length;
  const zone = ctx.config.schedule.timezone;
  const says = `${counted(letters.length, 'letter')} planned (${zone}), ${really} of them sent: reminders.mode is ${mode}`;
  const shown = letters.slice(0, MOST_SHOWN).map((letter) => lineOf(letter, zone));
  const more = letters.length - shown.length;
  return ok(says, more > 0 ? [...shown, `and ${more} more`] : shown);
}

function lineOf({ to, at, accounts, escalated, requests, sends }: PreviewedLetter, zone: string): string {
  const about = [
    ...(accounts.length > 0 ? [counted(accounts.length, 'account')] : []),
    ...(escalated.length > 0 ? [`${counted(escalated.length, 'account')} of others`] : []),
    ...(requests > 0 ? [counted(requests, 'key request')] : []),
  ];
  return `${to?.name ?? 'the channel'}, ${moment(at, zone)}: ${about.join(', ')}${sends ? '' : ' (not sent)'}`;
}

import { type Account, EMPTY_DIRECTORY_ENTRY } from '../../domain/account.ts';
import { formatCalendarDay } from '../../domain/calendar.ts';
import { nextRunAfter, parseCron } from '../../domain/cron.ts';
import { shouldPost } from '../../domain/digest.ts';
import type { TargetProgress } from '../../domain/target.ts';
import { NO_DECISIONS } from '../../store/decision-cache.ts';
import { readDigest } from '../../usecases/digest/send-digest.ts';
import { resolveOwners } from '../../usecases/owners/resolve-owners.ts';
import {
  type PreviewedReminder,
  readReminderPreview,
} from '../../usecases/reminders/read-reminder-preview.ts';
import { type AccountView, accountView } from '../../usecases/shared/account-view.ts';
import { readAccounts } from '../../usecases/shared/read-accounts.ts';
import { readTargets } from '../../usecases/targets/read-targets.ts';
import { plannedFollowUps } from '../../usecases/tokens/follow-up-token-requests.ts';
import { type Check, type CheckResult, ok, skip, warn } from './check.ts';
import { formatCount, formatDateTime } from './format-values.ts';
import { type DoctorResources, SILENT_LOG } from './resources.ts';

const MIN_REACHABLE_SHARE = 0.8;
const MAX_SHOWN = 5;
const SAMPLE_SIZE = 10;

/** Previews of what the bot would do next. Nothing is sent or saved. */
export const nextChecks: readonly Check[] = [
  { name: 'owners', run: checkOwners },
  { name: 'targets', run: checkTargets },
  { name: 'next digest', run: checkNextDigest },
  { name: 'next reminders', run: checkNextReminders },
];

async function checkOwners(resources: DoctorResources): Promise<CheckResult> {
  const config = await resources.config.require();
  const people = await resources.people.require();
  const storedViews = await resources.context
    .require()
    .then(readAccounts)
    .catch(() => []);
  const views = storedViews.length > 0 ? storedViews : await readSampleViews(resources);
  if (views.length === 0) return skip('no accounts yet');

  const peopleWithoutAdmins = { ...people, admins: async () => [] };
  const db = storedViews.length > 0 ? (await resources.context.require()).db : undefined;
  const store = db && { db, now: resources.now };
  const resolutions = await resolveOwners(
    { people: peopleWithoutAdmins, config, log: SILENT_LOG, ...store },
    views,
  );
  const reasonCounts = new Map<string, number>();
  let reachable = 0;
  for (const resolution of resolutions.values()) {
    if (resolution.kind === 'person' && resolution.gap === null) reachable += 1;
    else {
      const reason =
        resolution.kind === 'unknown' ? 'not looked up yet' : GAPS[resolution.gap ?? 'none-named'];
      reasonCounts.set(reason, (reasonCounts.get(reason) ?? 0) + 1);
    }
  }
  const share = reachable / views.length;
  const noun = storedViews.length > 0 ? 'accounts' : 'sampled accounts';
  const message = `${reachable} of ${views.length} ${noun} have a reachable owner (${Math.floor(share * 100)}%)`;
  const details = [...reasonCounts].map(([reason, count]) => `${reason}: ${count}`);
  if (share >= MIN_REACHABLE_SHARE) return ok(message, details);
  return warn(
    message,
    `Tag accounts with ${config.owners.tags.join(' or ')}, list them in owners.accounts, or set owners.fallback.`,
    details,
  );
}

const GAPS = {
  'none-named': 'no owner named',
  left: 'left the company',
  'not-found': 'not found in Slack',
  guest: 'guest in Slack',
  external: 'in another company',
} as const;

/** Returns views of a few accounts read from AWS now, for a bot that has not scanned yet. */
async function readSampleViews({
  config,
  collector,
  accounts,
  now,
}: DoctorResources): Promise<readonly AccountView[]> {
  const { organization, directory } = await collector.require();
  const sample: readonly Account[] = (await accounts.require()).found
    .filter(({ state }) => state === 'ACTIVE' || state === null)
    .slice(0, SAMPLE_SIZE);
  const settings = await config.require();
  const directoryReader = directory({
    orgUnits: false,
    tags: true,
    contacts: settings.owners.securityContact,
    guardrails: false,
  });
  if (organization) directoryReader.learn(sample);
  const { entries } = await directoryReader.finish();
  return sample.map((account) => {
    const entry = entries.get(account.id) ?? EMPTY_DIRECTORY_ENTRY;
    const unscanned = { verdict: null, since: null, checkedAt: null, readFailure: null, closedAt: null };
    const times = { firstSeenAt: now(), directoryReadAt: null, guardrailsReadAt: null };
    return accountView(
      { ...account, ...entry, ...unscanned, ...times },
      { config: settings, decisions: NO_DECISIONS },
      now(),
    );
  });
}

async function checkTargets(resources: DoctorResources): Promise<CheckResult> {
  if ((await resources.config.require()).targets.length === 0) return ok('none set');
  const { progress } = await readTargets(await resources.context.require());
  const lines = progress.map(
    ({ name, by, toGo, total }) => `${name} by ${formatCalendarDay(by)}: ${toGo} of ${total} to go`,
  );
  const message = formatCount(progress.length, 'target');
  const problems = progress.flatMap((target) => targetProblemOf(target) ?? []);
  if (problems.length === 0) return ok(message, lines);
  return warn(message, 'Correct targets or policy.rules in the configuration.', [...lines, ...problems]);
}

function targetProblemOf({ name, by, state, notRequired }: TargetProgress): string | undefined {
  if (state === 'empty') return `${name} matches no account`;
  if (state === 'overdue') return `${name} was due ${formatCalendarDay(by)}`;
  if (notRequired === 0) return undefined;
  return `${name}: policy requires less of ${formatCount(notRequired, 'account')}, so their owners get no reminders`;
}

async function checkNextDigest(resources: DoctorResources): Promise<CheckResult> {
  const ctx = await resources.context.require();
  const { slack, schedule, digest: settings } = ctx.config;
  const next = nextRunAfter(parseCron(schedule.digest), schedule.timezone, ctx.now());
  if (!next) return warn('never due', 'Set schedule.digest to a schedule that has a next run.');
  if (!slack.channel) return skip('slack.channel is not set');

  const digest = await readDigest(ctx, next);
  if (digest.reading.at === null) return skip('no scan yet, so the digest is empty');
  const when = `${formatDateTime(next, schedule.timezone)} ${schedule.timezone}`;
  const verdict = shouldPost(digest, settings, null, ctx.now());
  if (verdict !== 'digest') return ok(`${when}: none, as set by digest.whenAllMet`);
  return ok(`${when} to ${slack.channel}; based on the last scan:`, [digest.headline.sentence]);
}

async function checkNextReminders(resources: DoctorResources): Promise<CheckResult> {
  const ctx = await resources.context.require();
  const { mode } = ctx.config.reminders;
  if (mode === 'off') return ok('off: no one is reminded');
  const { reminders } = await readReminderPreview(ctx, await plannedFollowUps(ctx));
  const sentCount = reminders.filter(({ willSend }) => willSend).length;
  const timeZone = ctx.config.schedule.timezone;
  const message = `${formatCount(reminders.length, 'message')} planned (${timeZone}), ${sentCount} of which will be sent: reminders.mode is ${mode}`;
  const lines = reminders
    .slice(0, MAX_SHOWN)
    .map((notification) => formatReminderLine(notification, timeZone));
  const more = reminders.length - lines.length;
  return ok(message, more > 0 ? [...lines, `and ${more} more`] : lines);
}

function formatReminderLine(
  { to, at, accounts, escalated, requests, willSend }: PreviewedReminder,
  timeZone: string,
): string {
  const about = [
    ...(accounts.length > 0 ? [formatCount(accounts.length, 'account')] : []),
    ...(escalated.length > 0 ? [`${formatCount(escalated.length, 'account')} of other owners`] : []),
    ...(requests > 0 ? [formatCount(requests, 'key request')] : []),
  ];
  return `${to?.name ?? 'the channel'}, ${formatDateTime(at, timeZone)}: ${about.join(', ')}${willSend ? '' : ' (not sent)'}`;
}

import type { ReminderRecipient } from '../../domain/contact-time.ts';
import type { PlannedFollowUp } from '../../domain/due-reminder.ts';
import {
  type ReminderNotification,
  type TokenFollowUpNotification,
  tokenEscalationKey,
  tokenFollowUpCopyKey,
  tokenFollowUpKey,
  tokenRequestKey,
} from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import {
  type FollowUpRecipients,
  type FollowUpStep,
  nextFollowUp,
  pendingStepOf,
} from '../../domain/token-follow-up.ts';
import {
  isOpen,
  markFollowedUp,
  markRequestEscalated,
  type OpenTokenRequest,
} from '../../domain/token-request.ts';
import type { Database } from '../../store/database.ts';
import { enqueue } from '../../store/outbox.ts';
import { lastRemindedAtByPerson } from '../../store/reminders.ts';
import { listOpenTokenRequests, lockTokenRequest, saveTokenRequest } from '../../store/token-requests.ts';
import { toReachablePerson } from '../owners/resolve-owners.ts';
import type { Context } from '../shared/context.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { accountNamesFor, updateTokenRequestNotifications } from './update-token-request-notifications.ts';

/** How many requests approvers were asked about, and how many went to every admin. */
export interface FollowUpReport {
  readonly approversAsked: number;
  readonly escalated: number;
}

/** Asks approvers to go on with what is theirs: in the request's thread, then, once, every admin by direct message. */
export async function followUpTokenRequests(ctx: Context): Promise<FollowUpReport> {
  const steps = await planFollowUps(ctx);
  const toApprovers = steps.filter(
    ({ step }) => step.kind === 'escalate' || (step.kind === 'ask-approvers' && ctx.channels.tokens !== null),
  );
  if (toApprovers.length === 0) return { approversAsked: 0, escalated: 0 };

  const admins = await ctx.people.admins();
  const outcomes: FollowUpStep['kind'][] = [];
  for (const { request, addressees } of toApprovers) {
    outcomes.push(
      await ctx.db.transaction((tx) =>
        followUpRequest({ tx, ctx, at: ctx.now() }, request.id, { addressees, admins }),
      ),
    );
  }
  ctx.notificationsQueued();
  return {
    approversAsked: outcomes.filter((kind) => kind === 'ask-approvers').length,
    escalated: outcomes.filter((kind) => kind === 'escalate').length,
  };
}

/** Returns who to ask about a shipped or received key, in their one message of the day. */
export async function plannedFollowUps(ctx: Context): Promise<PlannedFollowUp[]> {
  return (await planFollowUps(ctx))
    .filter(({ step }) => step.kind === 'ask-owner')
    .map(({ request }) => ({ to: request.requestedBy, requestId: request.id }));
}

/**
 * What a reminder says about those requests, which count as asked about from now on; what was closed meanwhile is left
 * out. To be called in the transaction that writes the reminder.
 */
export async function followUpInReminder(
  tx: Database,
  requestIds: readonly string[],
  at: Date,
): Promise<ReminderNotification['requests']> {
  const followedUp: ReminderNotification['requests'][number][] = [];
  for (const requestId of [...requestIds].sort()) {
    const request = await lockTokenRequest(tx, requestId);
    if (!request || !isOpen(request)) continue;
    const { step } = pendingStepOf(request);
    if (step.kind !== 'ask-owner') continue;
    await saveTokenRequest(tx, markFollowedUp(request, at));
    const expectedOn = request.state === 'shipped' ? request.expectedOn : null;
    followedUp.push({
      requestId,
      to: step.to,
      ...(expectedOn !== null && { expectedOn }),
      accounts: await openAccountsOf(tx, request),
    });
  }
  return followedUp;
}

interface RequestFollowUp {
  readonly request: OpenTokenRequest;
  readonly addressees: FollowUpRecipients;
  readonly step: FollowUpStep;
}

async function planFollowUps(ctx: Context): Promise<RequestFollowUp[]> {
  const requests = await listOpenTokenRequests(ctx.db);
  const lastRemindedAt = await lastRemindedAtByPerson(ctx.db);
  const { timezone } = ctx.config.schedule;
  const approvers = { timeZone: timezone, awayUntil: null, lastContactedAt: null };

  const owners = new Map<SlackUserId, ReminderRecipient | null>();
  for (const { requestedBy } of requests) {
    if (owners.has(requestedBy)) continue;
    const person = await ctx.people.byName(requestedBy);
    const reachable = person && toReachablePerson(person, ctx.config);
    owners.set(
      requestedBy,
      reachable
        ? {
            timeZone: reachable.timeZone,
            awayUntil: reachable.awayUntil,
            lastContactedAt: lastRemindedAt.get(requestedBy) ?? null,
          }
        : null,
    );
  }
  return requests.map((request) => {
    const addressees = { approvers, owner: owners.get(request.requestedBy) ?? null };
    return { request, addressees, step: nextFollowUp(request, addressees, followUpPolicy(ctx), ctx.now()) };
  });
}

function followUpPolicy({ config: { tokens, reminders } }: Context) {
  const { workingHours, respectAway } = reminders;
  return { decideWithinDays: tokens.decideWithinDays, workingHours, respectAway };
}

interface FollowUpAudience {
  readonly addressees: FollowUpRecipients;
  readonly admins: readonly SlackUserId[];
}

/** Decides once more with the request locked, and asks. */
async function followUpRequest(
  work: UnitOfWork,
  requestId: string,
  { addressees, admins }: FollowUpAudience,
): Promise<FollowUpStep['kind']> {
  const { tx, ctx, at } = work;
  const request = await lockTokenRequest(tx, requestId);
  if (!request || !isOpen(request)) return 'wait';
  const step = nextFollowUp(request, addressees, followUpPolicy(ctx), at);
  switch (step.kind) {
    case 'ask-approvers':
      await followUpInThread(work, request, step.to);
      if (addressees.owner) await notifyRequester(work, request, { to: step.to, escalated: false });
      await saveTokenRequest(tx, markFollowedUp(request, at));
      break;
    case 'escalate':
      await escalateToAdmins(work, request, admins);
      if (addressees.owner) await notifyRequester(work, request, { to: 'decide', escalated: true });
      await saveTokenRequest(tx, markRequestEscalated(request, at));
      break;
    default:
      return 'wait';
  }
  return step.kind;
}

async function followUpInThread(
  work: UnitOfWork,
  request: OpenTokenRequest,
  to: TokenFollowUpNotification['to'],
): Promise<void> {
  const { tx, at } = work;
  const { channels, config } = work.ctx;
  if (channels.tokens === null) return;
  // There may be no message to answer to yet: the channel may have been set since the request was made.
  await updateTokenRequestNotifications(work, { before: request, after: request });
  const payload = await followUpNotification(tx, request, { to, escalated: false });
  const key = tokenFollowUpKey(request.id, to, at, config.schedule.timezone);
  const about = payload.accounts.map(({ id }) => id);
  const channel = { kind: 'channel', id: channels.tokens } as const;
  const thread = tokenRequestKey(request.id);
  await enqueue(tx, { key, kind: payload.kind, to: channel, thread, about, payload }, at);
}

/** Tells the requester that their request still waits, and who was asked again. */
async function notifyRequester(
  { tx, ctx, at }: UnitOfWork,
  request: OpenTokenRequest,
  step: Pick<TokenFollowUpNotification, 'to' | 'escalated'>,
): Promise<void> {
  const payload = { ...(await followUpNotification(tx, request, step)), toRequester: true } as const;
  const key = tokenFollowUpCopyKey(tokenFollowUpKey(request.id, step.to, at, ctx.config.schedule.timezone));
  const to = { kind: 'person', id: request.requestedBy } as const;
  const about = payload.accounts.map(({ id }) => id);
  await enqueue(tx, { key, kind: payload.kind, to, about, payload }, at);
}

async function escalateToAdmins(
  { tx, ctx: { log }, at }: UnitOfWork,
  request: OpenTokenRequest,
  admins: readonly SlackUserId[],
): Promise<void> {
  const payload = await followUpNotification(tx, request, { to: 'decide', escalated: true });
  const about = payload.accounts.map(({ id }) => id);
  // No one decides their own request, so the requester is not asked.
  const deciders = admins.filter((admin) => admin !== request.requestedBy);
  if (deciders.length === 0) {
    log.warn({ request: request.id }, 'No admin can decide on a token request: add people to slack.admins');
  }
  for (const id of deciders) {
    const key = tokenEscalationKey(request.id, id);
    await enqueue(tx, { key, kind: payload.kind, to: { kind: 'person', id }, about, payload }, at);
  }
}

async function followUpNotification(
  tx: Database,
  request: OpenTokenRequest,
  { to, escalated }: Pick<TokenFollowUpNotification, 'to' | 'escalated'>,
): Promise<TokenFollowUpNotification> {
  return {
    kind: 'token-chase',
    requestId: request.id,
    to,
    escalated,
    requestedBy: request.requestedBy,
    accounts: await openAccountsOf(tx, request),
    since: pendingStepOf(request).since.toISOString(),
  };
}

async function openAccountsOf(tx: Database, request: OpenTokenRequest) {
  const nameOf = await accountNamesFor(tx, request);
  return request.accounts
    .filter(({ settled }) => settled === null)
    .map(({ id }) => ({ id, name: nameOf(id) }));
}

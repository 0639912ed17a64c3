import { usableZone } from '../../domain/calendar.ts';
import {
  type ReminderLetter,
  type TokenChaseLetter,
  tokenChaseKey,
  tokenEscalationKey,
  tokenRequestKey,
} from '../../domain/notification.ts';
import type { Addressee } from '../../domain/contact-time.ts';
import type { SlackUserId } from '../../domain/person.ts';
import type { PlannedChase } from '../../domain/due-reminder.ts';
import { type ChaseAddressees, type ChaseStep, nextChase, turnOf } from '../../domain/token-follow-up.ts';
import { chased, escalated, isOpen, type OpenTokenRequest } from '../../domain/token-request.ts';
import type { Database } from '../../store/database.ts';
import { post } from '../../store/outbox.ts';
import { lastNudges } from '../../store/reminders.ts';
import { lockTokenRequest, openTokenRequests, saveTokenRequest } from '../../store/token-requests.ts';
import type { Context } from '../shared/context.ts';
import { namesIn, tellTokenRequest } from './update-token-request-notifications.ts';

/** How many requests approvers were asked about, and how many went to every admin. */
export interface ChaseReport {
  readonly asked: number;
  readonly escalated: number;
}

/** Asks approvers to go on with what is theirs: in the request's thread, then, once, every admin by direct message. */
export async function chaseTokenRequests(ctx: Context): Promise<ChaseReport> {
  const steps = await chaseSteps(ctx);
  const toApprovers = steps.filter(
    ({ step }) => step.kind === 'escalate' || (step.kind === 'ask-approvers' && ctx.channels.tokens !== null),
  );
  if (toApprovers.length === 0) return { asked: 0, escalated: 0 };

  const admins = await ctx.people.admins();
  const done: ChaseStep['kind'][] = [];
  for (const { request, addressees } of toApprovers) {
    done.push(await ctx.db.transaction((tx) => chaseOne(tx, ctx, request.id, addressees, admins)));
  }
  ctx.lettersWritten();
  return {
    asked: done.filter((kind) => kind === 'ask-approvers').length,
    escalated: done.filter((kind) => kind === 'escalate').length,
  };
}

/** Who is to be asked about a key that is on its way, or in their hands: to be said in their one message of the day. */
export async function plannedChases(ctx: Context): Promise<PlannedChase[]> {
  return (await chaseSteps(ctx))
    .filter(({ step }) => step.kind === 'ask-owner')
    .map(({ request }) => ({ to: request.requestedBy, requestId: request.id }));
}

/**
 * What a reminder says about those requests, which count as asked about from now on; what was closed meanwhile is left
 * out. To be called in the transaction that writes the reminder.
 */
export async function askAboutRequests(
  tx: Database,
  requestIds: readonly string[],
  at: Date,
): Promise<ReminderLetter['requests']> {
  const asked: ReminderLetter['requests'][number][] = [];
  for (const requestId of [...requestIds].sort()) {
    const request = await lockTokenRequest(tx, requestId);
    if (!request || !isOpen(request)) continue;
    const { step } = turnOf(request);
    if (step.kind !== 'ask-owner') continue;
    await saveTokenRequest(tx, chased(request, at));
    asked.push({ requestId, to: step.to, accounts: await accountsOf(tx, request) });
  }
  return asked;
}

interface Chase {
  readonly request: OpenTokenRequest;
  readonly addressees: ChaseAddressees;
  readonly step: ChaseStep;
}

async function chaseSteps(ctx: Context): Promise<Chase[]> {
  const requests = await openTokenRequests(ctx.db);
  const nudges = await lastNudges(ctx.db);
  const { timezone } = ctx.config.schedule;
  const approvers = { timeZone: timezone, awayUntil: null, lastNudgedAt: null };

  const owners = new Map<SlackUserId, Addressee | null>();
  for (const { requestedBy } of requests) {
    if (owners.has(requestedBy)) continue;
    const person = await ctx.people.byName(requestedBy);
    owners.set(
      requestedBy,
      person?.kind === 'member'
        ? {
            timeZone: usableZone(person.timeZone, timezone),
            awayUntil: person.awayUntil,
            lastNudgedAt: nudges.get(requestedBy) ?? null,
          }
        : null,
    );
  }
  return requests.map((request) => {
    const addressees = { approvers, owner: owners.get(request.requestedBy) ?? null };
    return { request, addressees, step: nextChase(request, addressees, policyOf(ctx), ctx.now()) };
  });
}

function policyOf({ config: { tokens, reminders } }: Context) {
  const { workingHours, respectAway } = reminders;
  return { decideWithinDays: tokens.decideWithinDays, workingHours, respectAway };
}

/** Decides once more with the request locked, and asks. */
async function chaseOne(
  tx: Database,
  ctx: Context,
  requestId: string,
  addressees: ChaseAddressees,
  admins: readonly SlackUserId[],
): Promise<ChaseStep['kind']> {
  const at = ctx.now();
  const request = await lockTokenRequest(tx, requestId);
  if (!request || !isOpen(request)) return 'wait';
  const step = nextChase(request, addressees, policyOf(ctx), at);
  switch (step.kind) {
    case 'ask-approvers':
      await askInThread(tx, ctx, request, step.to, at);
      await saveTokenRequest(tx, chased(request, at));
      break;
    case 'escalate':
      await tellAdmins(tx, ctx, request, admins, at);
      await saveTokenRequest(tx, escalated(request, at));
      break;
    default:
      return 'wait';
  }
  return step.kind;
}

async function askInThread(
  tx: Database,
  ctx: Context,
  request: OpenTokenRequest,
  to: TokenChaseLetter['to'],
  at: Date,
): Promise<void> {
  const { channels, config } = ctx;
  if (channels.tokens === null) return;
  // There may be no message to answer to yet: the channel may have been set since the request was made.
  await tellTokenRequest(tx, ctx, { before: request, after: request }, at);
  const payload = await chaseLetter(tx, request, to, false);
  const letter = {
    key: tokenChaseKey(request.id, to, at, config.schedule.timezone),
    kind: payload.kind,
    to: { kind: 'channel', id: channels.tokens },
    thread: tokenRequestKey(request.id),
    about: payload.accounts.map(({ id }) => id),
    payload,
  } as const;
  await post(tx, letter, at);
}

async function tellAdmins(
  tx: Database,
  { log }: Context,
  request: OpenTokenRequest,
  admins: readonly SlackUserId[],
  at: Date,
): Promise<void> {
  const payload = await chaseLetter(tx, request, 'decide', true);
  const about = payload.accounts.map(({ id }) => id);
  // Nobody decides about their own request, so they need not hear that it waits.
  const deciders = admins.filter((admin) => admin !== request.requestedBy);
  if (deciders.length === 0) {
    log.warn({ request: request.id }, 'Nobody can decide about a token request: name people in slack.admins');
  }
  for (const id of deciders) {
    const key = tokenEscalationKey(request.id, id);
    await post(tx, { key, kind: payload.kind, to: { kind: 'person', id }, about, payload }, at);
  }
}

async function chaseLetter(
  tx: Database,
  request: OpenTokenRequest,
  to: TokenChaseLetter['to'],
  isEscalated: boolean,
): Promise<TokenChaseLetter> {
  return {
    kind: 'token-chase',
    requestId: request.id,
    to,
    escalated: isEscalated,
    requestedBy: request.requestedBy,
    accounts: await accountsOf(tx, request),
    since: turnOf(request).since.toISOString(),
  };
}

async function accountsOf(tx: Database, request: OpenTokenRequest) {
  const nameOf = await namesIn(tx, request);
  return request.accounts
    .filter(({ settled }) => settled === null)
    .map(({ id }) => ({ id, name: nameOf(id) }));
}

import type { Actor, SlackUserId } from '../../domain/person.ts';
import {
  type AnswerOutcome,
  answerIncident,
  type IncidentAnswer,
  type IncidentAnswerState,
  refusalOfAnswer,
} from '../../domain/root-events/answer.ts';
import type { Incident } from '../../domain/root-events/incident.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { findIncident, lockIncident, saveIncidents } from '../../store/root-events.ts';
import { resolveOwnerId } from '../owners/resolve-owner-id.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import { notifyIncidents } from './notify-incidents.ts';
import { findAlertedAdmins, raiseRootAlert, updateRootAlerts } from './raise-root-alerts.ts';

export type AnswerIncidentOutcome = AnswerOutcome | { readonly kind: 'no-such-incident' };

/** Records whether a use of root was a person's own; a "no" alerts channel and admins at once. */
export async function answerRootIncident(
  ctx: Context,
  { incidentId, answer }: { readonly incidentId: string; readonly answer: IncidentAnswer },
  by: Actor,
): Promise<AnswerIncidentOutcome> {
  const incident = await findIncident(ctx.db, incidentId);
  if (!incident) return { kind: 'no-such-incident' };
  const isOwner = by.admin || incident.asked.includes(by.id) || (await owns(ctx, incident, by.id));
  const admins = answer.kind === 'not-mine' ? await findAlertedAdmins(ctx) : [];

  const outcome = await ctx.db.transaction(async (tx): Promise<AnswerIncidentOutcome> => {
    const now = ctx.now();
    const current = await lockIncident(tx, incidentId);
    if (!current) return { kind: 'no-such-incident' };
    const answered = answerIncident(current, answer, { by, isOwner, now });
    if (answered.kind !== 'explained' && answered.kind !== 'denied') return answered;

    const isDenial = answered.kind === 'denied';
    const saved = isDenial ? { ...answered.incident, alertedAt: now } : answered.incident;
    await saveIncidents(tx, [saved]);
    await recordAuditEvent(
      tx,
      now,
      by.id,
      isDenial
        ? { kind: 'root-use-denied', accountId: saved.accountId, detail: { incidentId } }
        : {
            kind: 'root-use-explained',
            accountId: saved.accountId,
            detail: { incidentId, reason: saved.reason ?? '', ticket: saved.ticket },
          },
    );
    await updateRootAlerts(tx, saved);
    if (isDenial) await raiseRootAlert(tx, ctx, { incidents: [saved], because: 'denied', admins });
    return { ...answered, incident: saved };
  });
  await notifyIncidents(ctx);
  return outcome;
}

export type AnswerFormOutcome =
  | { readonly kind: 'can-answer'; readonly accountName: string }
  | { readonly kind: 'already-answered'; readonly incident: Incident }
  | { readonly kind: 'no-such-incident' }
  | { readonly kind: 'not-yours' };

/** Whether a person can still give one of these answers to an incident, before they are shown a form. */
export async function readAnswerForm(
  ctx: Context,
  { incidentId, answers }: { readonly incidentId: string; readonly answers: readonly IncidentAnswerState[] },
  by: Actor,
): Promise<AnswerFormOutcome> {
  const incident = await findIncident(ctx.db, incidentId);
  if (!incident) return { kind: 'no-such-incident' };
  const isOwner = by.admin || incident.asked.includes(by.id) || (await owns(ctx, incident, by.id));
  const refusals = answers.map((answer) => refusalOfAnswer(incident, answer, { by, isOwner }));
  const [refusal] = refusals;
  if (refusal !== undefined && !refusals.includes(undefined)) {
    return refusal === 'not-yours' ? { kind: refusal } : { kind: refusal, incident };
  }
  const view = await readAccount(ctx, incident.accountId);
  return { kind: 'can-answer', accountName: view?.account.name ?? incident.accountId };
}

async function owns(
  ctx: Context,
  { accountId }: { readonly accountId: Parameters<typeof readAccount>[1] },
  who: SlackUserId,
): Promise<boolean> {
  const view = await readAccount(ctx, accountId);
  return view !== undefined && (await resolveOwnerId(ctx, view)) === who;
}

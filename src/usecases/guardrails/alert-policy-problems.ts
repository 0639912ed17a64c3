import type { AuditEvent } from '../../domain/audit.ts';
import { countedList, truncateList } from '../../domain/counted-list.ts';
import { controlLost, isInForce, lastDayOf } from '../../domain/exemption.ts';
import type { Reason } from '../../domain/guardrails/evaluate.ts';
import { cureForFix, policyControlText } from '../../domain/guardrails/explain.ts';
import {
  type AdminAlertNotification,
  controlLostAlertKey,
  fixBlockedAlertKey,
} from '../../domain/notification.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { lockExemption, saveExemption } from '../../store/exemptions.ts';
import { enqueue, type Recipient } from '../../store/outbox.ts';
import type { AccountView } from '../shared/account-view.ts';
import { adminRecipients } from '../shared/admin-recipients.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';

/** How many policies admins were alerted about: those that block fixes, and those whose deny is gone. */
export interface PolicyAlerts {
  readonly blockedFixes: number;
  readonly lostControls: number;
}

const MAX_NAMED = 20;

/**
 * Tells the admins once about each policy that keeps owners from fixing root, and about each exemption whose
 * compensating policy no longer denies root. A policy that cannot be evaluated causes no alert.
 */
export async function alertPolicyProblems(ctx: Context): Promise<PolicyAlerts> {
  const views = await readAccounts(ctx);
  const blocked = blockedByPolicy(views);
  const lost = views.filter(hasLostControl);
  if (blocked.length + lost.length === 0) return { blockedFixes: 0, lostControls: 0 };

  const recipients = await adminRecipients(ctx);
  const done = { blockedFixes: 0, lostControls: 0 };
  for (const group of blocked) {
    if (await alertBlockedFix(ctx, group, recipients)) done.blockedFixes += 1;
  }
  for (const view of lost) {
    if (await alertLostControl(ctx, view, recipients)) done.lostControls += 1;
  }
  ctx.notificationsQueued();
  return done;
}

interface BlockedFixes {
  readonly key: string;
  readonly cure: string;
  readonly views: AccountView[];
}

function blockedByPolicy(views: readonly AccountView[]): BlockedFixes[] {
  const groups = new Map<string, BlockedFixes>();
  for (const view of views) {
    const { fixBlocked } = view;
    const reason: Reason | undefined = fixBlocked?.reasons[0];
    if (!fixBlocked || !reason) continue;
    const key = fixBlockedAlertKey(reason.policy?.id ?? null, reason.target);
    const group = groups.get(key) ?? { key, cure: cureForFix(fixBlocked), views: [] };
    group.views.push(view);
    groups.set(key, group);
  }
  return [...groups.values()];
}

async function alertBlockedFix(
  { db, now }: Context,
  { key, cure, views }: BlockedFixes,
  recipients: readonly Recipient[],
): Promise<boolean> {
  const accounts = views.map(({ account: { id, name } }) => ({ id, name }));
  const payload: AdminAlertNotification = {
    kind: 'finding',
    finding: 'fix-blocked',
    cure,
    accounts: truncateList(countedList(accounts), MAX_NAMED),
  };
  const alert = { key, payload, about: accounts.map(({ id }) => id), recipients };
  return enqueueForAll(db, alert, now());
}

function hasLostControl({ exemption, guardrails }: AccountView): boolean {
  return (
    exemption?.state === 'granted' &&
    exemption.control !== null &&
    exemption.controlLostAt === null &&
    guardrails?.deniesRoot.answer === 'no'
  );
}

async function alertLostControl(
  { db, config, now }: Context,
  { account: { id, name }, exemption }: AccountView,
  recipients: readonly Recipient[],
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const at = now();
    const granted = exemption && (await lockExemption(tx, exemption.id));
    if (!granted || !isInForce(granted, at) || !granted.control || granted.controlLostAt) return false;

    const control = policyControlText(granted.control);
    await saveExemption(tx, controlLost(granted, at));
    const detail = { exemptionId: granted.id, control };
    const event: AuditEvent = { kind: 'exemption-control-lost', accountId: id, detail };
    await recordAuditEvent(tx, at, 'bot', event);
    const payload: AdminAlertNotification = {
      kind: 'finding',
      finding: 'control-lost',
      account: { id, name },
      control,
      exemptUntil: lastDayOf(granted, config.schedule.timezone),
    };
    await enqueueForAll(tx, { key: controlLostAlertKey(granted.id), payload, about: [id], recipients }, at);
    return true;
  });
}

interface Alert {
  readonly key: string;
  readonly payload: AdminAlertNotification;
  readonly about: readonly AccountView['account']['id'][];
  readonly recipients: readonly Recipient[];
}

async function enqueueForAll(
  db: Context['db'],
  { key, payload, about, recipients }: Alert,
  at: Date,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    let isNew = false;
    for (const to of recipients) {
      const notification = { key: `${key}/${to.id}`, kind: payload.kind, to, about, payload };
      if (await enqueue(tx, notification, at)) isNew = true;
    }
    return isNew;
  });
}

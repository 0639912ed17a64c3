import { TOKEN_WORKFLOW } from '../../config/webhook-endpoints.ts';
import type { AccountNameLookup } from '../../domain/notification-content.ts';
import type { Requested } from '../../domain/token-request.ts';
import { enqueue, notificationByKey } from '../../store/outbox.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/**
 * Enqueues the start of the company's Slack workflow for a new request, and returns whether this is the first time. A
 * webhook trigger takes flat text only: https://slack.com/help/articles/360041352714
 */
export async function enqueueWorkflowStart(
  { tx, at }: UnitOfWork,
  request: Requested,
  nameOf: AccountNameLookup,
): Promise<boolean> {
  const key = `webhook/${TOKEN_WORKFLOW}/${request.id}`;
  if (await notificationByKey(tx, key)) return false;
  const event = {
    request_id: request.id,
    requested_by: request.requestedBy,
    kind: request.kind,
    quantity: String(request.quantity),
    accounts: request.accounts.map(({ id }) => `${nameOf(id)} (${id})`).join(', '),
    office: request.office ?? '',
    note: request.note ?? '',
    ticket: request.ticket ?? '',
  };
  const payload = { kind: 'webhook', id: `workflow_${request.id}`, event } as const;
  await enqueue(tx, { key, kind: payload.kind, to: { kind: 'webhook', id: TOKEN_WORKFLOW }, payload }, at);
  return true;
}

import type { AuditEvent } from '../../../domain/audit.ts';
import { recordAuditEvent } from '../../../store/audit-log.ts';
import { closeRemovalRequests as closeRequests } from '../../../store/removal-requests.ts';
import { changedAccountIds } from '../../../store/verdicts.ts';
import { enqueueRemovalUpdate } from '../../removal-requests/enqueue-removal-notifications.ts';
import type { ScanEffect } from './scan-effect.ts';

/** Closes the removal requests of accounts whose root has no credentials anymore, and tells the requesters. */
export const closeRemovalRequests: ScanEffect = async (work, changes) => {
  const { tx, at } = work;
  const removed = changes.filter(({ after }) => after.rootCredentials === 'absent');
  for (const request of await closeRequests(tx, changedAccountIds(removed), at)) {
    const { id: requestId, accountId } = request;
    await recordAuditEvent(tx, at, 'bot', {
      kind: 'removal-done',
      accountId,
      detail: { requestId },
    } satisfies AuditEvent);
    await enqueueRemovalUpdate(work, request);
  }
};

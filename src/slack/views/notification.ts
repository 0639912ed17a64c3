import type { NotificationContent } from '../../domain/notification.ts';
import { renderAdminAlert } from './alerts/admin-alert.ts';
import { renderAlert, renderAlertSummary } from './alerts/alert.ts';
import { renderDigest, renderQuietNote } from './digest/digest.ts';
import { renderExemptionRequest, renderExemptionUpdate } from './exemptions/exemption.ts';
import { renderKeyConfirmation } from './keys/key-confirmation.ts';
import { renderMfaRemovalQuestion } from './mfa-removals/mfa-removal.ts';
import { renderOwnerAnswer, renderOwnerProposal } from './owners/assign-owner.ts';
import { renderNoSignIn } from './owners/no-sign-in.ts';
import { renderRecovery, renderRecoveryUpdate } from './recovery-windows/recovery-window.ts';
import { renderEscalation } from './reminders/escalation.ts';
import { renderReminder } from './reminders/reminder.ts';
import { renderRemovalRequest } from './removal-requests/removal-request.ts';
import { renderRootIncident, renderRootStorm } from './root-events/incident.ts';
import { renderRootAlert } from './root-events/root-alert.ts';
import type { RenderedMessage } from './shared/blocks.ts';
import { renderSecondKey } from './tokens/second-key.ts';
import { renderTokenRequest } from './tokens/token-request.ts';
import {
  renderTokenFollowUp,
  renderTokenHandover,
  renderTokenRequestUpdate,
} from './tokens/token-request-updates.ts';

/** Renders a notification for Slack. */
export function renderNotification(notification: NotificationContent): RenderedMessage {
  switch (notification.kind) {
    case 'exemption-request':
      return renderExemptionRequest(notification);
    case 'exemption-news':
      return renderExemptionUpdate(notification);
    case 'token-request':
      return renderTokenRequest(notification, 'approvers');
    case 'token-news':
      return renderTokenRequestUpdate(notification);
    case 'token-handover':
      return renderTokenHandover(notification);
    case 'second-key':
      return renderSecondKey(notification);
    case 'token-chase':
      return renderTokenFollowUp(notification);
    case 'digest':
      return renderDigest(notification.digest);
    case 'quiet-note':
      return renderQuietNote(notification);
    case 'alert-summary':
      return renderAlertSummary(notification);
    case 'alert':
      return renderAlert(notification);
    case 'mfa-removal':
      return renderMfaRemovalQuestion(notification);
    case 'reminder':
      return renderReminder(notification);
    case 'escalation':
      return renderEscalation(notification);
    case 'finding':
      return renderAdminAlert(notification);
    case 'key-confirmation':
      return renderKeyConfirmation(notification);
    case 'removal-request':
      return renderRemovalRequest(notification);
    case 'recovery-window':
      return renderRecovery(notification);
    case 'recovery-update':
      return renderRecoveryUpdate(notification);
    case 'no-sign-in':
      return renderNoSignIn(notification);
    case 'owner-proposal':
      return renderOwnerProposal(notification);
    case 'owner-answer':
      return renderOwnerAnswer(notification);
    case 'root-incident':
      return renderRootIncident(notification);
    case 'root-storm':
      return renderRootStorm(notification);
    case 'root-alert':
      return renderRootAlert(notification);
  }
}

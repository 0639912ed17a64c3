import { randomUUID } from 'node:crypto';
import type { Delivery, Receipt } from './delivery.ts';
import type { Json } from './json.ts';
import type { LocalWorkspace } from './workspace.ts';

export interface EventDispatcherOptions {
  readonly workspace: LocalWorkspace;
  readonly delivery: Delivery;
  /** How long Slack waits before each repetition of an event that was not acknowledged. */
  readonly retryDelaysMs: readonly number[];
}

/** Sends the app the events that its manifest subscribes to; sends unacknowledged ones again under the same ID. */
export function createEventDispatcher({ workspace, delivery, retryDelaysMs }: EventDispatcherOptions) {
  const pending = new Set<NodeJS.Timeout>();

  const send = (payload: Json, attempt: number, reason: string): void => {
    const sent = delivery.deliver({
      type: 'events_api',
      payload,
      ...(attempt > 0 && { retry: { attempt, reason } }),
    });
    void sent.then((receipt) => {
      const delay = retryDelaysMs[attempt];
      if (receipt.kind === 'acked' || delay === undefined) return;
      const timer = setTimeout(() => {
        pending.delete(timer);
        send(payload, attempt + 1, retryReason(receipt));
      }, delay);
      timer.unref();
      pending.add(timer);
    });
  };

  return {
    emit(subscription: string, event: Json, { shared = false }: { readonly shared?: boolean } = {}): void {
      if (!workspace.manifest.botEvents.includes(subscription)) return;
      const team = workspace.team.id;
      send(
        {
          token: 'local',
          type: 'event_callback',
          team_id: team,
          context_team_id: team,
          context_enterprise_id: null,
          api_app_id: workspace.app.appId,
          event: { ...event, event_ts: workspace.newTs() },
          event_id: `Ev${randomUUID().replaceAll('-', '').slice(0, 10).toUpperCase()}`,
          event_time: Math.floor(workspace.now().getTime() / 1000),
          authorizations: [
            {
              enterprise_id: null,
              team_id: team,
              user_id: workspace.app.botUserId,
              is_bot: true,
              is_enterprise_install: false,
            },
          ],
          is_ext_shared_channel: shared,
          event_context: `4-${randomUUID()}`,
        },
        0,
        '',
      );
    },
    close(): void {
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}

function retryReason(receipt: Extract<Receipt, { kind: 'failed' }>): string {
  switch (receipt.reason) {
    case 'timeout':
      return 'timeout';
    case 'http_error':
      return 'http_error';
    case 'no_listener':
      return 'connection_failed';
  }
}

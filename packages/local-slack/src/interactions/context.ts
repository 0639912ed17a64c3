import type { Core } from '../core.ts';
import type { Delivery, Receipt } from '../delivery.ts';
import { InteractionError } from '../input-values.ts';
import type { Json } from '../json.ts';
import type { SlackPerson } from '../people.ts';
import type { UiActionResult } from '../ui-contract.ts';
import { type StoredConversation, type StoredView, sees } from '../workspace.ts';

/** The person who interacts, the workspace, and the delivery to the app. */
export interface InteractionContext {
  readonly core: Core;
  readonly delivery: Delivery;
  readonly person: SlackPerson;
}

export const DONE: UiActionResult = { ok: true };

/** Delivers an interactive payload to the app. */
export function send({ delivery }: InteractionContext, payload: Json): Promise<Receipt> {
  return delivery.deliver({ type: 'interactive', payload });
}

/** Returns a conversation that the person is in. */
export function conversationFor(ctx: InteractionContext, channelId: string): StoredConversation {
  const { person } = ctx;
  const { workspace } = ctx.core;
  const app = workspace.conversations.get(channelId) ?? requireOwnDm(ctx, channelId);
  if (!app || !sees(person, app)) throw new InteractionError('You are not in that conversation.');
  return app;
}

function requireOwnDm(ctx: InteractionContext, channelId: string): StoredConversation | undefined {
  const { person } = ctx;
  const { workspace } = ctx.core;
  const isOwnDm = channelId === `D${person.id.slice(1)}` && person.kind !== 'external';
  return isOwnDm ? workspace.dmWith(person.id) : undefined;
}

/** Returns the person's topmost modal, which must be the one named. */
export function topModal(ctx: InteractionContext, viewId: string): StoredView {
  const { person } = ctx;
  const { workspace } = ctx.core;
  const top = workspace.modalsOf(person.id).at(-1);
  if (top?.id !== viewId) throw new InteractionError('That view is not open.');
  return top;
}

/** Returns the fields that every interactive payload has. */
export function commonPayload(ctx: InteractionContext): Json {
  const { person } = ctx;
  const { workspace } = ctx.core;
  const { team } = workspace;
  return {
    user: { id: person.id, username: person.handle, name: person.handle, team_id: person.teamId },
    api_app_id: workspace.app.appId,
    token: 'local',
    // Ours, also when the person is of another company: only user.team_id tells.
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** Returns a channel's name as payloads have it. */
export function channelName(channel: StoredConversation): string {
  if (channel.kind === 'im') return 'directmessage';
  return channel.private ? 'privategroup' : channel.name;
}

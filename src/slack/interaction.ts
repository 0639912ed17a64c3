import type { WebClient } from '@slack/web-api';
import type { Log } from '../usecases/shared/context.ts';
import type { Caller } from './authorizer.ts';
import type { Form } from './form.ts';
import { postToResponseUrl } from './response-url.ts';
import { isPlatformError } from './slack-errors.ts';
import { type Modal, type RenderedMessage, withFallbackBlocks } from './views/shared/blocks.ts';
import { message } from './views/shared/message.ts';

/** Replies to the person of an interaction. */
export interface Responder {
  /** Replies with a new message (or with a modal, where there is no message) that only this person sees. */
  reply(content: RenderedMessage): Promise<void>;
  /** Replaces what they clicked on, where only they see it; otherwise replies. */
  replace(content: RenderedMessage): Promise<void>;
  /** Shows at once that something takes a while; the returned function shows the outcome in the same place. */
  showProgress(meanwhile: RenderedMessage): Promise<(outcome: RenderedMessage) => Promise<void>>;
  /** Opens a modal, on top of the one that is open. Only within three seconds of the click. */
  openModal(modal: Modal): Promise<void>;
}

/** An authorized interaction. */
export interface Interaction extends Responder {
  readonly caller: Caller;
  readonly client: WebClient;
  readonly log: Log;
}

/** A slash command. */
export interface CommandContext extends Interaction {
  readonly text: string;
}

/** A button was pressed, or something chosen. */
export interface ActionContext extends Interaction {
  /** What the button carries, or the value that was chosen. Never proof of anything. */
  readonly value: string;
  /** The `block_id` of the button's row. */
  readonly blockId: string;
  readonly surface: 'ephemeral' | 'message' | 'home' | 'modal';
}

/** A form was submitted. */
export interface FormContext extends Interaction {
  readonly form: Form;
  readonly metadata: string;
  /** Turns the modal into something else: the outcome. */
  showModal(modal: Modal): Promise<void>;
}

/** Where an action was triggered, as Slack says. */
export interface Origin {
  readonly userId: string;
  readonly responseUrl: string | undefined;
  readonly triggerId: string;
  readonly surface: ActionContext['surface'];
  /** The view on which it was, where it was on one. */
  readonly viewId: string | undefined;
}

/** Creates the responder of a command: it replies with messages that only one person sees. */
export function createCommandResponder(
  responseUrl: string,
  triggerId: string,
  client: WebClient,
  log: Log,
): Responder {
  const reply = (content: RenderedMessage) => postToResponseUrl(responseUrl, content, log);
  return {
    reply,
    replace: reply,
    showProgress: async (meanwhile) => {
      await reply(meanwhile);
      return reply;
    },
    openModal: (modal) => openModal(client, triggerId, 'open', modal).then(() => undefined),
  };
}

/** Creates the responder of an action: it replies in place of a private message, below a public one, or in a modal. */
export function createActionResponder(
  { userId, responseUrl, triggerId, surface, viewId }: Origin,
  client: WebClient,
  log: Log,
): Responder {
  const open = (modal: Modal) => openModal(client, triggerId, surface === 'modal' ? 'push' : 'open', modal);
  if (responseUrl === undefined) {
    const update = (id: string) => (content: RenderedMessage) =>
      updateModalOrSend(client, { id, userId }, asModal(content), content.text);
    return {
      reply: (content) => open(asModal(content)).then(() => undefined),
      replace: (content) =>
        surface === 'modal' && viewId
          ? update(viewId)(content)
          : open(asModal(content)).then(() => undefined),
      showProgress: async (meanwhile) => {
        if (surface !== 'modal' || !viewId) return update(await open(asModal(meanwhile)));
        await updateModal(client, viewId, asModal(meanwhile));
        return update(viewId);
      },
      openModal: (modal) => open(modal).then(() => undefined),
    };
  }
  const reply = (content: RenderedMessage) => postToResponseUrl(responseUrl, content, log);
  const replace =
    surface === 'ephemeral'
      ? (content: RenderedMessage) => postToResponseUrl(responseUrl, content, log, { replace: true })
      : reply;
  return {
    reply,
    replace,
    showProgress: async (meanwhile) => {
      if (surface === 'ephemeral') await replace(meanwhile);
      return replace;
    },
    openModal: (modal) => open(modal).then(() => undefined),
  };
}

/** Updates a person's modal, or sends a direct message when they closed it meanwhile. */
export async function updateModalOrSend(
  client: WebClient,
  view: { readonly id: string; readonly userId: string },
  modal: Modal,
  text: string,
): Promise<void> {
  if (await updateModal(client, view.id, modal)) return;
  const { channel } = await client.conversations.open({ users: view.userId });
  const quiet = { unfurl_links: false, unfurl_media: false };
  await client.chat.postMessage({
    channel: channel?.id ?? '',
    text,
    blocks: [...modal.blocks] as never,
    ...quiet,
  });
}

/** Updates a modal; returns false when it was closed. */
async function updateModal(client: WebClient, viewId: string, modal: Modal): Promise<boolean> {
  try {
    await client.views.update({ view_id: viewId, view: modal as never });
    return true;
  } catch (error) {
    if (isPlatformError(error) && error.data.error === 'not_found') return false;
    throw error;
  }
}

/** Renders a message as a modal. Tables and charts are allowed in messages only. */
export function asModal(content: RenderedMessage): Modal {
  const { blocks } = withFallbackBlocks(content);
  return {
    type: 'modal',
    title: { type: 'plain_text', text: content.title ?? 'Root MFA' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: blocks.length > 0 ? blocks : message(content.text).blocks,
  };
}

/** Opens a modal and returns its id. The SDK's type for views has fewer blocks than Slack. */
async function openModal(
  client: WebClient,
  triggerId: string,
  how: 'open' | 'push',
  modal: Modal,
): Promise<string> {
  const { view } = await client.views[how]({ trigger_id: triggerId, view: modal as never });
  return view?.id ?? '';
}

import type { WebClient } from '@slack/web-api';
import type { Log } from '../usecases/shared/context.ts';
import type { Caller } from './authorizer.ts';
import type { Form } from './form.ts';
import { postToResponseUrl } from './response-url.ts';
import { isPlatformError } from './slack-errors.ts';
import { type Modal, type RenderedMessage, withFallbackBlocks } from './views/shared/blocks.ts';
import { message } from './views/shared/message.ts';

/** How an answer reaches whoever asked. */
export interface Responder {
  /** Answers with a new message (or, where there is no message, with a modal), visible only to them. */
  reply(drawn: RenderedMessage): Promise<void>;
  /** Answers in the place of what they clicked on, where that was visible only to them; else like `say`. */
  replace(drawn: RenderedMessage): Promise<void>;
  /** Shows at once that something takes a while; the outcome comes to the same place. */
  showProgress(meanwhile: RenderedMessage): Promise<(outcome: RenderedMessage) => Promise<void>>;
  /** Opens a modal, on top of the one that is open. Only within three seconds of the click. */
  openModal(modal: Modal): Promise<void>;
}

/** Somebody asked something, and was let in. */
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
  /** What the row of the button was marked with. */
  readonly blockId: string;
  readonly surface: 'ephemeral' | 'message' | 'home' | 'modal';
}

/** A form was sent. The modal shows that it is being worked on. */
export interface FormContext extends Interaction {
  readonly form: Form;
  readonly metadata: string;
  /** Turns the modal into something else: the outcome. */
  showModal(modal: Modal): Promise<void>;
}

/** Where somebody touched something, as Slack says it. */
export interface Origin {
  readonly userId: string;
  readonly responseUrl: string | undefined;
  readonly triggerId: string;
  readonly surface: ActionContext['surface'];
  /** The view on which it was, where it was on one. */
  readonly viewId: string | undefined;
}

/** Answers with messages that only one person sees. */
export function createCommandResponder(
  responseUrl: string,
  triggerId: string,
  client: WebClient,
  log: Log,
): Responder {
  const reply = (drawn: RenderedMessage) => postToResponseUrl(responseUrl, drawn, log);
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

/** Answers where something was touched: in place of a message of one's own, beside everybody's, in a modal. */
export function createActionResponder(
  { userId, responseUrl, triggerId, surface, viewId }: Origin,
  client: WebClient,
  log: Log,
): Responder {
  const open = (modal: Modal) => openModal(client, triggerId, surface === 'modal' ? 'push' : 'open', modal);
  if (responseUrl === undefined) {
    const update = (id: string) => (drawn: RenderedMessage) =>
      updateModalOrSend(client, { id, userId }, asModal(drawn), drawn.text);
    return {
      reply: (drawn) => open(asModal(drawn)).then(() => undefined),
      replace: (drawn) =>
        surface === 'modal' && viewId ? update(viewId)(drawn) : open(asModal(drawn)).then(() => undefined),
      showProgress: async (meanwhile) => {
        if (surface !== 'modal' || !viewId) return update(await open(asModal(meanwhile)));
        await updateModal(client, viewId, asModal(meanwhile));
        return update(viewId);
      },
      openModal: (modal) => open(modal).then(() => undefined),
    };
  }
  const reply = (drawn: RenderedMessage) => postToResponseUrl(responseUrl, drawn, log);
  const replace =
    surface === 'ephemeral'
      ? (drawn: RenderedMessage) => postToResponseUrl(responseUrl, drawn, log, { replace: true })
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

/** Turns a person's modal into something else. Whoever has closed it meanwhile reads that in a direct message. */
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

/** Whether the modal was still open, and shows that now. */
async function updateModal(client: WebClient, viewId: string, modal: Modal): Promise<boolean> {
  try {
    await client.views.update({ view_id: viewId, view: modal as never });
    return true;
  } catch (error) {
    if (isPlatformError(error) && error.data.error === 'not_found') return false;
    throw error;
  }
}

/** An answer where there is no message to answer in. Tables and charts stand in messages only. */
export function asModal(drawn: RenderedMessage): Modal {
  const { blocks } = withFallbackBlocks(drawn);
  return {
    type: 'modal',
    title: { type: 'plain_text', text: drawn.title ?? 'Root MFA' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: blocks.length > 0 ? blocks : message(drawn.text).blocks,
  };
}

/** The id of the modal. The SDK's type for views knows fewer blocks than Slack. */
async function openModal(
  client: WebClient,
  triggerId: string,
  how: 'open' | 'push',
  modal: Modal,
): Promise<string> {
  const { view } = await client.views[how]({ trigger_id: triggerId, view: modal as never });
  return view?.id ?? '';
}

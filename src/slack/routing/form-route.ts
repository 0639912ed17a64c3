import type { ViewSubmitAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { type Form, parseForm } from '../form.ts';
import { asModal, type FormContext, type Responder, updateModalOrSend } from '../interaction.ts';
import type { Modal, RenderedMessage } from '../views/shared/blocks.ts';
import { message } from '../views/shared/message.ts';
import { type DurableAck, startDurableAck } from './durable-ack.ts';
import { claimedIdentityOf, type DurableHandler, type RouteContext } from './route.ts';

export type FormHandler = (interaction: FormContext) => Promise<void>;
/** Returns what is wrong with a form, by `block_id`, from the form alone. */
export type FormValidator = (form: Form) => Readonly<Record<string, string>>;

/** Registers a form. It is acknowledged with its outcome, or saved and acknowledged after two seconds. */
export function addFormRoute(
  context: RouteContext,
  callbackId: string,
  validate: FormValidator,
  handler: FormHandler,
): void {
  const submit = createSubmission(context, callbackId, handler);
  context.app.view({ callback_id: callbackId, type: 'view_submission' }, async ({ ack, body, client }) => {
    const errors = validate(parseForm(body.view));
    if (Object.keys(errors).length > 0) await ack({ response_action: 'errors', errors });
    else await submit(body, client, (answer) => ack(answer as never));
  });
  context.durableHandlers.set(durableFormKey(callbackId), submit);
}

/** Identifies the handler of a form. */
export function durableFormKey(callbackId: string): string {
  return `form:${callbackId}`;
}

function createSubmission(
  { handle, db, log, ackDeadlineMs: deadlineMs, onInteraction }: RouteContext,
  callbackId: string,
  handler: FormHandler,
): DurableHandler {
  return async (payload, client, ack) => {
    const body = payload as ViewSubmitAction;
    const { view } = body;
    const interimAnswer = interimAnswerFor(view);
    const durableAck = ack && startDurableAck({ ack, interimAnswer, payload, deadlineMs, db, log });
    const responder = createFormResponder(body, client, durableAck);
    const request = {
      claim: claimedIdentityOf(body),
      logFields: { form: callbackId },
      reply: responder.reply,
    };
    await handle(request, async (caller) => {
      const metadata = view.private_metadata;
      await handler({ ...responder, caller, client, log, form: parseForm(view), metadata });
      onInteraction(caller);
    });
    await durableAck?.finish();
  };
}

/** Replies in the form's modal: within the acknowledgement while it is not given, afterwards by changing the modal. */
function createFormResponder(
  { view, user }: ViewSubmitAction,
  client: WebClient,
  durableAck: DurableAck | undefined,
): Responder & Pick<FormContext, 'showModal'> {
  const title = titleOf(view);
  const show = async (modal: Modal, text: string): Promise<void> => {
    // The views under the form belong to what it was opened from: closing the outcome closes them all.
    const outcome = { ...modal, clear_on_close: true };
    const acknowledged = await durableAck?.acknowledge({ response_action: 'update', view: outcome });
    if (!acknowledged) await updateModalOrSend(client, { id: view.id, userId: user.id }, outcome, text);
  };
  const showModal: FormContext['showModal'] = (modal) => show(modal, modal.title.text);
  const reply = (content: RenderedMessage) => show({ ...asModal(content), title }, content.text);
  // The modal shows by itself that the form is being sent.
  return { reply, replace: reply, showProgress: async () => reply, openModal: showModal, showModal };
}

function interimAnswerFor(view: ViewSubmitAction['view']): object {
  return { response_action: 'update', view: { ...asModal(message('Working on it…')), title: titleOf(view) } };
}

function titleOf({ title }: ViewSubmitAction['view']): Modal['title'] {
  return { type: 'plain_text', text: title.text };
}

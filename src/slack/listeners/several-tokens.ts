import { readOpenTokenRequests } from '../../usecases/tokens/read-token-requests.ts';
import { receiveSeveralRequests, shipSeveralRequests } from '../../usecases/tokens/step-several-requests.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Router } from '../router.ts';
import { markupMessage } from '../views/shared/message.ts';
import {
  RECEIVE_SEVERAL,
  REQUESTS_INPUT,
  renderShipSeveralForm,
  SEVERAL_NOTE_INPUT,
  SHIP_SEVERAL,
  SHIP_SEVERAL_FORM,
  severalStepsText,
} from '../views/tokens/several-requests.ts';

/** Steps of several key requests at once: shipping by admins, receipt by the requester. */
export function registerSeveralTokens(router: Router, { ctx }: SlackDependencies): void {
  router.action(SHIP_SEVERAL, async ({ caller, openModal, reply }) => {
    if (!caller.admin) {
      const refused = { done: [], skipped: 0, refusal: 'not-an-admin' } as const;
      return reply(markupMessage(severalStepsText('ship', refused)));
    }
    const approved = (await readOpenTokenRequests(ctx)).flatMap(({ summary }) =>
      summary.state === 'approved' ? [summary] : [],
    );
    if (approved.length === 0) {
      return reply(markupMessage(severalStepsText('ship', { done: [], skipped: 0, refusal: null })));
    }
    await openModal(renderShipSeveralForm(approved));
  });

  router.form(
    SHIP_SEVERAL_FORM,
    (form): Readonly<Record<string, string>> => ({
      ...(form.selectedMany(REQUESTS_INPUT).length === 0 && {
        [REQUESTS_INPUT]: 'Choose at least one request.',
      }),
      ...(form.text(SEVERAL_NOTE_INPUT) === undefined && {
        [SEVERAL_NOTE_INPUT]: 'Please enter a tracking number, or a place to pick up the keys.',
      }),
    }),
    async ({ caller, form, reply, log }) => {
      const requestIds = form.selectedMany(REQUESTS_INPUT);
      const note = form.text(SEVERAL_NOTE_INPUT) ?? '';
      const outcome = await shipSeveralRequests(ctx, { requestIds, by: caller, note });
      log.info(
        { user: caller.id, requests: requestIds, shipped: outcome.done.length },
        'Several requests shipped',
      );
      await reply(markupMessage(severalStepsText('ship', outcome)));
    },
  );

  router.decision(RECEIVE_SEVERAL, async ({ caller, value, reply, log }) => {
    const shippedUntil = new Date(value);
    const outcome = Number.isNaN(shippedUntil.getTime())
      ? { done: [], skipped: 0, refusal: null }
      : await receiveSeveralRequests(ctx, { by: caller, shippedUntil });
    log.info({ user: caller.id, received: outcome.done.length }, 'Several requests received');
    await reply(markupMessage(severalStepsText('receive', outcome)));
  });
}

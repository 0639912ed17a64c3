import { isAccountId } from '../../domain/account.ts';
import { announceRootUse, endRootUseAnnouncement } from '../../usecases/root-events/announce-root-use.ts';
import { answerRootIncident, readAnswerForm } from '../../usecases/root-events/answer-incident.ts';
import { type EventQuery, readEventPage } from '../../usecases/root-events/read-root-events.ts';
import { findAccount } from '../../usecases/shared/find-account.ts';
import { readAccount, readAccounts } from '../../usecases/shared/read-accounts.ts';
import type { Caller } from '../authorizer.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Form } from '../form.ts';
import type { ActionContext, CommandContext } from '../interaction.ts';
import type { Router } from '../router.ts';
import {
  FILTER_ROOT_EVENTS,
  parseEventQuery,
  renderEventList,
  renderNoEvents,
  withEventFilter,
} from '../views/root-events/event-list.ts';
import { CONFIRM_ROOT_USE, DENY_ROOT_USE, SHOW_ROOT_EVENTS } from '../views/root-events/incident.ts';
import {
  ANNOUNCE_ROOT_USE,
  ANNOUNCE_ROOT_USE_FORM,
  ANSWER_ROOT_USE,
  END_ANNOUNCEMENT,
  ROOT_USE_ANSWER_INPUT,
  ROOT_USE_FORM,
  ROOT_USE_HOURS_INPUT,
  ROOT_USE_REASON_INPUT,
  ROOT_USE_TICKET_INPUT,
  renderAnnounceForm,
  renderRootUseForm,
} from '../views/root-events/root-event-forms.ts';
import {
  announceOutcomeText,
  answerOutcomeText,
  endAnnouncementText,
} from '../views/root-events/root-event-outcomes.ts';
import type { RenderedMessage } from '../views/shared/blocks.ts';
import { markupMessage } from '../views/shared/message.ts';
import { renderAccountChoice, renderAccountNotFound } from '../views/status/account.ts';
import { owns } from '../visibility.ts';

const MAX_CHOICES = 10;

/** What people answer when root was used, what they announce, and the list of events. */
export function registerRootEvents(router: Router, deps: SlackDependencies): void {
  registerAnswers(router, deps);
  registerAnnouncements(router, deps);
  router.action(SHOW_ROOT_EVENTS, async ({ caller, value, reply, replace }) => {
    const query = parseEventQuery(value);
    const page = await eventPage(deps, caller, query);
    await (query.page > 0 || value.includes('page=') ? replace(page) : reply(page));
  });
  router.action(FILTER_ROOT_EVENTS, async ({ caller, value, blockId, replace }) =>
    replace(await eventPage(deps, caller, withEventFilter(parseEventQuery(blockId), value))),
  );
}

/** Shows what root did, in every account that the caller answers for or in one of them. */
export async function showRootEvents(
  deps: SlackDependencies,
  { caller, reply }: CommandContext,
  typed: string,
): Promise<void> {
  if (typed === '') return reply(await eventPage(deps, caller, { accountId: null, filter: 'all', page: 0 }));
  const found = findAccount(await readOwnAccounts(deps, caller), typed);
  switch (found.kind) {
    case 'one':
      return reply(await eventPage(deps, caller, parseEventQuery(found.view.account.id)));
    case 'several':
      return reply(renderAccountChoice(typed, found.views.slice(0, MAX_CHOICES), found.views.length));
    case 'none':
      return reply(renderAccountNotFound(typed, found.nearest, null));
  }
}

function registerAnswers(router: Router, { ctx }: SlackDependencies): void {
  const openForm =
    (choice: boolean) =>
    async ({ caller, value, openModal, reply }: ActionContext) => {
      const answers = choice ? (['explained', 'denied'] as const) : (['explained'] as const);
      const outcome = await readAnswerForm(ctx, { incidentId: value, answers }, caller);
      if (outcome.kind !== 'can-answer') return reply(markupMessage(answerOutcomeText(outcome, caller.id)));
      await openModal(renderRootUseForm(value, outcome.accountName, { choice }));
    };
  router.action(CONFIRM_ROOT_USE, openForm(false));
  router.action(ANSWER_ROOT_USE, openForm(true));

  router.action(DENY_ROOT_USE, async ({ caller, value, reply, log }) => {
    const answer = { kind: 'not-mine' } as const;
    const outcome = await answerRootIncident(ctx, { incidentId: value, answer }, caller);
    log.info({ user: caller.id, incident: value, outcome: outcome.kind }, 'Use of root answered');
    await reply(markupMessage(answerOutcomeText(outcome, caller.id)));
  });

  router.form(
    ROOT_USE_FORM,
    (form): Readonly<Record<string, string>> =>
      isDenial(form) || form.text(ROOT_USE_REASON_INPUT)
        ? {}
        : { [ROOT_USE_REASON_INPUT]: 'Please say in a few words what root was needed for.' },
    async ({ caller, form, metadata, reply, log }) => {
      const answer = isDenial(form)
        ? ({ kind: 'not-mine' } as const)
        : ({
            kind: 'mine',
            reason: form.text(ROOT_USE_REASON_INPUT) ?? '',
            ticket: form.text(ROOT_USE_TICKET_INPUT) ?? null,
          } as const);
      const outcome = await answerRootIncident(ctx, { incidentId: metadata, answer }, caller);
      log.info({ user: caller.id, incident: metadata, outcome: outcome.kind }, 'Use of root answered');
      await reply(markupMessage(answerOutcomeText(outcome, caller.id)));
    },
  );
}

function registerAnnouncements(router: Router, { ctx }: SlackDependencies): void {
  router.action(ANNOUNCE_ROOT_USE, async ({ caller, value, openModal, reply }) => {
    const view = isAccountId(value) ? await readAccount(ctx, value) : undefined;
    if (!view) return reply(markupMessage(announceOutcomeText({ kind: 'no-such-account' })));
    if (!(caller.admin || owns(caller, view)))
      return reply(markupMessage(announceOutcomeText({ kind: 'not-yours' })));
    await openModal(renderAnnounceForm(value, view.account.name));
  });

  router.form(
    ANNOUNCE_ROOT_USE_FORM,
    (form): Readonly<Record<string, string>> =>
      form.text(ROOT_USE_REASON_INPUT)
        ? {}
        : { [ROOT_USE_REASON_INPUT]: 'Please say in a few words what root is needed for.' },
    async ({ caller, form, metadata, reply, log }) => {
      if (!isAccountId(metadata))
        return reply(markupMessage(announceOutcomeText({ kind: 'no-such-account' })));
      const outcome = await announceRootUse(
        ctx,
        {
          accountId: metadata,
          reason: form.text(ROOT_USE_REASON_INPUT) ?? '',
          ticket: form.text(ROOT_USE_TICKET_INPUT) ?? null,
          hours: Number(form.selected(ROOT_USE_HOURS_INPUT) ?? 0),
        },
        caller,
      );
      log.info({ user: caller.id, account: metadata, outcome: outcome.kind }, 'Use of root announced');
      await reply(markupMessage(announceOutcomeText(outcome)));
    },
  );

  router.action(END_ANNOUNCEMENT, async ({ caller, value, reply, log }) => {
    const outcome = await endRootUseAnnouncement(ctx, value, caller);
    log.info({ user: caller.id, use: value, outcome: outcome.kind }, 'Announcement of root use ended');
    await reply(markupMessage(endAnnouncementText(outcome)));
  });
}

function isDenial(form: Form): boolean {
  return form.selected(ROOT_USE_ANSWER_INPUT) === 'not-mine';
}

/** Where root signed in from is nothing for every colleague: admins and owners see it. */
async function readOwnAccounts({ ctx }: SlackDependencies, caller: Caller) {
  const views = await readAccounts(ctx);
  return caller.admin ? views : views.filter((view) => owns(caller, view));
}

async function eventPage(
  deps: SlackDependencies,
  caller: Caller,
  query: EventQuery,
): Promise<RenderedMessage> {
  const views = await readOwnAccounts(deps, caller);
  const isTheirs = query.accountId === null || views.some(({ account }) => account.id === query.accountId);
  if (views.length === 0 || !(isTheirs || caller.admin)) return renderNoEvents();
  const page = await readEventPage(deps.ctx, { views, query, all: caller.admin });
  return renderEventList(page, { isAdmin: caller.admin, now: deps.ctx.now() });
}

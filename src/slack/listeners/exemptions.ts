import { isAccountId } from '../../domain/account.ts';
import { daysAfter, localDate } from '../../domain/calendar.ts';
import { type Exemption, latestDayOf, notTheirs, problemIn } from '../../domain/exemption.ts';
import { exemption as exemptionById } from '../../store/exemptions.ts';
import { askExemption } from '../../usecases/exemptions/request-exemption.ts';
import { type DecideExemptionOutcome, decideExemption } from '../../usecases/exemptions/decide-exemption.ts';
import { readAccount } from '../../usecases/shared/read-accounts.ts';
import { revokeExemption } from '../../usecases/exemptions/revoke-exemption.ts';
import { withdrawExemption } from '../../usecases/exemptions/withdraw-exemption.ts';
import type { Caller } from '../authorizer.ts';
import type { Bot } from '../dependencies.ts';
import type { Door } from '../router.ts';
import type { Form } from '../form.ts';
import { accountPage } from '../pages.ts';
import type { Markup } from '../views/shared/blocks.ts';
import {
  ASK_EXEMPTION,
  DECLINE_EXEMPTION,
  DECLINE_FORM,
  drawDeclineForm,
  drawExemptionForm,
  END_EXEMPTION,
  EXEMPTION_FORM,
  GRANT_EXEMPTION,
  LAST_DAY,
  MEANWHILE,
  REASON,
  WITHDRAW_EXEMPTION,
} from '../views/exemptions/exemption.ts';
import {
  askedWords,
  decidedWords,
  formErrors,
  revokedWords,
  withdrawnWords,
} from '../views/exemptions/exemption-outcomes.ts';
import { said } from '../views/shared/message.ts';
import { owns } from '../visibility.ts';
import type { ActionVisit } from '../interaction.ts';

/** Leave that is proposed in the form, where the company allows so much. */
const USUAL_DAYS = 30;

/** Leave to fall short: asked for, decided, taken back, ended. */
export function registerExemptions(door: Door, bot: Bot): void {
  const { ctx, config } = bot;
  const zone = config.schedule.timezone;
  const policy = { maxDays: config.exemptions.maxDays };

  door.action(ASK_EXEMPTION, async ({ caller, value, open, say }) => {
    const view = isAccountId(value) ? await readAccount(ctx, value) : undefined;
    if (!view || !(caller.admin || owns(caller, view)))
      return say(said(askedWords({ kind: 'not-yours' }, zone)));
    if (view.exemption) {
      return say(said(askedWords({ kind: 'already-open', exemption: view.exemption }, zone)));
    }
    if (view.standing !== 'unmet') return say(said(askedWords({ kind: 'nothing-to-excuse' }, zone)));

    const now = ctx.now();
    const latestDay = latestDayOf(policy, zone, now);
    const initialDay = localDate(daysAfter(now, Math.min(USUAL_DAYS, policy.maxDays), zone), zone);
    await open(drawExemptionForm(view, { latestDay, initialDay }));
  });

  door.form(
    EXEMPTION_FORM,
    (form): Readonly<Record<string, string>> => {
      const problem = problemIn(written(form), { policy, zone }, ctx.now());
      return problem ? formErrors(problem) : {};
    },
    async ({ caller, form, metadata, say, log }) => {
      if (!isAccountId(metadata)) return say(said(askedWords({ kind: 'no-such-account' }, zone)));
      const outcome = await askExemption(ctx, { ...written(form), accountId: metadata }, caller);
      log.info({ user: caller.id, account: metadata, outcome: outcome.kind }, 'Asked for an exemption');
      await say(said(askedWords(outcome, zone)));
    },
  );

  door.action(GRANT_EXEMPTION, async (visit) => {
    const { caller, value, log } = visit;
    const decision = { kind: 'grant', note: null } as const;
    const outcome = await decideExemption(ctx, { id: value, decision }, caller);
    log.info({ user: caller.id, exemption: value, outcome: outcome.kind }, 'Decided about an exemption');
    await answer(bot, visit, decidedWords(outcome, zone));
  });

  door.action(DECLINE_EXEMPTION, async (visit) => {
    const { caller, value, open } = visit;
    const asked = await exemptionById(ctx.db, value);
    const refusal = refusalFor(asked, caller);
    if (refusal || !asked)
      return answer(bot, visit, decidedWords(refusal ?? { kind: 'no-such-exemption' }, zone));
    const view = await readAccount(ctx, asked.accountId);
    await open(drawDeclineForm(asked.id, view?.account.name ?? asked.accountId));
  });

  door.form(
    DECLINE_FORM,
    (form): Readonly<Record<string, string>> => (form.text(REASON) ? {} : { [REASON]: 'Please say why.' }),
    async ({ caller, form, metadata, say, log }) => {
      const decision = { kind: 'decline', reason: form.text(REASON) ?? '' } as const;
      const outcome = await decideExemption(ctx, { id: metadata, decision }, caller);
      log.info({ user: caller.id, exemption: metadata, outcome: outcome.kind }, 'Decided about an exemption');
      await say(said(decidedWords(outcome, zone)));
    },
  );

  door.action(WITHDRAW_EXEMPTION, async (visit) => {
    const { caller, value, log } = visit;
    const outcome = await withdrawExemption(ctx, value, caller.id);
    log.info({ user: caller.id, exemption: value, outcome: outcome.kind }, 'Took a question back');
    await answer(bot, visit, withdrawnWords(outcome, zone));
  });

  door.action(END_EXEMPTION, async (visit) => {
    const { caller, value, log } = visit;
    const outcome = await revokeExemption(ctx, value, caller);
    log.info({ user: caller.id, exemption: value, outcome: outcome.kind }, 'Ended an exemption');
    await answer(bot, visit, revokedWords(outcome, zone));
  });
}

/** Why there is nothing to be declined here, before anybody writes a reason. */
function refusalFor(asked: Exemption | undefined, caller: Caller): DecideExemptionOutcome | undefined {
  if (!asked) return { kind: 'no-such-exemption' };
  return asked.state === 'asked' ? notTheirs(asked, caller) : { kind: 'too-late', exemption: asked };
}

/** On the account's own page the page shows what is so now; beside a message for everybody only the words do. */
async function answer(bot: Bot, visit: ActionVisit, words: Markup): Promise<void> {
  const { caller, value, surface, say, replace } = visit;
  const about = surface === 'ephemeral' ? await exemptionById(bot.ctx.db, value) : undefined;
  if (!about) return say(said(words));
  await replace(await accountPage(bot, caller, about.accountId, words));
}

function written(form: Form) {
  return {
    reason: form.text(REASON) ?? '',
    compensatingControl: form.text(MEANWHILE),
    lastDay: form.date(LAST_DAY) ?? '',
  };
}

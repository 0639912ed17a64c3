import { isAccountId } from '../../domain/account.ts';
import { attestKey } from '../../usecases/attestations/attest-key.ts';
import { checkAccount } from '../../usecases/scan/check-account.ts';
import { findAccount } from '../../usecases/shared/find-account.ts';
import { type Guide, readRemediation } from '../../usecases/remediation/read-remediation.ts';
import { readAccounts, readOwned } from '../../usecases/shared/read-accounts.ts';
import type { Caller } from '../authorizer.ts';
import type { Bot } from '../dependencies.ts';
import type { Door } from '../router.ts';
import { drawNoMatch } from '../views/status/account.ts';
import {
  drawKeyForm,
  KEY_FORM,
  KEY_KIND,
  keyWords,
  MAKE_MODEL,
  readKeyKind,
  TELL_KEY,
} from '../views/attestations/attest-key.ts';
import { section, short } from '../views/shared/blocks.ts';
import { checkWords } from '../views/scan/check-outcome.ts';
import {
  CHECK_FIX,
  drawFixChecked,
  drawFixChoice,
  drawGuide,
  HOW_TO_FIX,
  readWay,
  SHOW_WAY,
} from '../views/remediation/remediation-guide.ts';
import { message, said } from '../views/shared/message.ts';
import { tokenPart } from '../views/tokens/token-button.ts';
import { answersAs, owns, seesAll, viewerOf, visibleTo } from '../visibility.ts';
import { asModal, type CommandVisit, type Visit } from '../interaction.ts';

const NOT_THERE = 'This account is not there any more, or it is not yours to see.';
const CHOICES = 10;

/** *How to fix*: the guide, a look whether it worked, and what only the owner knows of the key. */
export function registerHowToFix(door: Door, bot: Bot): void {
  const { ctx, instance } = bot;

  door.action(HOW_TO_FIX, (visit) => openGuide(bot, visit, visit.value));

  door.action(SHOW_WAY, async ({ caller, value, replace }) => {
    const { accountId, way } = readWay(value);
    const guide = await guideFor(bot, caller, accountId);
    await replace(guide ? drawn(bot, guide, caller, way) : message(NOT_THERE));
  });

  door.action(CHECK_FIX, async ({ caller, value, working, replace, log }) => {
    const guide = await guideFor(bot, caller, value);
    if (!guide) return replace(message(NOT_THERE));
    const { account } = guide.view;
    const meanwhile = message(`:hourglass_flowing_sand: Looking at ${account.name} in AWS…`);
    const finish = await working({ ...meanwhile, title: 'How to fix' });
    const outcome = await checkAccount(ctx, { accountId: account.id, instance });
    log.info({ user: caller.id, account: account.id, outcome: outcome.kind }, 'A check after a fix');
    const words = checkWords(outcome, account.verdict);
    await finish(drawFixChecked(outcome, words, viewerOf(caller, guide.view)));
  });

  door.action(TELL_KEY, async ({ caller, value, open, say }) => {
    const guide = await guideFor(bot, caller, value);
    if (!guide || !owns(caller, guide.view)) {
      return say(message('Only the owner of the account can say what the key is.'));
    }
    await open(drawKeyForm(guide.view));
  });

  door.form(
    KEY_FORM,
    (form): Readonly<Record<string, string>> =>
      readKeyKind(form.chosen(KEY_KIND)) === 'hardware' && !form.text(MAKE_MODEL)
        ? { [MAKE_MODEL]: 'Which key is it? Please say its make and model.' }
        : {},
    async ({ caller, form, metadata, show, say, log }) => {
      if (!isAccountId(metadata)) return say(message(NOT_THERE));
      const answer = {
        accountId: metadata,
        kind: readKeyKind(form.chosen(KEY_KIND)),
        makeModel: form.text(MAKE_MODEL),
      };
      const outcome = await attestKey(ctx, answer, caller);
      log.info({ user: caller.id, account: metadata, outcome: outcome.kind }, 'Said what the key is');
      const words = keyWords(outcome);
      const guide = await guideFor(bot, caller, metadata);
      if (!guide || outcome.kind !== 'attested') return say(said(words));

      const page = drawn(bot, guide, caller);
      await show(asModal({ ...page, blocks: [section(words), ...page.blocks] }));
    },
  );
}

/** `/mfa-status fix [account]`: without an account the caller's own, if one falls short, else a choice. */
export async function openFix(bot: Bot, visit: CommandVisit, typed: string): Promise<void> {
  const { caller, say } = visit;
  if (typed !== '') return openTyped(bot, visit, typed);

  const owned = await readOwned(bot.ctx, (who) => answersAs(caller, who));
  const failing = owned.filter(({ standing }) => standing === 'unmet');
  const [first] = failing;
  if (!first) return say(message('Nothing of yours falls short. For another account add its name or id.'));
  if (failing.length === 1) return openGuide(bot, visit, first.account.id);
  await say(drawFixChoice(choiceSentence(failing.length, 'of yours fall short'), failing.slice(0, CHOICES)));
}

async function openTyped(bot: Bot, visit: CommandVisit, typed: string): Promise<void> {
  const { caller, say } = visit;
  const found = findAccount(visibleTo(caller, await readAccounts(bot.ctx), bot.config), typed);
  switch (found.kind) {
    case 'one':
      return openGuide(bot, visit, found.view.account.id);
    case 'several':
      return say(
        drawFixChoice(
          choiceSentence(found.views.length, `match “${short(typed, 80)}”`),
          found.views.slice(0, CHOICES),
        ),
      );
    case 'none':
      return say(drawNoMatch(typed, found.nearest, null));
  }
}

function choiceSentence(total: number, which: string): string {
  return total > CHOICES
    ? `${total} accounts ${which}. Here are the first ${CHOICES}; for another one add its name or id.`
    : `${total} accounts ${which}. Which one?`;
}

async function openGuide(bot: Bot, { caller, open, say }: Visit, id: string): Promise<void> {
  const guide = await guideFor(bot, caller, id);
  if (!guide) return say(message(NOT_THERE));
  await open(asModal(drawn(bot, guide, caller)));
}

function drawn({ config }: Bot, guide: Guide, caller: Caller, shown?: string) {
  const viewer = viewerOf(caller, guide.view);
  const token = tokenPart(guide.view, viewer.admin || viewer.owner, config);
  return drawGuide({ ...guide, viewer, token, shown });
}

/** The guide to an account that the caller may see. */
async function guideFor({ ctx, config }: Bot, caller: Caller, id: string): Promise<Guide | undefined> {
  const guide = isAccountId(id) ? await readRemediation(ctx, id) : undefined;
  return guide && (seesAll(caller, config) || owns(caller, guide.view)) ? guide : undefined;
}

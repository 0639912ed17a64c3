import { alarmOf, isRegression } from '../domain/change.ts';
import { type AlertLetter, alertKey } from '../domain/letter.ts';
import { managementAccounts } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import { type Letter, lettersAbout, post, rewrite } from '../store/outbox.ts';
import type { VerdictChange } from '../store/verdicts.ts';
import type { AccountView } from './account-view.ts';
import { accountView } from './account-view.ts';
import type { Context } from './context.ts';
import type { Settlement } from './settle.ts';
import { isInOrder, viewIn } from './view-in-transaction.ts';

/** So many alerts of one look; if more accounts lost their MFA at once, the last of them says how many. */
const MOST_ALERTS = 10;

interface Alarm {
  readonly alarm: AlertLetter['alarm'];
  readonly change: VerdictChange;
  readonly view: AccountView;
}

/** Says in the channel at once what cannot wait for the digest: once for each shortfall, and when it is over. */
export const settleAlerts: Settlement = async (tx, ctx, changes, at) => {
  const { digest } = ctx.channels;
  const management = await managementAccounts(tx);
  const alarms: Alarm[] = [];

  for (const change of changes) {
    if (change.before?.level1 === 'fail' || management.has(change.accountId)) {
      await sayItIsOver(tx, ctx, change, at);
    }
    if (!isRegression(change.before, change.after) && !management.has(change.accountId)) continue;
    const view = await viewIn(tx, ctx.config, change.accountId, at);
    const alarm = view && alarmFor(change, view, ctx, at);
    if (alarm) alarms.push({ alarm, change, view });
  }
  if (alarms.length === 0) return;
  if (digest === null) {
    ctx.log.warn({ accounts: alarms.length }, 'Accounts lost their MFA, and no channel is there to say so');
    return;
  }
  const worst = alarms.sort((a, b) => Number(isManagement(b)) - Number(isManagement(a)));
  const others = worst.length - MOST_ALERTS;
  for (const [n, { alarm, change, view }] of worst.slice(0, MOST_ALERTS).entries()) {
    const payload: AlertLetter = {
      ...alertOf(alarm, change, view),
      ...(others > 0 && n === MOST_ALERTS - 1 && { others }),
    };
    const key = alertKey(change.accountId, change.at);
    const to = { kind: 'channel', id: digest } as const;
    await post(tx, { key, kind: payload.kind, to, about: [change.accountId], payload }, at);
  }
};

function alarmFor(
  { before, after }: VerdictChange,
  view: AccountView,
  { config }: Context,
  at: Date,
): AlertLetter['alarm'] | undefined {
  const none = {
    exemptions: new Map(),
    attestations: new Map(),
    tokenRequests: new Map(),
    reminders: new Map(),
  };
  const earlier =
    before && accountView({ ...view.account, verdict: before }, { config, decisions: none }, at).standing;
  return alarmOf({
    managementAccount: view.account.managementAccount,
    before: before && earlier ? { standing: earlier, verdict: before } : null,
    after: { standing: view.standing, verdict: after },
  });
}

function alertOf(
  alarm: Alarm['alarm'],
  { before, after, at }: VerdictChange,
  view: AccountView,
): AlertLetter {
  const { id, name, managementAccount } = view.account;
  return {
    kind: 'alert',
    alarm,
    account: { id, name, managementAccount },
    owner: view.owner?.who ?? null,
    was: before?.mfa ?? null,
    mfa: after.mfa,
    why: after.why,
    since: at.toISOString(),
  };
}

function isManagement({ view }: Alarm): boolean {
  return view.account.managementAccount;
}

/** The alert of an account that has MFA again, or is otherwise in order, says so. */
async function sayItIsOver(tx: Database, { config }: Context, { accountId, after }: VerdictChange, at: Date) {
  if (after.level1 === 'fail') return;
  const [alert] = (await lettersAbout(tx, accountId)).filter(isAlert);
  if (!alert || alert.payload.fixedAt) return;
  const view = await viewIn(tx, config, accountId, at);
  const isOver = alert.payload.alarm === 'regression' || (view && isInOrder(view));
  if (isOver) await rewrite(tx, alert.key, { ...alert.payload, fixedAt: at.toISOString() }, at);
}

function isAlert(letter: Letter): letter is Letter<AlertLetter> {
  return letter.kind === 'alert';
}

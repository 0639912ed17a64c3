import { alarmOf, isRegression } from '../../../domain/change.ts';
import { type AlertLetter, alertKey } from '../../../domain/notification.ts';
import { managementAccounts } from '../../../store/accounts.ts';
import type { Database } from '../../../store/database.ts';
import { accountsInLetters, type Letter, lettersAbout, post, rewrite } from '../../../store/outbox.ts';
import { accountsOf, type VerdictChange } from '../../../store/verdicts.ts';
import type { AccountView } from '../../shared/account-view.ts';
import { accountView } from '../../shared/account-view.ts';
import type { Context } from '../../shared/context.ts';
import type { Settlement } from './index.ts';
import { isInOrder, viewsIn } from '../../shared/read-views-in-transaction.ts';

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
  const mayBeOver = changes.filter(
    ({ accountId, before, after }) =>
      after.level1 !== 'fail' && (before?.level1 === 'fail' || management.has(accountId)),
  );
  await sayWhatIsOver(tx, ctx, mayBeOver, at);
  const mayAlarm = changes.filter(
    ({ accountId, before, after }) => isRegression(before, after) || management.has(accountId),
  );
  const alarms = await alarmsAbout(tx, ctx, mayAlarm, at);
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

async function alarmsAbout(
  tx: Database,
  ctx: Context,
  changes: readonly VerdictChange[],
  at: Date,
): Promise<Alarm[]> {
  const views = await viewsIn(tx, ctx.config, accountsOf(changes), at);
  return changes.flatMap((change) => {
    const view = views.get(change.accountId);
    const alarm = view && alarmFor(change, view, ctx, at);
    return alarm ? [{ alarm, change, view }] : [];
  });
}

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

/** The alerts of accounts that have MFA again, or are otherwise in order, say so. */
async function sayWhatIsOver(
  tx: Database,
  { config }: Context,
  changes: readonly VerdictChange[],
  at: Date,
): Promise<void> {
  const alerted = await accountsInLetters(tx, accountsOf(changes), ['alert']);
  const views = await viewsIn(tx, config, [...alerted], at);
  for (const id of alerted) {
    const [alert] = (await lettersAbout(tx, id)).filter(isAlert);
    if (!alert || alert.payload.fixedAt) continue;
    const view = views.get(id);
    const isOver = alert.payload.alarm === 'regression' || (view && isInOrder(view));
    if (isOver) await rewrite(tx, alert.key, { ...alert.payload, fixedAt: at.toISOString() }, at);
  }
}

function isAlert(letter: Letter): letter is Letter<AlertLetter> {
  return letter.kind === 'alert';
}

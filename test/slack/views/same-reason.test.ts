import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { remainingRootCredential } from '../../../src/domain/remediation.ts';
import { renderDigest } from '../../../src/slack/views/digest/digest.ts';
import { renderOwnSection } from '../../../src/slack/views/home/own-section.ts';
import { remainingRootKey, stateText } from '../../../src/slack/views/shared/account-status.ts';
import { md } from '../../../src/slack/views/shared/blocks.ts';
import { renderAccount } from '../../../src/slack/views/status/account.ts';
import { renderAccountList } from '../../../src/slack/views/status/account-list.ts';
import { readDigest } from '../../../src/usecases/digest/send-digest.ts';
import type { OwnReminders } from '../../../src/usecases/reminders/read-own-reminders.ts';
import type { AccountView } from '../../../src/usecases/shared/account-view.ts';
import { readAccounts } from '../../../src/usecases/shared/read-accounts.ts';
import { startBotHarness } from '../../support/bot-harness.ts';
import { BEN } from '../../support/reminders.ts';

const { bot, clock } = await startBotHarness();
const views = await readAccounts(bot.ctx);

const QUIET: OwnReminders = {
  next: null,
  waitingForKey: 0,
  inRecovery: 0,
  disowned: 0,
  snoozedUntil: null,
  snoozesLeft: null,
};

const card = (view: AccountView) =>
  renderAccount({
    view,
    history: [],
    cis: '7.0.0',
    now: clock.now(),
    viewer: { id: BEN, admin: false, owner: false },
  }).blocks;
const list = (shown: readonly AccountView[]) =>
  renderAccountList({
    query: { filter: { kind: 'all' }, compliance: null, page: 0 },
    views: shown,
    whenEmpty: '',
    title: 'All accounts',
  }).blocks;
const home = (view: AccountView) =>
  renderOwnSection(
    { accounts: [view], firstSteps: new Map(), targets: [], requests: [], reminders: QUIET },
    {
      viewer: { admin: false },
      config: parseConfig(''),
      lastScan: { id: '1', startedAt: clock.now(), finishedAt: clock.now() } as never,
    },
  );

/** Returns what a reader sees, without regard to capitals: a reason can begin a sentence or continue one. */
const shown = (content: unknown) => JSON.stringify(content).toLowerCase();
const asShown = (text: string) => shown(md`${text.replace(/\.$/, '')}`.markup).slice(1, -1);

test('card, list, Home and digest give the same reason for every account of the demo', async () => {
  const { couldNotCheck } = await readDigest(bot.ctx, clock.now());
  const digestReasons = new Map(
    couldNotCheck.groups.flatMap(({ says, accounts }) => accounts.items.map(({ id }) => [id, says])),
  );

  expect(views.length).toBeGreaterThan(30);
  for (const view of views) {
    const reason = asShown(stateText(view));
    expect({ [view.account.name]: shown(list([view])) }).toEqual({
      [view.account.name]: expect.stringContaining(reason),
    });
    expect(shown(card(view))).toContain(reason);
    if (view.compliance === 'unknown') {
      expect(shown(home(view))).toContain(reason);
      expect(digestReasons.get(view.account.id)).toBe(stateText(view));
    }
    if (view.compliance === 'noncompliant') expect(shown(home(view))).toContain(reason);
  }
});

test('an account with a root access key is green on no screen, and each names the key', async () => {
  const ofDemo = views.filter((view) => remainingRootKey(view) !== undefined);
  const withKey = ofDemo.flatMap((view) => [view, { ...view, compliance: 'compliant' } as const]);
  const digest = renderDigest(await readDigest(bot.ctx, clock.now()));

  expect(ofDemo).toHaveLength(3);
  for (const view of withKey) {
    const key = remainingRootCredential(view.account.verdict as never) as string;
    for (const blocks of [card(view), list([view])]) {
      expect(JSON.stringify(blocks)).not.toContain(':large_green_circle:');
      expect(JSON.stringify(blocks).toLowerCase()).toContain(key.replace(/^an? /, '').toLowerCase());
    }
    expect(JSON.stringify(home(view))).not.toContain(`:large_green_circle: *${view.account.name}*`);
    expect(digest.text).toContain(view.account.name);
    expect(JSON.stringify(list(views))).toContain(`root has ${key}`);
  }
});

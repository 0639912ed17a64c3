import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../src/config/config.ts';
import { CHANNELS, PEOPLE } from '../../src/demo/company.ts';
import { accountId } from '../../src/domain/account.ts';
import { slackUserId } from '../../src/domain/person.ts';
import { listReminders } from '../../src/store/reminders.ts';
import { requestExemption } from '../../src/usecases/exemptions/request-exemption.ts';
import { readAccounts } from '../../src/usecases/shared/read-accounts.ts';
import { submitTokenRequest } from '../../src/usecases/tokens/submit-token-request.ts';
import { startBotHarness } from '../support/bot-harness.ts';
import { delivered } from '../support/delivered.ts';

/** Members see only what is theirs. Ben, who owns one account, sends whatever he likes. */
const config = parseConfig(`
policy: { level: 2 }
slack: { channel: ${CHANNELS.security.id}, admins: [${PEOPLE.sam.id}], visibility: owners }
`);
const { slack, bot, logged } = await startBotHarness({ config, http: true });
const { ctx } = bot;
const ANAS = accountId('111122223333');
const LEDGER = accountId('222233330002');
const BENS = accountId('555566660002');
const ana = { id: slackUserId(PEOPLE.ana.id), admin: false };

const asked = await requestExemption(
  ctx,
  { accountId: ANAS, reason: 'It comes', lastDay: '2026-12-20' },
  ana,
);
const EXEMPTION = asked.kind === 'asked' ? asked.exemption.id : '';
const REQUEST = '6a3c0c3e-8a53-4d0e-9d5b-0d5b8a1f7a11';
await submitTokenRequest(ctx, {
  form: { id: REQUEST, kind: 'security-key', quantity: 2 },
  accountIds: [ANAS],
  by: ana,
});
const names = (await readAccounts(ctx))
  .filter((view) => view.account.id !== BENS)
  .map(({ account }) => account.name);

/** What Ben reads: the text of every answer to a forged click. */
const responses: string[] = [];
const responseServer = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    responses.push(Buffer.concat(pieces).toString());
    response.end('ok');
  });
});
await new Promise<void>((resolve) => responseServer.listen(0, '127.0.0.1', resolve));
afterAll(() => void responseServer.close());
const responseUrl = `http://127.0.0.1:${(responseServer.address() as AddressInfo).port}/`;

const ben = slack.as(PEOPLE.ben.id);
const user = { id: PEOPLE.ben.id, team_id: 'T0HOME' };
let sent = 0;

async function send(payload: object): Promise<void> {
  sent += 1;
  const body = new URLSearchParams({ payload: JSON.stringify({ ...payload, sent }) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', slack.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  await fetch(`http://127.0.0.1:${bot.port}/slack/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
    body,
  });
}

const click = (actionId: string, value: string) =>
  send({
    type: 'block_actions',
    user,
    team: { id: 'T0HOME' },
    channel: { id: 'D04BEN', name: 'directmessage' },
    container: { type: 'message', is_ephemeral: true },
    response_url: responseUrl,
    trigger_id: 'none',
    actions: [{ type: 'button', action_id: actionId, block_id: value, value }],
  });
/** A modal that Ben has closed: what is said of it comes by direct message. */
const submit = (callbackId: string, metadata: string, values: object) =>
  send({
    type: 'view_submission',
    user,
    team: { id: 'T0HOME' },
    view: {
      id: 'V0CLOSED',
      type: 'modal',
      callback_id: callbackId,
      title: { type: 'plain_text', text: 'Form' },
      private_metadata: metadata,
      state: { values },
    },
  });

/** Every action that a listener registers for, as the views call it. */
function actionIds(): string[] {
  const sources = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
      .join('\n');
  const registered = sources('src/slack/listeners').matchAll(/router\.(?:action|decision)\((\w+)/g);
  const views = sources('src/slack/views');
  return [...registered].map(([, name]) => {
    const [, id] = new RegExp(`export const ${name} = '([^']+)'`).exec(views) ?? [];
    if (id === undefined) throw new Error(`Cannot find the action id ${name}`);
    return id;
  });
}

const text = (value: string) => ({ input: { type: 'plain_text_input', value } });
const choice = (value: string) => ({ input: { type: 'static_select', selected_option: { value } } });
const FORGED = [
  ANAS,
  REQUEST,
  EXEMPTION,
  `account=${ANAS}`,
  `of=owner&who=${PEOPLE.ana.email}`,
  'of=all',
  'of=failing&page=0',
  'of=ou&who=/**',
  `${ANAS}:mfa`,
  PEOPLE.ana.id,
  '',
  `'; drop table accounts; --`,
  '\u0000\ud800',
  '__proto__',
  'x'.repeat(2_000),
];

/** What Ben reads from now on, until all that he sent is handled. */
async function answersTo(send: () => Promise<void>): Promise<string> {
  const before = responses.length;
  const inDm = ben.messages('dm').length;
  await send();
  await bot.idle();
  await delivered(ctx);
  return [
    ...responses.slice(before),
    ...ben
      .messages('dm')
      .slice(inDm)
      .map(({ shown }) => shown),
  ].join('\n');
}

const leakedNames = (words: string) => names.filter((name) => words.includes(name));
const failures = () =>
  logged
    .filter(({ level }) => level === 'error')
    // The trigger is invented, so no modal can be opened: that much was allowed.
    .filter(({ fields }) => !String((fields['err'] as Error | undefined)?.message).includes('trigger_id'));

describe('a member who owns one account and forges all that a click carries', () => {
  test.each(actionIds())('gets nothing of the others, and breaks nothing: %s', async (actionId) => {
    const errors = failures().length;

    const words = await answersTo(async () => {
      for (const value of FORGED) await click(actionId, value);
    });

    expect(leakedNames(words)).toEqual([]);
    expect(failures().slice(errors)).toEqual([]);
  });
});

describe('and all that a form carries', () => {
  const day = { input: { type: 'datepicker', selected_date: '2026-12-20' } };
  const soon = Math.floor(ctx.now().getTime() / 1000) + 3600;
  const inAnHour = { input: { type: 'datetimepicker', selected_date_time: soon } };
  const accounts = (...ids: string[]) => ({
    input: { type: 'multi_external_select', selected_options: ids.map((value) => ({ value })) },
  });
  const key = { kind: choice('security-key'), quantity: text('2'), note: text('please') };
  const forms: [string, string, object][] = [
    ['exemption-form', ANAS, { reason: text('mine now'), 'last-day': day }],
    ['decline-exemption-form', EXEMPTION, { reason: text('no') }],
    ['recovery-form', ANAS, { reason: text('mine now'), until: inAnHour }],
    ['decline-recovery-form', 'w1', { reason: text('no') }],
    ['request-token', 'f1', { ...key, accounts: accounts(ANAS) }],
    ['request-token', 'f2', { ...key, accounts: accounts(LEDGER, BENS) }],
    ['request-token', `${REQUEST}/approved`, { ...key, accounts: accounts(BENS) }],
    ['decline-token', REQUEST, { reason: text('no') }],
    ['ship-token', `request=${REQUEST}&mark=`, { note: text('no') }],
    ['ship-token', 'null', { note: text('no') }],
    ['ship-token', 'not JSON', { note: text('no') }],
    ['cancel-token', REQUEST, { reason: text('no') }],
    ['not-mine-form', '', { which: choice(ANAS), why: text('no') }],
    ['key-form', ANAS, { kind: choice('hardware'), 'make-model': text('YubiKey') }],
  ];
  test.each(forms)('%s about %s', async (callbackId, metadata, values) => {
    const errors = failures().length;

    const words = await answersTo(() => submit(callbackId, metadata, values));

    expect(leakedNames(words)).toEqual([]);
    expect(failures().slice(errors)).toEqual([]);
  });
});

test('earlier requests are unchanged', async () => {
  const { exemptions, tokenRequests } = await ctx.decisions.current();

  expect(exemptions.get(ANAS)).toMatchObject({ id: EXEMPTION, state: 'asked', askedBy: ana.id });
  expect(tokenRequests.get(ANAS)).toMatchObject({ id: REQUEST, state: 'requested', requestedBy: ana.id });
  expect([...exemptions.keys()]).toEqual([ANAS]);
  expect(tokenRequests.has(LEDGER)).toBe(false);
  expect((await listReminders(ctx.db)).filter(({ disowned }) => disowned !== null)).toEqual([]);
  expect(tokenRequests.get(BENS)?.id).toMatch(/^[0-9a-f-]{36}$/);
});

import { beforeEach, expect, test } from '@jest/globals';
import { rootEventMessage } from '@root-mfa-bot/aws-simulator';
import { parseConfig } from '../../../src/config/config.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { saveAccounts } from '../../../src/store/accounts.ts';
import { savePeople } from '../../../src/store/people.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { decideExemption } from '../../../src/usecases/exemptions/decide-exemption.ts';
import { processExpiringExemptions } from '../../../src/usecases/exemptions/process-expiring-exemptions.ts';
import { requestExemption } from '../../../src/usecases/exemptions/request-exemption.ts';
import { revokeExemption } from '../../../src/usecases/exemptions/revoke-exemption.ts';
import { receiveRootEvents } from '../../../src/usecases/root-events/receive-root-events.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import type { WebhookNotification } from '../../../src/usecases/webhooks/enqueue-webhook-event.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { expectKind } from '../../support/token-requests.ts';
import { schemaProblems } from '../../support/webhook-schema.ts';

const db = await testDatabase();
const PAYMENTS = anAccount({ name: 'payments-prod' });
const ana = { id: slackUserId('U03ANA'), admin: false };
const sam = { id: slackUserId('U01SAM'), admin: true };
const config = parseConfig(`
owners: { accounts: { "${PAYMENTS.id}": U03ANA } }
webhooks:
  - name: siem
    urlVariable: SIEM_URL
    secretVariable: SIEM_SECRET
    events: [exemption.granted, exemption.ended, root.used]
`);
let time: Date;
let ctx: Context;

beforeEach(async () => {
  await emptyTables(db);
  time = new Date('2026-11-24T09:00:00Z');
  ctx = aContext({ db, config, admins: [sam.id], now: () => time });
  await saveAccounts(db, [PAYMENTS], time);
  await savePeople(db, [
    {
      slackId: ana.id,
      name: 'Ana',
      email: 'ana@example.com',
      teamId: 'T0HOME',
      timeZone: null,
      kind: 'member',
      awayUntil: null,
      readAt: time,
    },
  ]);
  await saveObservations(db, null, [{ account: PAYMENTS, verdict: aVerdict(), errors: [], checkedAt: time }]);
});

async function grantedExemption(): Promise<string> {
  const request = {
    accountId: PAYMENTS.id,
    reason: 'The key is stuck at customs',
    compensatingControl: 'The mailbox of root is locked',
    lastDay: '2026-12-31',
  };
  const { id } = expectKind(await requestExemption(ctx, request, ana), 'asked').exemption;
  await decideExemption(ctx, { id, decision: { kind: 'grant', note: null } }, sam);
  return id;
}

/** The events in the outbox, oldest first. Each is what its schema says. */
async function events() {
  const rows = await db.query<{ payload: WebhookNotification }>(
    `select payload from outbox where recipient_kind = 'webhook' order by id`,
  );
  for (const { payload } of rows) expect(schemaProblems(payload.event)).toEqual([]);
  return rows.map(({ payload }) => payload.event);
}

test('an exemption is an event when it is granted, and when it ends', async () => {
  const exemptionId = await grantedExemption();
  time = new Date('2027-01-01T06:00:00Z');
  await processExpiringExemptions(ctx);

  expect(await events()).toMatchObject([
    {
      type: 'exemption.granted',
      data: { exemptionId, name: 'payments-prod', state: 'granted', requestedBy: ana.id, decidedBy: sam.id },
    },
    { type: 'exemption.ended', data: { exemptionId, state: 'ended' } },
  ]);
});

test('an exemption that is ended early is an event, too', async () => {
  const exemptionId = await grantedExemption();
  await revokeExemption(ctx, exemptionId, sam);

  expect((await events()).map(({ type, data }) => [type, 'state' in data && data.state])).toEqual([
    ['exemption.granted', 'granted'],
    ['exemption.ended', 'revoked'],
  ]);
});

test('a use of root is one event, however often the queue delivers it', async () => {
  const message = rootEventMessage({
    accountId: PAYMENTS.id,
    action: 'sign-in',
    at: new Date(time.getTime() - 60_000),
    eventId: 'e1',
    source: '203.0.113.7',
  });
  await receiveRootEvents(ctx, [message]);
  await receiveRootEvents(ctx, [message]);

  expect(await events()).toMatchObject([
    {
      type: 'root.used',
      data: { accountId: PAYMENTS.id, name: 'payments-prod', source: '203.0.113.7', announced: false },
    },
  ]);
});

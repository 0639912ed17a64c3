import { createHash } from 'node:crypto';
import { env, stdout } from 'node:process';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { HttpError, isMain, serve } from './http.mjs';

/** What each status of a ticket means for its request. Others mean nothing. */
const CALL_OF_STATUS = {
  Approved: () => ({ type: 'token.approved' }),
  Rejected: ({ reason }) => ({ type: 'token.declined', reason: reason ?? 'Rejected in the ticket system.' }),
  Shipped: ({ carrier, tracking }) => ({
    type: 'token.shipped',
    carrier: carrier ?? 'Internal mail',
    tracking,
  }),
  Delivered: () => ({ type: 'token.received' }),
};

/** What is written into the ticket for each event of the bot. */
const CHANGE_OF_EVENT = {
  'token.approved': () => ({ status: 'Approved', comment: 'Approved.' }),
  'token.declined': ({ reason }) => ({ status: 'Rejected', comment: `Declined: ${reason}` }),
  'token.shipped': ({ shipment }) => ({ status: 'Shipped', comment: `Shipped: ${shipment?.note}` }),
  'token.received': () => ({ status: 'Delivered', comment: 'Received.' }),
  'token.enrolled': () => ({ status: 'Done', comment: 'Hardware MFA is registered on root.' }),
  'token.withdrawn': ({ reason }) => ({
    status: 'Closed',
    comment: `Withdrawn: ${reason ?? 'no reason given'}`,
  }),
};

/**
 * Starts the adapter: `/bot` takes the bot's events, `/tickets` the changes of the ticket system.
 *
 * @param {{ port?: number, webhookSecret: string, ticketsUrl: string, botUrl: string, callbackSecret: string }} options
 */
export async function startAdapter(options) {
  const verifier = new Webhook(options.webhookSecret);
  const signer = new Webhook(options.callbackSecret);
  return serve(options.port ?? 0, async ({ method, url, headers }, body) => {
    if (method === 'POST' && url === '/bot') return handleEvent(verify(body, headers));
    if (method === 'POST' && url === '/tickets') return handleChange(JSON.parse(body));
    throw new HttpError(404, 'Not found');
  });

  function verify(body, headers) {
    try {
      return verifier.verify(body, headers);
    } catch (error) {
      if (error instanceof WebhookVerificationError) throw new HttpError(401, error.message);
      throw error;
    }
  }

  /** Brings a ticket up to date with its request. The bot sends the event again unless all of it succeeds. */
  async function handleEvent({ type, timestamp, data }) {
    if (!type.startsWith('token.')) return { ignored: type };
    const ticket = await openTicket(data);
    if (data.ticket !== ticket.key && type === 'token.requested') {
      await callBot({ type: 'token.ticket_set', ticket: ticket.key }, data.requestId, timestamp);
    }
    const change = CHANGE_OF_EVENT[type]?.(data);
    if (change) await callTickets('PATCH', `/tickets/${ticket.key}`, { ...change, silent: true });
    return { ticket: ticket.key };
  }

  /** Takes a request further when its ticket has changed. */
  async function handleChange({ externalId, status, at, ...details }) {
    const call = CALL_OF_STATUS[status]?.(details);
    return call ? callBot(call, externalId, at) : { ignored: status };
  }

  /** Opens the ticket of a request; the ticket system returns the one that exists. */
  function openTicket({ requestId, quantity, kind, office, accounts }) {
    const names = accounts.map(({ name }) => name).join(', ');
    const summary = `${quantity} × ${kind} for ${names}${office ? `, to ${office}` : ''}`;
    return callTickets('POST', '/tickets', { externalId: requestId, summary });
  }

  async function callTickets(method, path, body) {
    const response = await fetch(`${options.ticketsUrl}${path}`, { method, body: JSON.stringify(body) });
    if (!response.ok) throw new HttpError(502, `The ticket system answered ${response.status}`);
    return response.json();
  }

  async function callBot({ type, ...details }, requestId, timestamp) {
    const body = JSON.stringify({ type, timestamp, data: { requestId, ...details } });
    // The same for every attempt, so that a call that is repeated takes effect once.
    const id = `call_${createHash('sha256').update(body).digest('hex').slice(0, 32)}`;
    const now = new Date();
    const response = await fetch(options.botUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': signer.sign(id, now, body),
      },
      body,
    });
    const answer = await response.json();
    // A 409 is an answer: the request cannot go that way. Show the reason in the ticket.
    if (!response.ok) throw new HttpError(response.status, answer.reason ?? answer.error);
    return answer;
  }
}

if (isMain(import.meta.url)) {
  const { TICKETS_WEBHOOK_SECRET: webhookSecret, CALLBACK_SECRET: callbackSecret } = env;
  if (!webhookSecret || !callbackSecret) {
    throw new Error('Set TICKETS_WEBHOOK_SECRET and CALLBACK_SECRET, as for the bot');
  }
  const { url } = await startAdapter({
    port: Number(env.ADAPTER_PORT ?? 4101),
    webhookSecret,
    callbackSecret,
    ticketsUrl: env.TICKETS_URL ?? 'http://127.0.0.1:4102',
    botUrl: env.BOT_URL ?? 'http://127.0.0.1:3000/hooks/token-requests',
  });
  stdout.write(`Adapter at ${url}\n`);
}

import { env, stdout } from 'node:process';
import { HttpError, isMain, serve } from './http.mjs';

/**
 * Starts a fake ticket system: `POST /tickets` opens a ticket for an external ID, once; `PATCH /tickets/KEY` changes it,
 * and tells the subscriber. Tickets are lost when it stops.
 *
 * @param {{ port?: number, subscriberUrl: string }} options
 */
export async function startTicketSystem(options) {
  const tickets = new Map();
  const server = await serve(options.port ?? 0, async ({ method, url = '/' }, body) => {
    const [, place, key] = url.split('/');
    if (place !== 'tickets') throw new HttpError(404, 'Not found');
    if (method === 'GET' && key === undefined) return [...tickets.values()];
    if (method === 'POST' && key === undefined) return openTicket(JSON.parse(body));
    const ticket = tickets.get(key);
    if (!ticket) throw new HttpError(404, `No ticket ${key}`);
    if (method === 'PATCH') return changeTicket(ticket, JSON.parse(body));
    return ticket;
  });
  return { ...server, tickets };

  function openTicket({ externalId, summary }) {
    const existing = [...tickets.values()].find((ticket) => ticket.externalId === externalId);
    if (existing) return existing;
    const ticket = { key: `KEY-${tickets.size + 1}`, externalId, summary, status: 'Open', comments: [] };
    tickets.set(ticket.key, ticket);
    return ticket;
  }

  async function changeTicket(ticket, { comment, silent = false, ...changes }) {
    if (comment) ticket.comments.push(comment);
    const before = ticket.status;
    Object.assign(ticket, changes);
    // What the adapter wrote itself is not sent back to it.
    if (!silent && ticket.status !== before) {
      await tellSubscriber({ ...ticket, at: new Date().toISOString() });
    }
    return ticket;
  }

  async function tellSubscriber(change) {
    const response = await fetch(options.subscriberUrl, { method: 'POST', body: JSON.stringify(change) });
    if (!response.ok)
      throw new HttpError(502, `The subscriber answered ${response.status}: ${await response.text()}`);
  }
}

if (isMain(import.meta.url)) {
  const { url } = await startTicketSystem({
    port: Number(env.TICKETS_PORT ?? 4102),
    subscriberUrl: env.SUBSCRIBER_URL ?? 'http://127.0.0.1:4101/tickets',
  });
  stdout.write(`Fake ticket system at ${url}/tickets\n`);
}

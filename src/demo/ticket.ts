import type { WebhookEvent } from '../domain/webhooks/event.ts';

/** What the bot tells about a token request. */
export type TokenEvent = Extract<WebhookEvent, { readonly type: `token.${string}` }>;

/** A ticket of the simulated company: one for each token request. */
export interface DemoTicket {
  readonly key: string;
  readonly requestId: string;
  readonly summary: string;
  /** What happened, oldest first. */
  readonly history: readonly { readonly at: Date; readonly text: string }[];
  readonly state: TokenEvent['data']['state'];
}

const STATE_TEXT = {
  requested: 'Waiting for approval',
  approved: 'Approved',
  declined: 'Declined',
  shipped: 'Shipped',
  received: 'Received',
  enrolled: 'Done: registered on root',
  cancelled: 'Withdrawn',
} as const satisfies Record<DemoTicket['state'], string>;

/** Returns what people read about the state of a ticket. */
export function ticketStateText({ state }: DemoTicket): string {
  return STATE_TEXT[state];
}

/** Returns what a ticket asks for, in a line. */
export function summaryOf({ quantity, kind, accounts, office }: TokenEvent['data']): string {
  const names = accounts.map(({ name }) => name).join(', ');
  const what = kind === 'security-key' ? 'security key' : 'hardware token';
  return `${quantity} × ${what} for ${names}${office === null ? '' : `, to ${office}`}`;
}

/** Returns what an event says happened, in a line. */
export function stepText({ state, reason, shipment }: TokenEvent['data']): string {
  const detail = state === 'shipped' ? shipment?.note : reason;
  return detail ? `${STATE_TEXT[state]}: ${detail}` : STATE_TEXT[state];
}

/** Returns the page of a ticket, as HTML. */
export function ticketPage(system: string, { key, summary, history }: DemoTicket): string {
  const steps = history.map(
    ({ at, text }) =>
      `<li><time>${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time> ${escapeHtml(text)}</li>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${key}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}time{color:#667;margin-right:.5rem}</style>
</head><body><p>${escapeHtml(system)} (simulated)</p><h1>${key}</h1><p>${escapeHtml(summary)}</p><ul>${steps.join('')}</ul></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

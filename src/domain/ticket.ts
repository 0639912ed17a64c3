/** How the company refers to tickets in another system. */
export interface TicketPolicy {
  /** What the field is called. */
  readonly label: string;
  /** A regular expression that the whole reference must match. */
  readonly pattern?: string | undefined;
  /** The address of a ticket; `{ticket}` is replaced. */
  readonly url?: string | undefined;
  readonly required: boolean;
}

/** A reference to a ticket, as it is shown. The text is people's own: untrusted. */
export interface TicketReference {
  readonly label: string;
  /** `null`: none was given yet. */
  readonly text: string | null;
  readonly url: string | null;
}

export const MAX_TICKET_LENGTH = 60;

/** Returns what is wrong with a reference, as a sentence; undefined when it can be saved. */
export function ticketProblem(ticket: string | null, policy: TicketPolicy | undefined): string | undefined {
  if (ticket === null) return policy?.required ? `Enter the ${policy.label}.` : undefined;
  if (ticket.length > MAX_TICKET_LENGTH) return `Enter ${MAX_TICKET_LENGTH} characters or fewer.`;
  const matches = policy?.pattern === undefined || new RegExp(`^(?:${policy.pattern})$`).test(ticket);
  return matches ? undefined : `This does not match the format of “${policy.label}”: ${policy.pattern}`;
}

/** Returns the reference with its link; null where the company has no tickets and none was given. */
export function ticketReference(
  ticket: string | null,
  policy: TicketPolicy | undefined,
): TicketReference | null {
  if (ticket === null) return policy ? { label: policy.label, text: null, url: null } : null;
  return {
    label: policy?.label ?? 'Ticket',
    text: ticket,
    url: policy?.url?.replaceAll('{ticket}', () => encodeURIComponent(ticket)) ?? null,
  };
}

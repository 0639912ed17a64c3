import { COMPLIANCE_WORST_FIRST, type Compliance } from '../../../domain/compliance.ts';

/** Which accounts a list is of. */
export type AccountFilter =
  | { readonly kind: 'failing' }
  | { readonly kind: 'all' }
  | { readonly kind: 'mine' }
  /** By e-mail or Slack id. */
  | { readonly kind: 'owner'; readonly owner: string }
  | { readonly kind: 'ou'; readonly path: string };

/** What a list shows of them: those that stand so, or all; from which page on. */
export interface AccountListQuery {
  readonly filter: AccountFilter;
  readonly compliance: Compliance | null;
  /** From 0. */
  readonly page: number;
}

/** The query as a button carries it. */
export function serializeListQuery({ filter, compliance, page }: AccountListQuery): string {
  return new URLSearchParams({
    of: filter.kind,
    ...(filter.kind === 'owner' && { who: filter.owner }),
    ...(filter.kind === 'ou' && { who: filter.path }),
    ...(compliance && { standing: compliance }),
    ...(page > 0 && { page: String(page) }),
  }).toString();
}

/** The query that a button carried; whatever cannot be read is as if nothing had been chosen. */
export function parseListQuery(text: string): AccountListQuery {
  const values = new URLSearchParams(text);
  const filterValue = values.get('who') ?? '';
  const page = Number(values.get('page') ?? 0);
  return {
    filter: parseFilter(values.get('of'), filterValue),
    compliance: COMPLIANCE_WORST_FIRST.find((state) => state === values.get('standing')) ?? null,
    page: Number.isInteger(page) && page > 0 ? page : 0,
  };
}

/** The query with what was chosen in its filter, from the first page on. */
export function withCompliance(query: AccountListQuery, chosen: string): AccountListQuery {
  return { ...query, compliance: COMPLIANCE_WORST_FIRST.find((state) => state === chosen) ?? null, page: 0 };
}

function parseFilter(kind: string | null, owner: string): AccountFilter {
  switch (kind) {
    case 'failing':
    case 'mine':
      return { kind };
    case 'owner':
      return { kind, owner };
    case 'ou':
      return { kind, path: owner };
    default:
      return { kind: 'all' };
  }
}

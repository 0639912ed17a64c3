import { COMPLIANCE_WORST_FIRST, type Compliance } from '../../../domain/compliance.ts';

/** The accounts that a list contains. */
export type AccountFilter =
  | { readonly kind: 'failing' }
  | { readonly kind: 'all' }
  | { readonly kind: 'mine' }
  /** With a root access key or certificate. */
  | { readonly kind: 'root-keys' }
  /** Member accounts that still have root credentials. */
  | { readonly kind: 'credentials' }
  /** By e-mail or Slack id. */
  | { readonly kind: 'owner'; readonly owner: string }
  | { readonly kind: 'ou'; readonly path: string }
  /** Accounts to go for a target. */
  | { readonly kind: 'target'; readonly name: string };

/** A list, filtered by compliance, and the page to show. */
export interface AccountListQuery {
  readonly filter: AccountFilter;
  readonly compliance: Compliance | null;
  /** From 0. */
  readonly page: number;
}

/** Serializes a query into a button's value. */
export function serializeListQuery({ filter, compliance, page }: AccountListQuery): string {
  return new URLSearchParams({
    of: filter.kind,
    ...(filter.kind === 'owner' && { who: filter.owner }),
    ...(filter.kind === 'ou' && { who: filter.path }),
    ...(filter.kind === 'target' && { who: filter.name }),
    ...(compliance && { standing: compliance }),
    ...(page > 0 && { page: String(page) }),
  }).toString();
}

/** Parses a button's value. Anything unreadable counts as not chosen. */
export function parseListQuery(text: string): AccountListQuery {
  const values = new URLSearchParams(text);
  const filterValue = values.get('who') ?? '';
  const page = Number(values.get('page') ?? 0);
  return {
    filter: parseFilter(values.get('of'), filterValue),
    compliance: parseCompliance(values.get('standing')),
    page: Number.isInteger(page) && page > 0 ? page : 0,
  };
}

/** Returns the query with another compliance filter, back on the first page. */
export function withCompliance(query: AccountListQuery, chosen: string): AccountListQuery {
  return { ...query, compliance: COMPLIANCE_WORST_FIRST.find((state) => state === chosen) ?? null, page: 0 };
}

/** Buttons of older messages carry the former names of two states. */
function parseCompliance(text: string | null): Compliance | null {
  if (text === 'unmet') return 'noncompliant';
  if (text === 'met') return 'compliant';
  return COMPLIANCE_WORST_FIRST.find((state) => state === text) ?? null;
}

function parseFilter(kind: string | null, value: string): AccountFilter {
  return isFilterKind(kind) ? FILTER_PARSERS[kind](value) : { kind: 'all' };
}

function isFilterKind(kind: string | null): kind is AccountFilter['kind'] {
  return kind !== null && Object.hasOwn(FILTER_PARSERS, kind);
}

/** What a button says beside the kind of the list: a kind without a parser would silently show all accounts. */
const FILTER_PARSERS: {
  readonly [Kind in AccountFilter['kind']]: (
    value: string,
  ) => Extract<AccountFilter, { readonly kind: Kind }>;
} = {
  all: () => ({ kind: 'all' }),
  failing: () => ({ kind: 'failing' }),
  mine: () => ({ kind: 'mine' }),
  'root-keys': () => ({ kind: 'root-keys' }),
  credentials: () => ({ kind: 'credentials' }),
  owner: (owner) => ({ kind: 'owner', owner }),
  ou: (path) => ({ kind: 'ou', path }),
  target: (name) => ({ kind: 'target', name }),
};

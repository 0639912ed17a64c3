import { STANDINGS_WORST_FIRST, type Standing } from '../../../domain/compliance.ts';

/** Which accounts a list is of. */
export type ListOf =
  | { readonly kind: 'failing' }
  | { readonly kind: 'all' }
  | { readonly kind: 'mine' }
  /** By e-mail or Slack id. */
  | { readonly kind: 'owner'; readonly who: string }
  | { readonly kind: 'ou'; readonly path: string };

/** What a list shows of them: those that stand so, or all; from which page on. */
export interface ListQuery {
  readonly of: ListOf;
  readonly standing: Standing | null;
  /** From 0. */
  readonly page: number;
}

/** The query as a button carries it. */
export function writeQuery({ of, standing, page }: ListQuery): string {
  return new URLSearchParams({
    of: of.kind,
    ...(of.kind === 'owner' && { who: of.who }),
    ...(of.kind === 'ou' && { who: of.path }),
    ...(standing && { standing }),
    ...(page > 0 && { page: String(page) }),
  }).toString();
}

/** The query that a button carried; whatever cannot be read is as if nothing had been chosen. */
export function readQuery(text: string): ListQuery {
  const values = new URLSearchParams(text);
  const who = values.get('who') ?? '';
  const page = Number(values.get('page') ?? 0);
  return {
    of: listOf(values.get('of'), who),
    standing: STANDINGS_WORST_FIRST.find((one) => one === values.get('standing')) ?? null,
    page: Number.isInteger(page) && page > 0 ? page : 0,
  };
}

/** The query with what was chosen in its filter, from the first page on. */
export function filtered(query: ListQuery, chosen: string): ListQuery {
  return { ...query, standing: STANDINGS_WORST_FIRST.find((one) => one === chosen) ?? null, page: 0 };
}

function listOf(kind: string | null, who: string): ListOf {
  switch (kind) {
    case 'failing':
    case 'mine':
      return { kind };
    case 'owner':
      return { kind, who };
    case 'ou':
      return { kind, path: who };
    default:
      return { kind: 'all' };
  }
}

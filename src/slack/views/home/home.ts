import type { Config } from '../../../config/config.ts';
import type { CompanyStatus } from '../../../usecases/shared/read-accounts.ts';
import { listButton } from '../status/account-list.ts';
import { actions, type Block, context, type Drawn, divider, type Home } from '../shared/blocks.ts';
import { readingLine } from '../status/company-status.ts';
import { type CompanyHome, companyBlocks } from './company-section.ts';
import { type OwnHome, ownBlocks } from './own-section.ts';
import { requestAnyTokenButton } from '../tokens/token-button.ts';

/** What somebody finds when they open the app. */
export interface HomePage {
  readonly viewer: { readonly id: string; readonly admin: boolean };
  /** Whether they may see accounts that are not theirs. */
  readonly seesAll: boolean;
  readonly own: OwnHome;
  /** For those who decide. */
  readonly company: CompanyHome | null;
  readonly lastScan: CompanyStatus['lastScan'];
  readonly config: Pick<Config, 'tokens' | 'policy'>;
  readonly now: Date;
}

/** The app's Home: what one answers for and what to do about it; for admins the company before that. */
export function drawHome(page: HomePage): Home {
  const { company, own, viewer, config, now } = page;
  return {
    type: 'home',
    blocks: [
      ...(company ? [...companyBlocks(company, page), divider] : []),
      ...ownBlocks(own, { viewer, config, lastScan: page.lastScan }),
      ...wayOn(page),
      ...(page.lastScan && !company ? [context(readingLine(page.lastScan.startedAt, 0, now))] : []),
    ],
  };
}

/** A Home that says what was to be said instead: to guests, or where something went wrong. */
export function drawHomeNote({ blocks }: Drawn): Home {
  return { type: 'home', blocks };
}

function wayOn({ own, company, seesAll, config, lastScan }: HomePage): Block[] {
  if (!lastScan) return [];
  const ask = requestAnyTokenButton(config);
  const buttons = [
    // What can be done about a single one stands beside it.
    ...(own.accounts.length > 1 ? [listButton({ kind: 'mine' }, 'All of mine'), ...(ask ? [ask] : [])] : []),
    ...(seesAll && !company
      ? [listButton({ kind: 'failing' }, 'What falls short'), listButton({ kind: 'all' }, 'All accounts')]
      : []),
  ];
  return buttons.length > 0 ? [divider, actions(...buttons)] : [];
}

import type { Config } from '../../../config/config.ts';
import type { CompanyStatus } from '../../../usecases/shared/read-accounts.ts';
import {
  type AppHome,
  actions,
  type Block,
  context,
  divider,
  type RenderedMessage,
} from '../shared/blocks.ts';
import { listButton } from '../status/account-list.ts';
import { dataFreshnessText } from '../status/company-status.ts';
import { requestAnyTokenButton } from '../tokens/token-button.ts';
import { type CompanyHomeData, renderCompanySection } from './company-section.ts';
import { type OwnHomeData, renderOwnSection } from './own-section.ts';

/** What somebody finds when they open the app. */
export interface HomeProps {
  readonly viewer: { readonly id: string; readonly admin: boolean };
  /** Whether they may see accounts that are not theirs. */
  readonly seesAll: boolean;
  readonly own: OwnHomeData;
  /** For those who decide. */
  readonly company: CompanyHomeData | null;
  readonly lastScan: CompanyStatus['lastScan'];
  readonly config: Pick<Config, 'tokens' | 'policy'>;
  readonly now: Date;
}

/** The app's Home: what one answers for and what to do about it; for admins the company before that. */
export function renderHome(props: HomeProps): AppHome {
  const { company, own, viewer, config, now } = props;
  return {
    type: 'home',
    blocks: [
      ...(company ? [...renderCompanySection(company, props), divider] : []),
      ...renderOwnSection(own, { viewer, config, lastScan: props.lastScan }),
      ...navigationBlocks(props),
      ...(props.lastScan && !company ? [context(dataFreshnessText(props.lastScan.startedAt, 0, now))] : []),
    ],
  };
}

/** A Home that says what was to be said instead: to guests, or where something went wrong. */
export function renderHomeMessage({ blocks }: RenderedMessage): AppHome {
  return { type: 'home', blocks };
}

function navigationBlocks({ own, company, seesAll, config, lastScan }: HomeProps): Block[] {
  if (!lastScan) return [];
  const requestButton = requestAnyTokenButton(config);
  const buttons = [
    // What can be done about a single one stands beside it.
    ...(own.accounts.length > 1
      ? [listButton({ kind: 'mine' }, 'All of mine'), ...(requestButton ? [requestButton] : [])]
      : []),
    ...(seesAll && !company
      ? [listButton({ kind: 'failing' }, 'What falls short'), listButton({ kind: 'all' }, 'All accounts')]
      : []),
  ];
  return buttons.length > 0 ? [divider, actions(...buttons)] : [];
}

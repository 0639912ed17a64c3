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

/** What a person's Home shows. */
export interface HomeProps {
  readonly viewer: { readonly id: string; readonly admin: boolean };
  /** Whether they can see accounts of other owners. */
  readonly seesAll: boolean;
  readonly own: OwnHomeData;
  /** Admins only. */
  readonly company: CompanyHomeData | null;
  readonly lastScan: CompanyStatus['lastScan'];
  readonly config: Pick<Config, 'tokens' | 'policy'>;
  readonly now: Date;
}

/** Renders the app's Home: the viewer's accounts and what to do about them; for admins, the company first. */
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

/** Renders a message in place of the Home: for guests, or after an error. */
export function renderHomeMessage({ blocks }: RenderedMessage): AppHome {
  return { type: 'home', blocks };
}

function navigationBlocks({ own, company, seesAll, config, lastScan }: HomeProps): Block[] {
  if (!lastScan) return [];
  const requestButton = requestAnyTokenButton(config);
  const buttons = [
    // A single account has its buttons beside it.
    ...(own.accounts.length > 1
      ? [listButton({ kind: 'mine' }, 'My accounts'), ...(requestButton ? [requestButton] : [])]
      : []),
    ...(seesAll && !company
      ? [listButton({ kind: 'failing' }, 'Non-compliant'), listButton({ kind: 'all' }, 'All accounts')]
      : []),
  ];
  return buttons.length > 0 ? [divider, actions(...buttons)] : [];
}

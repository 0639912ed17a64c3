import type { ScanOutcome } from '../../../usecases/scan/scan-accounts.ts';
import {
  actions,
  button,
  context,
  joinMarkup,
  type Markup,
  md,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { message } from '../shared/message.ts';
import { lowerFirst, MFA_TEXT, pluralize } from '../shared/wording.ts';
import { listButton } from '../status/account-list.ts';
import { SHOW_TREND } from '../status/company-status.ts';

/** Renders the progress of a scan. */
export function renderScanProgress(read: number, found: number): RenderedMessage {
  if (found === 0) return message(':hourglass_flowing_sand: Listing accounts…');
  const tenths = Math.floor((read / found) * 10);
  return message(
    `:hourglass_flowing_sand: ${'█'.repeat(tenths)}${'░'.repeat(10 - tenths)} ${read} of ${pluralize(found, 'account')} checked`,
  );
}

/** Renders how a scan ended, and what changed. */
export function renderScanOutcome(outcome: ScanOutcome, startedAt: Date, endedAt: Date): RenderedMessage {
  switch (outcome.kind) {
    case 'already-running':
      return message('Another scan is already running. See its result in a moment: /mfa-status');
    case 'could-not-scan':
      return message(`:warning: The scan could not run, so the data is unchanged. ${outcome.reason}`);
    case 'scanned': {
      const seconds = Math.max(1, Math.round((endedAt.getTime() - startedAt.getTime()) / 1000));
      const unread = outcome.unread > 0 ? ` Could not check ${pluralize(outcome.unread, 'account')}.` : '';
      const changed = outcome.changes.filter(({ before }) => before !== null).sort(worstFirst);
      const count = changed.length === 0 ? 'no changes' : pluralize(changed.length, 'changed account');
      const sentence = `Checked ${pluralize(outcome.accounts, 'account')} in ${pluralize(seconds, 'second')}: ${count}.${unread}`;
      const lines = changed.slice(0, MAX_CHANGES).map(changeLine);
      const more = changed.length - lines.length;
      return {
        text: [`Scan finished: ${sentence}`, ...lines.map(({ markup }) => markup)].join('\n'),
        blocks: [
          section(md`:white_check_mark: *Scan finished.* ${sentence}`),
          ...(lines.length > 0
            ? [section(joinMarkup([...lines, ...(more > 0 ? [md`… and ${more} more`] : [])], '\n'))]
            : []),
          ...(outcome.warning ? [context(md`:warning: ${outcome.warning}`)] : []),
          actions(listButton({ kind: 'failing' }, 'Non-compliant'), button(SHOW_TREND, 'Trend')),
        ],
      };
    }
  }
}

const MAX_CHANGES = 10;

type Change = Extract<ScanOutcome, { kind: 'scanned' }>['changes'][number];

/** Accounts that fail now come first. */
function worstFirst(a: Change, b: Change): number {
  return Number(b.after.level1 === 'fail') - Number(a.after.level1 === 'fail') || (a.name < b.name ? -1 : 1);
}

/** Returns `payments-prod: was no MFA, now passkey or security key`. */
function changeLine({ name, accountId, before, after }: Change): Markup {
  const account = md`•  *${truncate(name, 60)}*  ${accountId}`;
  // The rest of a verdict can change as well: its credentials and flags.
  if (!before || before.mfa === after.mfa) return md`${account}: ${after.rootCredentialsWhy}`;
  return md`${account}: was ${lowerFirst(MFA_TEXT[before.mfa])}, now ${lowerFirst(MFA_TEXT[after.mfa])}`;
}

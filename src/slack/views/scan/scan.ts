import type { ScanOutcome } from '../../../usecases/scan/scan-accounts.ts';
import { actions, button, context, md, type RenderedMessage, section } from '../shared/blocks.ts';
import { message } from '../shared/message.ts';
import { pluralize } from '../shared/wording.ts';
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
      const changed = outcome.changes.filter(({ before }) => before !== null).length;
      const sentence = `Checked ${pluralize(outcome.accounts, 'account')} in ${pluralize(seconds, 'second')}: ${pluralize(changed, 'change')}.${unread}`;
      return {
        text: `Scan finished: ${sentence}`,
        blocks: [
          section(md`:white_check_mark: *Scan finished.* ${sentence}`),
          ...(outcome.warning ? [context(md`:warning: ${outcome.warning}`)] : []),
          actions(listButton({ kind: 'failing' }, 'Non-compliant'), button(SHOW_TREND, 'Trend')),
        ],
      };
    }
  }
}

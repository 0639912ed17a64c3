import type { ScanOutcome } from '../../../usecases/scan/scan-accounts.ts';
import { actions, button, context, md, type RenderedMessage, section } from '../shared/blocks.ts';
import { message } from '../shared/message.ts';
import { pluralize } from '../shared/wording.ts';
import { listButton } from '../status/account-list.ts';
import { SHOW_TREND } from '../status/company-status.ts';

/** How far a scan is. */
export function renderScanProgress(read: number, found: number): RenderedMessage {
  if (found === 0) return message(':hourglass_flowing_sand: Looking for accounts…');
  const tenths = Math.floor((read / found) * 10);
  return message(
    `:hourglass_flowing_sand: ${'█'.repeat(tenths)}${'░'.repeat(10 - tenths)} ${read} of ${pluralize(found, 'account')} read`,
  );
}

/** How a scan ended, and what changed. */
export function renderScanOutcome(outcome: ScanOutcome, startedAt: Date, endedAt: Date): RenderedMessage {
  switch (outcome.kind) {
    case 'already-running':
      return message('Another scan is under way. Its result will be there in a moment: /mfa-status');
    case 'could-not-scan':
      return message(
        `:warning: The scan could not run, and what was known stays as it was. ${outcome.reason}`,
      );
    case 'scanned': {
      const seconds = Math.max(1, Math.round((endedAt.getTime() - startedAt.getTime()) / 1000));
      const unread = outcome.unread > 0 ? ` ${pluralize(outcome.unread, 'account')} could not be read.` : '';
      const changed = outcome.changes.filter(({ before }) => before !== null).length;
      const sentence = `${pluralize(outcome.accounts, 'account')} read in ${pluralize(seconds, 'second')}, ${pluralize(changed, 'change')}.${unread}`;
      return {
        text: `Scan finished: ${sentence}`,
        blocks: [
          section(md`:white_check_mark: *Scan finished.* ${sentence}`),
          ...(outcome.warning ? [context(md`:warning: ${outcome.warning}`)] : []),
          actions(listButton({ kind: 'failing' }, 'What falls short'), button(SHOW_TREND, 'Trend')),
        ],
      };
    }
  }
}

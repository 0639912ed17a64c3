import type { DigestRootUse } from '../../../domain/digest.ts';
import { joinMarkup, type Markup, md } from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

/** `Root was used 3 times: 2 explained, 1 open`: the week in the digest. */
export function rootUseText(use: DigestRootUse): Markup {
  const { incidents, explained, open, denied, failedAttempts, notWired } = use;
  const outcomes = [
    explained > 0 && `${explained} explained`,
    open > 0 && `${open} open`,
    denied > 0 && `${denied} denied`,
  ].filter((text) => text !== false);
  const used =
    incidents === 0
      ? md`:key: No use of root was reported`
      : md`:key: *Root was used ${timesText(incidents)}*: ${outcomes.join(', ')}`;
  const details = [
    ...(failedAttempts > 0 ? [md`${pluralize(failedAttempts, 'failed attempt')} to sign in`] : []),
    ...(notWired > 0 ? [md`:warning: ${pluralize(notWired, 'account')} not connected`] : []),
    ...(open + denied > 0 ? [md`\`/mfa-status events\``] : []),
  ];
  return joinMarkup([used, ...details], ' · ');
}

/** `once`, `3 times`. */
export function timesText(count: number): string {
  return count === 1 ? 'once' : pluralize(count, 'time');
}

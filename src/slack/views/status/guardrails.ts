import { cureForFix, rootDenialText } from '../../../domain/guardrails/explain.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import { type Block, context, formatSlackDateTime, joinMarkup, md, section } from '../shared/blocks.ts';
import { formatTimeAgo } from '../shared/wording.ts';

/** Renders what service control policies mean for an account: who is denied or blocked, by which policy, read when. */
export function guardrailBlocks(view: AccountView, now: Date): Block[] {
  const { account, compliance, guardrails, policyCure, fixBlocked } = view;
  if (!guardrails) return [];

  const denial = rootDenialText(guardrails);
  const icon = guardrails.deniesRoot.answer === 'yes' ? 'shield' : 'grey_question';
  const lines = [
    ...(denial ? [md`:${icon}: ${denial}`] : []),
    ...(policyCure && compliance === 'unknown' ? [md`:no_entry_sign: ${policyCure}`] : []),
    ...(fixBlocked ? [md`:construction: ${cureForFix(fixBlocked)}`] : []),
  ];
  if (lines.length === 0) return [];
  const readAt = account.guardrailsReadAt;
  return [
    section(joinMarkup(lines, '\n')),
    ...(readAt
      ? [
          context(
            joinMarkup(
              [
                md`Organization policies read `,
                formatSlackDateTime(readAt),
                md` (${formatTimeAgo(readAt, now)})`,
              ],
              '',
            ),
          ),
        ]
      : []),
  ];
}

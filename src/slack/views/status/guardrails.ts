import { cureForFix, rootDenialText } from '../../../domain/guardrails/explain.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import { type Block, context, formatSlackDateTime, joinMarkup, md, section } from '../shared/blocks.ts';
import { formatTimeAgo } from '../shared/wording.ts';

/** Renders what service control policies mean for an account: whether root is denied, whether the fix is blocked, by which policy. */
export function guardrailBlocks(view: AccountView, now: Date): Block[] {
  const { account, guardrails, fixBlocked } = view;
  if (view.policiesUnread) {
    return [
      context(md`I could not read the organization's policies, so I cannot tell whether they deny root.`),
    ];
  }
  if (!guardrails) return [];

  const denial = rootDenialText(guardrails);
  const icon = guardrails.deniesRoot.answer === 'yes' ? 'shield' : 'grey_question';
  const lines = [
    ...(denial ? [md`:${icon}: ${denial}`] : []),
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

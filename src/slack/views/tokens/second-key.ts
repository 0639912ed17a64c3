import type { SecondKeyNotification } from '../../../domain/notification.ts';
import type { FinishOutcome } from '../../../domain/token-request.ts';
import type { TokenStepRejection } from '../../../usecases/tokens/apply-token-step.ts';
import {
  actions,
  button,
  joinMarkup,
  type Markup,
  md,
  type RenderedMessage,
  section,
} from '../shared/blocks.ts';
import { CHECK_NOW } from '../status/account.ts';
import { stepOutcomeText } from './token-outcomes.ts';
import { accountNames } from './token-text.ts';

export const SECOND_KEY_REGISTERED = 'second-key-registered';
export const SECOND_KEY_LATER = 'second-key-later';

const STEPS = {
  'security-key': [
    'Sign in as root with the first key, and open “Security credentials”, “Multi-factor authentication (MFA)”.',
    'Choose “Assign MFA device”, “Passkey or security key”. When the browser asks, choose the security key, and touch the second one.',
    'Sign out, and sign in once with the second key to see that it works.',
    'Store it in another safe place, not with the first.',
  ],
  'totp-token': [
    'Sign in as root with the first token, and open “Security credentials”, “Multi-factor authentication (MFA)”.',
    'Choose “Assign MFA device”, “Hardware TOTP token”. Enter the serial number of the second one and two codes in a row.',
    'Sign out, and sign in once with the second token to see that it works.',
    'Store it in another safe place, not with the first.',
  ],
} as const satisfies Record<SecondKeyNotification['tokenKind'], readonly string[]>;

/** Asks for the second of two keys once the first is seen, or says that it is done. */
export function renderSecondKey({
  requestId,
  tokenKind,
  accounts,
  counted,
  closed,
}: SecondKeyNotification): RenderedMessage {
  const names = accountNames(accounts);
  if (closed) {
    const words =
      closed === 'cancelled'
        ? joinMarkup([md`You no longer need to register a second key for `, names, md`.`], '')
        : joinMarkup([md`:white_check_mark: Done: your key request for `, names, md` is complete.`], '');
    return { text: words.markup, blocks: [section(words)] };
  }
  const what = tokenKind === 'totp-token' ? 'token' : 'key';
  const title = joinMarkup(
    [
      md`:closed_lock_with_key: AWS shows your first ${what} on root of `,
      names,
      md`.\n*Register the second ${what} now, then store it elsewhere.* If the first one is lost, you can still sign in.`,
    ],
    '',
  );
  const steps = joinMarkup(
    STEPS[tokenKind].map((step, n) => md`${n + 1}. ${step}`),
    '\n',
  );
  const end = counted
    ? md`I’ll close the request when AWS shows both.`
    : md`I cannot count the devices of root here, so tell me when both are registered.`;
  const [first] = accounts;
  return {
    text: joinMarkup([title, steps, end], '\n').markup,
    blocks: [
      section(title),
      section(steps),
      section(end),
      actions(
        ...(counted
          ? first && accounts.length === 1
            ? [button(CHECK_NOW, 'Check now', { value: first.id, style: 'primary' })]
            : []
          : [button(SECOND_KEY_REGISTERED, 'Both are registered', { value: requestId, style: 'primary' })]),
        button(SECOND_KEY_LATER, 'The spare is for later', { value: requestId }),
      ),
    ],
  };
}

/** Returns the answer to what the owner said of the second key, where the request is not complete with it. */
export function finishOutcomeText(
  outcome: Exclude<FinishOutcome, { kind: 'enrolled' }> | TokenStepRejection,
  by: string,
): Markup {
  switch (outcome.kind) {
    case 'progress':
      return md`:white_check_mark: Thank you. The other accounts of the request still need a key.`;
    case 'no-key-seen':
      return md`Nothing changed: AWS shows no key of this request on root yet. Register one first, then press *Check now*.`;
    default:
      return stepOutcomeText(outcome, by);
  }
}

import type { Button, PlainTextOption } from '@slack/types';
import type { Attestation } from '../../../domain/attestation.ts';
import type { AttestKeyOutcome } from '../../../usecases/attestations/attest-key.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Viewer } from '../../visibility.ts';
import {
  button,
  formatSlackDate,
  label,
  type Markup,
  type Modal,
  md,
  plainTextElement,
  section,
  truncate,
} from '../shared/blocks.ts';

export const ATTEST_KEY = 'tell-key';
export const ATTEST_KEY_FORM = 'key-form';

/** The inputs of the form. */
export const KEY_KIND_INPUT = 'kind';
export const MAKE_MODEL_INPUT = 'make-model';

const MAX_INPUT_LENGTH = 100;

/** Opens the form, for the owner of an account that requires proof AWS cannot give. */
export function attestKeyButtons({ account, required, level1 }: AccountView, { owner }: Viewer): Button[] {
  const current = account.readFailure === null ? account.verdict : null;
  const needsAttestation =
    required.level === 2 && required.proof === 'strict' && current?.hardwareAssumed === true;
  return needsAttestation && owner && level1 === 'pass'
    ? [button(ATTEST_KEY, 'Confirm the key type', { value: account.id })]
    : [];
}

/** Renders the form that asks the owner what the device is. */
export function renderAttestKeyForm({ account }: AccountView): Modal {
  return {
    type: 'modal',
    callback_id: ATTEST_KEY_FORM,
    private_metadata: account.id,
    title: label('Confirm the key type'),
    submit: label('Save'),
    close: label('Cancel'),
    blocks: [
      section(
        md`AWS does not distinguish a hardware key from a passkey. Please tell us which one the root user of *${truncate(account.name, 60)}* uses. Your answer is valid for a year.`,
      ),
      {
        type: 'input',
        block_id: KEY_KIND_INPUT,
        label: label('How do you sign in as root?'),
        element: {
          type: 'radio_buttons',
          action_id: 'form:kind',
          options: [
            option('hardware', 'With a hardware security key', 'A separate device, such as a YubiKey'),
            option('passkey', 'With a passkey', 'On a phone, on a computer or in a password manager'),
          ],
        },
      },
      {
        type: 'input',
        block_id: MAKE_MODEL_INPUT,
        optional: true,
        label: label('Make and model'),
        hint: plainTextElement('Required for a hardware key. Printed on the key or its box.'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:make-model',
          max_length: MAX_INPUT_LENGTH,
          placeholder: label('YubiKey 5C NFC'),
        },
      },
    ],
  };
}

/** Returns the kind chosen in the form. */
export function parseKeyKind(chosen: string | undefined): Attestation['kind'] {
  return chosen === 'hardware' ? 'hardware' : 'passkey';
}

/** Returns the answer to the submitted form. */
export function attestKeyOutcomeText(outcome: AttestKeyOutcome): Markup {
  switch (outcome.kind) {
    case 'attested': {
      const { kind, expiresAt } = outcome.attestation;
      return kind === 'hardware'
        ? md`:white_check_mark: *Thank you.* I’ll ask again after ${formatSlackDate(expiresAt)}.`
        : md`:memo: *Thank you.* A passkey can be copied, so it does not count as hardware MFA. These steps set up a key that does.`;
    }
    case 'nothing-to-say':
      return md`No answer is needed: AWS now shows what the device is.`;
    case 'no-make-and-model':
      return md`Please enter the make and model of the key.`;
    case 'not-yours':
      return md`Only the owner of the account can confirm the key type.`;
    case 'no-such-account':
      return md`This account is no longer in the organization.`;
  }
}

function option(value: Attestation['kind'], text: string, description: string): PlainTextOption {
  return { value, text: plainTextElement(text, 75), description: plainTextElement(description, 75) };
}

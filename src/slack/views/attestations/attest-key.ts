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

/** Leads to the form, for the owner of an account of which proof is asked that AWS does not give. */
export function attestKeyButtons({ account, required, level1 }: AccountView, { owner }: Viewer): Button[] {
  const current = account.readFailure === null ? account.verdict : null;
  const needsAttestation =
    required.level === 2 && required.proof === 'strict' && current?.hardwareAssumed === true;
  return needsAttestation && owner && level1 === 'pass'
    ? [button(ATTEST_KEY, 'Tell us what the key is', { value: account.id })]
    : [];
}

/** What only the owner knows of the device. */
export function renderAttestKeyForm({ account }: AccountView): Modal {
  return {
    type: 'modal',
    callback_id: ATTEST_KEY_FORM,
    private_metadata: account.id,
    title: label('What is the key?'),
    submit: label('Save'),
    close: label('Cancel'),
    blocks: [
      section(
        md`AWS does not tell a hardware key from a passkey, so you do, for *${truncate(account.name, 60)}*. Your answer holds for a year.`,
      ),
      {
        type: 'input',
        block_id: KEY_KIND_INPUT,
        label: label('How do you sign in as root?'),
        element: {
          type: 'radio_buttons',
          action_id: 'form:kind',
          options: [
            option('hardware', 'I touch a hardware security key', 'A thing of its own, such as a YubiKey'),
            option('passkey', 'With a passkey', 'On a phone, a computer or in a password manager'),
          ],
        },
      },
      {
        type: 'input',
        block_id: MAKE_MODEL_INPUT,
        optional: true,
        label: label('Make and model'),
        hint: plainTextElement('Needed for a hardware key. It is printed on the key or its box.'),
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

/** The kind that was chosen in the form. */
export function parseKeyKind(chosen: string | undefined): Attestation['kind'] {
  return chosen === 'hardware' ? 'hardware' : 'passkey';
}

/** What became of the answer, in a sentence. */
export function attestKeyOutcomeText(outcome: AttestKeyOutcome): Markup {
  switch (outcome.kind) {
    case 'attested': {
      const { kind, expiresAt } = outcome.attestation;
      return kind === 'hardware'
        ? md`:white_check_mark: *Thank you.* Noted until ${formatSlackDate(expiresAt)}.`
        : md`:memo: *Thank you.* A passkey can be copied, so it does not count as hardware. These steps lead to one that does.`;
    }
    case 'nothing-to-say':
      return md`Nothing needs to be said any more: AWS shows well enough what the device is.`;
    case 'no-make-and-model':
      return md`Please say the make and model of the key.`;
    case 'not-yours':
      return md`Only the owner of the account can say what the key is.`;
    case 'no-such-account':
      return md`The organization does not list this account any more.`;
  }
}

function option(value: Attestation['kind'], text: string, description: string): PlainTextOption {
  return { value, text: plainTextElement(text, 75), description: plainTextElement(description, 75) };
}

import type { Account } from '../../../domain/account.ts';
import { label, type Modal, md, plainTextElement, section } from '../shared/blocks.ts';

export const DISOWN_FORM = 'not-mine-form';
/** The inputs of the form. */
export const DISOWN_ACCOUNT_INPUT = 'which';
export const DISOWN_REASON_INPUT = 'why';

/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#static_select */
const MAX_OPTIONS = 100;

/** Renders the form that asks which account is not the reader's, and why. */
export function renderDisownForm(accounts: readonly Pick<Account, 'id' | 'name'>[]): Modal {
  const option = ({ id, name }: Pick<Account, 'id' | 'name'>) => ({
    text: plainTextElement(`${name} (${id})`, 75),
    value: id,
  });
  const offered = accounts.slice(0, MAX_OPTIONS).map(option);
  const [only] = offered;
  return {
    type: 'modal',
    callback_id: DISOWN_FORM,
    title: label('Not mine'),
    submit: label('Send'),
    close: label('Cancel'),
    blocks: [
      section(
        md`I’ll stop reminding you about this account. Your security team reads your answer, to find the right owner. Do you know who owns it? Open the account and choose *Change owner*: I’ll ask that person.`,
      ),
      {
        type: 'input',
        block_id: DISOWN_ACCOUNT_INPUT,
        label: label('Which account is not yours?'),
        element: {
          type: 'static_select',
          action_id: 'form:which',
          options: offered,
          ...(only && offered.length === 1 && { initial_option: only }),
        },
      },
      {
        type: 'input',
        block_id: DISOWN_REASON_INPUT,
        label: label('Why is it not yours, or who owns it?'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:why',
          multiline: true,
          max_length: 500,
          placeholder: label('I changed teams in the spring. Dev runs it now.'),
        },
      },
    ],
  };
}

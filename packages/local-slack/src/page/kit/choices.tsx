import type { Checkboxes, Option, RadioButtons } from '@slack/types';
import { useId } from 'preact/hooks';
import type { UiOption } from '../../ui-contract.ts';
import { Text } from './text.tsx';
import { type ElementContext, useElement } from './use-element.ts';

/** Boxes to tick. */
export function CheckboxesElement({
  label,
  ...context
}: ElementContext<Checkboxes> & { readonly label: string }) {
  const { element } = context;
  const { value, change, hooks } = useElement(context);
  const chosen =
    value?.type === 'checkboxes' ? value.selected_options : toUiOption(element.initial_options ?? []);

  const toggle = (option: Option) => {
    const isChosen = chosen.some((other) => other.value === option.value);
    const kept = element.options.filter((other) =>
      other.value === option.value ? !isChosen : chosen.some(({ value: known }) => known === other.value),
    );
    return change({ type: 'checkboxes', selected_options: toUiOption(kept) });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a look of its own
    <div class="choices" role="group" aria-label={label} {...hooks}>
      {element.options.map((option) => (
        <ChoiceInput
          key={option.value}
          kind="checkbox"
          option={option}
          isChosen={chosen.some((other) => other.value === option.value)}
          onChoose={() => void toggle(option)}
        />
      ))}
    </div>
  );
}

/** Options of which one is chosen. */
export function RadioElement({
  label,
  ...context
}: ElementContext<RadioButtons> & { readonly label: string }) {
  const { element } = context;
  const { value, change, hooks } = useElement(context);
  const name = useId();
  const chosen =
    value?.type === 'radio_buttons' ? value.selected_option?.value : element.initial_option?.value;
  return (
    <div class="choices" role="radiogroup" aria-label={label} {...hooks}>
      {element.options.map((option) => (
        <ChoiceInput
          key={option.value}
          kind="radio"
          name={name}
          option={option}
          isChosen={option.value === chosen}
          onChoose={() =>
            void change({ type: 'radio_buttons', selected_option: toUiOption([option])[0] ?? null })
          }
        />
      ))}
    </div>
  );
}

function ChoiceInput({
  kind,
  name,
  option,
  isChosen,
  onChoose,
}: {
  readonly kind: 'checkbox' | 'radio';
  readonly name?: string;
  readonly option: Option;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <label class="choice">
      <input
        type={kind}
        {...(name && { name })}
        value={option.value}
        checked={isChosen}
        onChange={onChoose}
      />
      <span>
        <Text text={option.text} />
        {option.description && (
          <small>
            <Text text={option.description} />
          </small>
        )}
      </span>
    </label>
  );
}

/** Options in the words of the wire. */
export function toUiOption(options: readonly Option[]): readonly UiOption[] {
  return options.map((option) => ({ ...option, value: option.value ?? '' }) as unknown as UiOption);
}

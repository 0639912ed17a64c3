import type {
  Datepicker,
  DateTimepicker,
  EmailInput,
  NumberInput,
  PlainTextInput,
  Timepicker,
  URLInput,
} from '@slack/types';
import { useSession } from '../session.tsx';
import { plainTextOf } from './text.tsx';
import { type ElementContext, useElement } from './use-element.ts';

type TextInput = PlainTextInput | EmailInput | URLInput | NumberInput;

const KEYBOARDS = {
  plain_text_input: 'text',
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'decimal',
} as const;

/** A field to type in: text, an e-mail address, a link or a number. */
export function TextInputElement({
  label,
  ...context
}: ElementContext<TextInput> & { readonly label: string }) {
  const { element, blockId, dispatches } = context;
  const { surface, actionId, value, hooks } = useElement(context);
  const typed = value && 'value' in value ? (value.value ?? '') : (element.initial_value ?? '');

  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const worded = (text: string) => ({ type: element.type, value: text === '' ? null : text }) as const;
  const onInput = (text: string) => {
    surface.setValue(blockId, actionId, worded(text));
    if (dispatches && triggers.includes('on_character_entered'))
      void surface.act(blockId, actionId, worded(text));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !dispatches || !triggers.includes('on_enter_pressed')) return;
    event.preventDefault();
    void surface.act(blockId, actionId, worded(typed));
  };

  const commonProps = {
    class: 'field',
    value: typed,
    placeholder: plainTextOf(element.placeholder),
    'aria-label': label,
    'aria-invalid': Boolean(surface.errorOf(blockId)),
    onKeyDown,
    ...(element.focus_on_load && { 'data-focus': true }),
    ...hooks,
  };
  const longest = element.type === 'plain_text_input' ? element.max_length : undefined;
  const left = longest === undefined ? undefined : longest - [...typed].length;
  return (
    <div class="field-box">
      {element.type === 'plain_text_input' && element.multiline ? (
        <textarea {...commonProps} rows={4} onInput={(event) => onInput(event.currentTarget.value)} />
      ) : (
        <input
          {...commonProps}
          type="text"
          inputMode={KEYBOARDS[element.type]}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
      {left !== undefined && left <= 100 && (
        <span class={`field-left ${left < 0 ? 'field-left--over' : ''}`}>{left}</span>
      )}
    </div>
  );
}

/** A day from the calendar. */
export function DateElement({ label, ...context }: ElementContext<Datepicker> & { readonly label: string }) {
  const { element } = context;
  const { value, change, hooks } = useElement(context);
  const chosen = value?.type === 'datepicker' ? value.selected_date : element.initial_date;
  return (
    <input
      type="date"
      class="field field--narrow"
      value={chosen ?? ''}
      aria-label={label || plainTextOf(element.placeholder)}
      onChange={(event) =>
        void change({ type: 'datepicker', selected_date: event.currentTarget.value || null })
      }
      {...hooks}
    />
  );
}

/** A time of the day. */
export function TimeElement({ label, ...context }: ElementContext<Timepicker> & { readonly label: string }) {
  const { element } = context;
  const { value, change, hooks } = useElement(context);
  const chosen = value?.type === 'timepicker' ? value.selected_time : element.initial_time;
  return (
    <input
      type="time"
      class="field field--narrow"
      value={chosen ?? ''}
      aria-label={label || plainTextOf(element.placeholder)}
      onChange={(event) =>
        void change({ type: 'timepicker', selected_time: event.currentTarget.value || null })
      }
      {...hooks}
    />
  );
}

/** A day and a time, in the person's own time zone. */
export function DateTimeElement({
  label,
  ...context
}: ElementContext<DateTimepicker> & { readonly label: string }) {
  const { element } = context;
  const { value, change, hooks } = useElement(context);
  const { state } = useSession();
  const { tz } = state.me;
  const chosen = value?.type === 'datetimepicker' ? value.selected_date_time : element.initial_date_time;
  return (
    <input
      type="datetime-local"
      class="field field--narrow"
      value={chosen ? localTime(chosen, tz) : ''}
      aria-label={label}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        void change({ type: 'datetimepicker', selected_date_time: typed ? epoch(typed, tz) : null });
      }}
      {...hooks}
    />
  );
}

/** A time as a field for a local time holds it, such as `2026-11-24T09:00`. */
export function localTime(seconds: number, tz: string): string {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: tz, dateStyle: 'short', timeStyle: 'short' });
  return parts.format(seconds * 1000).replace(' ', 'T');
}

/** The moment that a local time means in a time zone. */
export function epoch(local: string, tz: string): number {
  const asUtc = Date.parse(`${local}:00Z`) / 1000;
  const offset = Date.parse(`${localTime(asUtc, tz)}:00Z`) / 1000 - asUtc;
  return asUtc - offset;
}

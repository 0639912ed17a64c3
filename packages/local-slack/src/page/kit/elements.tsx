import type {
  ActionsBlockElement,
  ContextActionsBlockElement,
  InputBlockElement,
  SectionBlockAccessory,
} from '@slack/types';
import { ButtonElement, FeedbackElement, IconButtonElement, OverflowElement } from './buttons.tsx';
import { CheckboxesElement, RadioElement } from './choices.tsx';
import { Image } from './image.tsx';
import { DateElement, DateTimeElement, TextInputElement, TimeElement } from './inputs.tsx';
import { MultiSelectElement, SelectElement } from './select.tsx';

export type AnyElement =
  | ActionsBlockElement
  | ContextActionsBlockElement
  | InputBlockElement
  | SectionBlockAccessory;

/** An interactive element, drawn by its kind. */
export function Element({
  element,
  blockId,
  label = '',
  dispatches,
}: {
  readonly element: AnyElement;
  readonly blockId: string;
  readonly label?: string;
  readonly dispatches: boolean;
}) {
  const context = { blockId, dispatches };
  switch (element.type) {
    case 'button':
    case 'workflow_button':
      return <ButtonElement element={element} {...context} />;
    case 'overflow':
      return <OverflowElement element={element} {...context} />;
    case 'icon_button':
      return <IconButtonElement element={element} {...context} />;
    case 'feedback_buttons':
      return <FeedbackElement element={element} {...context} />;
    case 'checkboxes':
      return <CheckboxesElement element={element} label={label} {...context} />;
    case 'radio_buttons':
      return <RadioElement element={element} label={label} {...context} />;
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return <TextInputElement element={element} label={label} {...context} />;
    case 'datepicker':
      return <DateElement element={element} label={label} {...context} />;
    case 'timepicker':
      return <TimeElement element={element} label={label} {...context} />;
    case 'datetimepicker':
      return <DateTimeElement element={element} label={label} {...context} />;
    case 'static_select':
    case 'external_select':
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return <SelectElement element={element} label={label} {...context} />;
    case 'multi_static_select':
    case 'multi_external_select':
    case 'multi_users_select':
    case 'multi_channels_select':
    case 'multi_conversations_select':
      return <MultiSelectElement element={element} label={label} {...context} />;
    case 'image':
      return <Image image={element} shape="accessory" />;
    default:
      return <span class="not-drawn">This page does not draw {element.type}</span>;
  }
}

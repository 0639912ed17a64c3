import type { Caller } from '../authorizer.ts';
import { plainTextElement } from '../views/shared/blocks.ts';
import { actionIdPattern, claimedIdentityOf, type RouteContext } from './route.ts';

/** One option of a select menu. */
export interface SelectOption {
  readonly value: string;
  readonly text: string;
  readonly description?: string;
}

export type OptionsSearch = (typed: string, caller: Caller) => Promise<readonly SelectOption[]>;

/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select */
const MAX_OPTIONS = 100;
/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
const MAX_OPTION_TEXT_LENGTH = 75;
const MAX_QUERY_LENGTH = 200;

/** Registers the search behind a select menu. The acknowledgement is the answer: there is no other way to give one. */
export function addOptionsRoute(
  { app, handle }: RouteContext,
  actionId: string,
  search: OptionsSearch,
): void {
  const constraints = { action_id: actionIdPattern(actionId), type: 'block_suggestion' } as const;
  app.options(constraints, async ({ ack, body }) => {
    let options: readonly SelectOption[] = [];
    const request = {
      claim: claimedIdentityOf(body),
      channelId: body.channel?.id,
      logFields: { options: actionId },
      reply: async () => undefined,
    };
    await handle(request, async (caller) => {
      options = await search(body.value.slice(0, MAX_QUERY_LENGTH), caller);
    });
    await ack({ options: options.slice(0, MAX_OPTIONS).map(toOptionObject) } as never);
  });
}

function toOptionObject({ value, text, description }: SelectOption) {
  return {
    value,
    text: plainTextElement(text, MAX_OPTION_TEXT_LENGTH),
    ...(description && { description: plainTextElement(description, MAX_OPTION_TEXT_LENGTH) }),
  };
}

/** A Slack user ID: `U024BE7LH`. Never an account ID, never an email address. */
export type SlackUserId = string & { readonly brand: 'SlackUserId' };

/** A person who presses a button or submits a form, and whether they are an admin. */
export interface Actor {
  readonly id: SlackUserId;
  readonly admin: boolean;
}

/** Who decided something: a person, or the bot itself. */
export type Decider = SlackUserId | 'bot';

const SLACK_USER = /^[UW][A-Z0-9]{2,}$/;

/** Whether a text is written like a Slack user id. */
export function isSlackUserId(text: string): text is SlackUserId {
  return SLACK_USER.test(text);
}

/** The text as a Slack user id; throws a RangeError that says what was expected. */
export function slackUserId(text: string): SlackUserId {
  if (!isSlackUserId(text)) {
    throw new RangeError(
      `Cannot read ${JSON.stringify(text)} as a Slack user id: expected one such as U024BE7LH`,
    );
  }
  return text;
}

/** A Slack user ID: `U024BE7LH`. Never an account ID, never an email address. */
export type SlackUserId = string & { readonly brand: 'SlackUserId' };

/** A person who presses a button or submits a form, and whether they are an admin. */
export interface Actor {
  readonly id: SlackUserId;
  readonly admin: boolean;
}

/** A system of the company that acts on its own authority, by its configured name: `system:Jira`. */
export type SystemId = `system:${string}`;

/** A system that acts: what it decides, the company has decided there. */
export interface SystemActor {
  readonly id: SystemId;
  readonly admin: true;
}

/** Who decided something: a person, a system of the company, or the bot itself. */
export type Decider = SlackUserId | SystemId | 'bot';

const SYSTEM_PREFIX = 'system:';

/** Returns the system of that name as an actor. */
export function systemActor(name: string): SystemActor {
  return { id: `${SYSTEM_PREFIX}${name}`, admin: true };
}

/** Whether the id is that of a system. */
export function isSystemId(id: string): id is SystemId {
  return id.startsWith(SYSTEM_PREFIX);
}

/** Returns the name of a system as people are shown it. */
export function systemName(id: SystemId): string {
  return id.slice(SYSTEM_PREFIX.length);
}

const SLACK_USER = /^[UW][A-Z0-9]{2,}$/;

/** Whether a text is written like a Slack user id. */
export function isSlackUserId(text: string): text is SlackUserId {
  return SLACK_USER.test(text);
}

/** The text as a Slack user id; throws a RangeError that says what was expected. */
export function slackUserId(text: string): SlackUserId {
  if (!isSlackUserId(text)) {
    throw new RangeError(
      `Cannot read ${JSON.stringify(text)} as a Slack user ID: expected one such as U024BE7LH`,
    );
  }
  return text;
}

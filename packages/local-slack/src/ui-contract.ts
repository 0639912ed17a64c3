/**
 * What the local Slack and its page say to each other. Everything is JSON over HTTP on the loopback address:
 *
 * | request | answers |
 * | --- | --- |
 * | `GET /_ui/state?user=U…&channel=C…` | {@link UiState}: the workspace as that person sees it |
 * | `GET /_ui/events` | server-sent events: `event: changed`, data {@link UiChanged}, whenever anything changed (coalesced) |
 * | `POST /_ui/do` with a {@link UiAction} | {@link UiActionResult} |
 * | `GET /_ui/panel`, `POST /_ui/panel` | whatever the panel given to `startLocalSlack` reads and does; 404 without one |
 * | `GET /_ui/file/F…` | a file's bytes |
 *
 * Types only, and no imports, so that the page can use this file as it is.
 */

/** A Block Kit block, element, option or text, as the bot sent it (with the `block_id` and `action_id` Slack fills in). */
export type BlockJson = { readonly [field: string]: unknown };

/** The workspace as one person sees it. */
export interface UiState {
  /** Says that this is not Slack. Show it in red, always. */
  readonly banner: string;
  /** The workspace's clock, ISO 8601; it may be far ahead of the browser's. */
  readonly now: string;
  readonly team: { readonly id: string; readonly name: string };
  readonly me: UiPerson;
  readonly bot: UiBot;
  /** Everyone one can be, and everyone a mention can name. */
  readonly people: readonly UiPerson[];
  readonly userGroups: readonly { readonly id: string; readonly handle: string; readonly name: string }[];
  /** This person's sidebar: channels first, then DMs, then the app. */
  readonly channels: readonly UiChannel[];
  /** Id of the conversation that `messages` are from; null when the person has none. */
  readonly channel: string | null;
  /** Oldest first. Replies are inside the message they answer. */
  readonly messages: readonly UiMessage[];
  /** What the App Home shows this person; null before the bot published one. */
  readonly home: UiHome | null;
  /** This person's open modals, the visible one last. */
  readonly modals: readonly UiModal[];
  /** For completion in the composer. Empty for people of other workspaces, who have no commands here. */
  readonly commands: readonly UiCommand[];
  readonly files: readonly UiFile[];
  /** Lines only this person sees, such as `/status failed with the error "dispatch_failed"`. Oldest first. */
  readonly notices: readonly UiNotice[];
  /** The last Web API calls of the bot, oldest first. */
  readonly traffic: readonly UiCall[];
  /** How many Socket Mode connections the bot has; null over HTTP. Zero means that the bot is not there. */
  readonly connections: number | null;
}

export interface UiPerson {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** What they may do in the app, such as "Admin". */
  readonly role: string | null;
  readonly kind: 'member' | 'guest' | 'external' | 'deactivated';
  /** The custom status ("On holiday"), when there is one that has not run out. */
  readonly status: { readonly text: string; readonly emoji: string; readonly until: string | null } | null;
  /** IANA time zone. */
  readonly tz: string;
  /** Where an external person comes from; the home workspace's name for all others. */
  readonly teamName: string;
}

export interface UiBot {
  readonly userId: string;
  readonly name: string;
  readonly appName: string;
  readonly appId: string;
  readonly description: string;
}

export interface UiChannel {
  readonly id: string;
  /** Without `#`; for a DM the other person's name; for the app its display name. */
  readonly name: string;
  readonly kind: 'channel' | 'dm' | 'app';
  readonly private: boolean;
  /** Shared with another company. */
  readonly shared: boolean;
  readonly archived: boolean;
  readonly botIsMember: boolean;
  /** Why no one can post here, in Slack's words; null if posting is allowed. */
  readonly closed: string | null;
  readonly unread: number;
  readonly topic: string;
}

export interface UiMessage {
  readonly ts: string;
  readonly channel: string;
  /** A person's or the bot's user id. */
  readonly from: string;
  readonly fromBot: boolean;
  readonly text: string;
  readonly blocks: readonly BlockJson[];
  readonly edited: boolean;
  /** "Only visible to you". */
  readonly ephemeral: boolean;
  readonly metadata?: BlockJson;
  readonly thread_ts?: string;
  readonly reply_count: number;
  readonly replies: readonly UiMessage[];
  readonly files: readonly UiFile[];
}

export interface UiHome {
  readonly viewId: string;
  readonly blocks: readonly BlockJson[];
  /** What was chosen or typed so far. */
  readonly values: UiValues;
}

export interface UiModal {
  readonly viewId: string;
  /** Changes with every update of the view; keep what the person typed while only the hash changes. */
  readonly hash: string;
  readonly title: string;
  readonly submit: string | null;
  readonly close: string;
  readonly blocks: readonly BlockJson[];
  /** By `block_id`: what the bot said is wrong with an input. */
  readonly errors: { readonly [blockId: string]: string };
  /** What was chosen or typed so far (initial values included), to start the inputs with. */
  readonly values: UiValues;
}

export interface UiCommand {
  readonly name: string;
  readonly usage_hint: string;
  readonly description: string;
}

export interface UiFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly size: number;
  /** Path on this server. */
  readonly url: string;
}

export interface UiNotice {
  readonly id: string;
  readonly at: string;
  /** The conversation it belongs to; null: show it anywhere. */
  readonly channel: string | null;
  readonly kind: 'info' | 'error';
  readonly text: string;
}

export interface UiCall {
  readonly seq: number;
  readonly at: string;
  readonly method: string;
  readonly ok: boolean;
  readonly error: string | null;
  readonly ms: number;
}

/** The data of a `changed` event. */
export interface UiChanged {
  /** Grows by one with each change. */
  readonly version: number;
}

/** The place of the block that a person used. */
export type UiSurface =
  | { readonly kind: 'message'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'home' }
  | { readonly kind: 'view'; readonly viewId: string };

/** One option of a select, as Slack says it. The server looks only at `value`. */
export interface UiOption {
  readonly value: string;
  readonly text?: BlockJson;
  readonly description?: BlockJson;
}

/** What an element holds, in the shape of Slack's `view.state.values`. */
export type UiValue =
  | { readonly type: 'button' }
  | { readonly type: 'icon_button' }
  | { readonly type: 'feedback_buttons'; readonly value: string }
  | { readonly type: 'overflow'; readonly selected_option: UiOption }
  | {
      readonly type: 'static_select' | 'external_select' | 'radio_buttons';
      readonly selected_option: UiOption | null;
    }
  | {
      readonly type: 'multi_static_select' | 'multi_external_select' | 'checkboxes';
      readonly selected_options: readonly UiOption[];
    }
  | { readonly type: 'users_select'; readonly selected_user: string | null }
  | { readonly type: 'multi_users_select'; readonly selected_users: readonly string[] }
  | { readonly type: 'channels_select'; readonly selected_channel: string | null }
  | { readonly type: 'multi_channels_select'; readonly selected_channels: readonly string[] }
  | { readonly type: 'conversations_select'; readonly selected_conversation: string | null }
  | { readonly type: 'multi_conversations_select'; readonly selected_conversations: readonly string[] }
  | { readonly type: 'datepicker'; readonly selected_date: string | null }
  | { readonly type: 'timepicker'; readonly selected_time: string | null }
  | { readonly type: 'datetimepicker'; readonly selected_date_time: number | null }
  | {
      readonly type: 'plain_text_input' | 'email_text_input' | 'url_text_input' | 'number_input';
      readonly value: string | null;
    };

/** By `block_id`, then `action_id`. */
export type UiValues = { readonly [blockId: string]: { readonly [actionId: string]: UiValue } };

/** What a person does. */
export type UiAction = { readonly user: string } & (
  | { readonly kind: 'command'; readonly channel: string; readonly text: string }
  | { readonly kind: 'message'; readonly channel: string; readonly text: string; readonly thread_ts?: string }
  | {
      readonly kind: 'action';
      readonly surface: UiSurface;
      readonly blockId: string;
      readonly actionId: string;
      readonly value: UiValue;
      /** What the other inputs on the same surface hold now; those that are left out stay as they were. */
      readonly values?: UiValues;
    }
  | { readonly kind: 'submit'; readonly viewId: string; readonly values: UiValues }
  | { readonly kind: 'close'; readonly viewId: string }
  | { readonly kind: 'openHome' }
  /** Marks the conversation read; with the app's DM this is its *Messages* tab. */
  | { readonly kind: 'openConversation'; readonly channel: string }
  /** What an external select offers for what was typed so far. */
  | {
      readonly kind: 'options';
      readonly surface: UiSurface;
      readonly blockId: string;
      readonly actionId: string;
      readonly query: string;
    }
  /** Brings the bot into a channel, as `/invite @bot` does. */
  | { readonly kind: 'inviteBot'; readonly channel: string }
  /** Sets one's own status; an empty text clears it. */
  | {
      readonly kind: 'setStatus';
      readonly text: string;
      readonly emoji: string;
      readonly until: string | null;
    }
);

/** How it went. `error` is a sentence for the person; the bot's own errors arrive as notices as well. */
export type UiActionResult =
  | {
      readonly ok: true;
      /** For `options`. */
      readonly options?: readonly UiOption[];
      readonly option_groups?: readonly {
        readonly label: BlockJson;
        readonly options: readonly UiOption[];
      }[];
    }
  | { readonly ok: false; readonly error: string };

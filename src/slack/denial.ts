/** Why a person gets no answer, or not in that conversation. */
export type DenialReason =
  | 'other-workspace'
  | 'guest'
  | 'deactivated'
  | 'bot'
  | 'unknown-user'
  | 'shared-channel'
  | 'unreadable-channel'
  | 'person-lookup-failed'
  | 'channel-lookup-failed'
  | 'database-unavailable';

/** Returns what a person reads who is denied. It names no account. */
export function denialText(reason: DenialReason): string {
  switch (reason) {
    case 'other-workspace':
      return 'Only members of the company that runs this bot can use it.';
    case 'guest':
      return 'Only full members of this workspace can use this bot. As a guest, ask your contact at the company.';
    case 'deactivated':
    case 'bot':
    case 'unknown-user':
      return 'Only active members of this workspace can use this bot.';
    case 'shared-channel':
      return 'This channel is shared with another company, so I don’t show anything about our accounts here. Ask again in an internal channel, or open my Home tab.';
    case 'unreadable-channel':
      return 'I can’t see whether this conversation is shared with another company, so I don’t show anything here. Invite me first, ask again in another channel, or open my Home tab.';
    case 'person-lookup-failed':
      return 'Slack did not tell me who you are, so I can’t answer right now. Try again in a minute.';
    case 'channel-lookup-failed':
      return 'Slack did not tell me whether this channel is shared with another company, so I can’t answer here right now. Try again in a minute, or open my Home tab.';
    case 'database-unavailable':
      return 'I can’t reach my database, so I can’t answer right now. Try again in a minute.';
  }
}

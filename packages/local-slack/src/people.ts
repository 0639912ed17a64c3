/** A person as the demo or a test describes them. */
export interface PersonSeed {
  readonly id: string;
  readonly name: string;
  readonly email?: string | undefined;
  /** What they do here; shown as their title. */
  readonly job?: string | undefined;
  /** What they may do in the app, such as "Admin"; shown where one switches to them. */
  readonly role?: string | undefined;
  /** Default: member. A guest may see only the channels they are in; an external is of another company. */
  readonly kind?: 'member' | 'guest' | 'external' | 'deactivated' | undefined;
  /** Default: the home workspace, or the partner's for an external. */
  readonly teamId?: string | undefined;
  readonly teamName?: string | undefined;
  /** IANA name. Default: Etc/UTC. */
  readonly timezone?: string | undefined;
  /** What they are known as on Slack. Default: made from the name. */
  readonly handle?: string | undefined;
  readonly status?: CustomStatus | null | undefined;
}

/** A custom status such as "On holiday", with its end when it has one. */
export interface CustomStatus {
  readonly text: string;
  readonly emoji?: string | undefined;
  readonly until?: Date | string | null | undefined;
}

/** A channel as the demo or a test describes it. */
export interface ChannelSeed {
  readonly id: string;
  /** Without `#`. */
  readonly name: string;
  /** Default: every member of the home workspace; the guests in #general; the externals where it is shared. */
  readonly members?: readonly string[] | undefined;
  readonly private?: boolean | undefined;
  /** Shared with another company. */
  readonly externallyShared?: boolean | undefined;
  /** An invitation to another company is on its way. */
  readonly pendingShared?: boolean | undefined;
  readonly archived?: boolean | undefined;
  readonly topic?: string | undefined;
}

/** A user group as the demo or a test describes it. */
export interface UserGroupSeed {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly members: readonly string[];
}

/** A person of the local Slack. */
export interface SlackPerson {
  readonly id: string;
  readonly name: string;
  readonly handle: string;
  readonly email: string | null;
  readonly title: string;
  readonly role: string | null;
  kind: 'member' | 'guest' | 'external' | 'deactivated';
  readonly teamId: string;
  readonly teamName: string;
  readonly tz: string;
  status: { readonly text: string; readonly emoji: string; readonly until: Date | null } | null;
}

/** The workspaces that the local Slack knows of. */
export interface Team {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
}

export const HOME_TEAM: Team = { id: 'T0HOME', name: 'Home', domain: 'home' };
export const PARTNER_TEAM: Team = { id: 'T0PARTNER', name: 'Partner', domain: 'partner' };

/** The person that a seed describes, with every default filled in. */
export function createPerson(seed: PersonSeed, home: Team): SlackPerson {
  const kind = seed.kind ?? 'member';
  const team = kind === 'external' ? PARTNER_TEAM : home;
  return {
    id: seed.id,
    name: seed.name,
    handle: seed.handle ?? seed.name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '.'),
    email: seed.email ?? null,
    title: seed.job ?? '',
    role: seed.role ?? null,
    kind,
    teamId: seed.teamId ?? team.id,
    teamName: seed.teamName ?? team.name,
    tz: seed.timezone ?? 'Etc/UTC',
    status: parseStatus(seed.status),
  };
}

/** The custom status that was asked for; null for none. */
export function parseStatus(input: CustomStatus | null | undefined): SlackPerson['status'] {
  if (!input?.text && !input?.emoji) return null;
  return {
    text: input.text,
    emoji: input.emoji ?? '',
    until: input.until ? new Date(input.until) : null,
  };
}

/** The status that still holds: Slack clears one that has run out. */
export function currentStatus(person: SlackPerson, now: Date): SlackPerson['status'] {
  const { status } = person;
  return status?.until && status.until <= now ? null : status;
}

/** How far a time zone is ahead of UTC, in seconds. */
export function zoneOffset(tz: string, now: Date): number {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' })
    .formatToParts(now)
    .find((part) => part.type === 'timeZoneName')?.value;
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name ?? '');
  if (!match) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60;
  return match[1] === '-' ? -seconds : seconds;
}

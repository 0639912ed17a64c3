import { randomUUID } from 'node:crypto';
import type { Json } from './json.ts';
import type { Manifest } from './manifest.ts';
import {
  type ChannelSeed,
  createPerson,
  HOME_TEAM,
  PARTNER_TEAM,
  type PersonSeed,
  parseStatus,
  type SlackPerson,
  type Team,
  type UserGroupSeed,
} from './people.ts';

/** A channel, or the direct message between the bot and a person (`with`). */
export interface StoredConversation {
  readonly id: string;
  readonly name: string;
  readonly kind: 'channel' | 'im';
  readonly private: boolean;
  readonly with: string | null;
  readonly members: Set<string>;
  readonly topic: string;
  readonly createdAt: Date;
  shared: boolean;
  pendingShared: boolean;
  archived: boolean;
}

/** A message as the local Slack keeps it. */
export interface StoredMessage {
  readonly ts: string;
  readonly channel: string;
  readonly from: string;
  readonly fromBot: boolean;
  readonly threadTs: string | null;
  /** The only person who sees it; null: everyone in the conversation. */
  readonly ephemeralTo: string | null;
  readonly files: readonly string[];
  text: string;
  blocks: readonly Json[];
  metadata: Json | null;
  editedAt: string | null;
}

/** A modal or an App Home as the local Slack keeps it. */
export interface StoredView {
  readonly id: string;
  readonly type: 'modal' | 'home';
  readonly userId: string;
  readonly rootId: string;
  readonly previousId: string | null;
  /** What the bot sent, ids filled in. */
  content: Json;
  hash: string;
  errors: { readonly [blockId: string]: string };
}

/** A file that the bot uploaded. */
export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly declaredLength: number;
  readonly uploadKey: string;
  readonly altText: string | null;
  title: string;
  bytes: Uint8Array | null;
  /** Conversations it was shared in; empty until the upload is completed. */
  readonly sharedIn: Set<string>;
}

/** A line that one person sees, and that is no message. */
export interface Notice {
  readonly id: string;
  readonly userId: string;
  readonly at: Date;
  readonly channel: string | null;
  readonly kind: 'info' | 'error';
  readonly text: string;
}

export interface WorkspaceOptions {
  readonly now: () => Date;
  readonly manifest: Manifest;
  readonly app?: AppIds | undefined;
  readonly team?: Team | undefined;
  readonly people: readonly PersonSeed[];
  readonly channels: readonly ChannelSeed[];
  readonly userGroups?: readonly UserGroupSeed[] | undefined;
  /** Ids of the channels that the bot was invited to. Default: none. */
  readonly botIn?: readonly string[] | undefined;
}

/** Ids of the app once it is installed. */
export interface AppIds {
  readonly appId: string;
  readonly botId: string;
  readonly botUserId: string;
}

const DEFAULT_APP: AppIds = { appId: 'A0LOCALAPP', botId: 'B0LOCALAPP', botUserId: 'U0LOCALAPP' };

/** Everything that the local Slack remembers. It knows no HTTP, and no rule of who may do what. */
export class LocalWorkspace {
  readonly now: () => Date;
  readonly app: AppIds;
  readonly team: Team;
  readonly manifest: Manifest;
  readonly people = new Map<string, SlackPerson>();
  readonly conversations = new Map<string, StoredConversation>();
  readonly userGroups = new Map<string, UserGroupSeed>();
  readonly files = new Map<string, StoredFile>();
  readonly homes = new Map<string, StoredView>();
  readonly notices: Notice[] = [];
  readonly #modals = new Map<string, StoredView[]>();
  readonly #messages = new Map<string, StoredMessage[]>();
  readonly #readUpTo = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  #version = 0;
  #lastMicros = 0;
  #ids = 0;

  constructor({
    now,
    manifest,
    app = DEFAULT_APP,
    team = HOME_TEAM,
    people,
    channels,
    userGroups = [],
    botIn = [],
  }: WorkspaceOptions) {
    this.now = now;
    this.app = app;
    this.team = team;
    this.manifest = manifest;
    for (const seed of people) this.people.set(seed.id, createPerson(seed, team));
    for (const group of userGroups) this.userGroups.set(group.id, group);
    for (const channel of channels) this.#found(channel, botIn.includes(channel.id));
  }

  #found(seed: ChannelSeed, botIsIn: boolean): void {
    const everybody = [...this.people.values()]
      .filter(
        ({ kind }) =>
          kind === 'member' ||
          (kind === 'external' && seed.externallyShared === true) ||
          (kind === 'guest' && seed.name === 'general'),
      )
      .map(({ id }) => id);
    const members = new Set(seed.members ?? everybody);
    if (botIsIn) members.add(this.app.botUserId);
    this.conversations.set(seed.id, {
      id: seed.id,
      name: seed.name,
      kind: 'channel',
      private: seed.private ?? false,
      with: null,
      members,
      topic: seed.topic ?? '',
      createdAt: this.now(),
      shared: seed.externallyShared ?? false,
      pendingShared: seed.pendingShared ?? false,
      archived: seed.archived ?? false,
    });
  }

  /** Grows by one with each change. */
  get version(): number {
    return this.#version;
  }

  /** Says that something is different now. */
  changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }

  /** Calls back on every change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Returns a new ID in Slack's form: one or two letters, and a unique number. */
  newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${this.#ids.toString(36).toUpperCase().padStart(9, '0')}`;
  }

  /** A new timestamp: a message's name within its conversation, later than all before. */
  newTs(): string {
    this.#lastMicros = Math.max(this.#lastMicros + 1, this.now().getTime() * 1000);
    const seconds = Math.floor(this.#lastMicros / 1_000_000);
    return `${seconds}.${String(this.#lastMicros % 1_000_000).padStart(6, '0')}`;
  }

  /** The DM between the app and a person, made when first asked for. */
  dmWith(userId: string): StoredConversation {
    const id = `D${userId.slice(1)}`;
    const known = this.conversations.get(id);
    if (known) return known;
    const dm: StoredConversation = {
      id,
      name: '',
      kind: 'im',
      private: true,
      with: userId,
      members: new Set([userId, this.app.botUserId]),
      topic: '',
      createdAt: this.now(),
      shared: false,
      pendingShared: false,
      archived: false,
    };
    this.conversations.set(id, dm);
    return dm;
  }

  /** A conversation's messages, oldest first, with those that only one person sees. */
  messagesIn(channel: string): readonly StoredMessage[] {
    return this.#messages.get(channel) ?? [];
  }

  /** The message of that name; undefined when there is none. */
  messageAt(channel: string, ts: string): StoredMessage | undefined {
    return this.messagesIn(channel).find((message) => message.ts === ts);
  }

  /** Puts a message at the end of its conversation. */
  post(message: Omit<StoredMessage, 'ts' | 'editedAt'>): StoredMessage {
    const posted: StoredMessage = { ...message, ts: this.newTs(), editedAt: null };
    this.#messages.set(message.channel, [...this.messagesIn(message.channel), posted]);
    this.changed();
    return posted;
  }

  /** Changes what a message says. */
  edit(message: StoredMessage, changes: Partial<Pick<StoredMessage, 'text' | 'blocks' | 'metadata'>>): void {
    Object.assign(message, changes, { editedAt: this.newTs() });
    this.changed();
  }

  /** Takes a message away. */
  remove(message: StoredMessage): void {
    this.#messages.set(
      message.channel,
      this.messagesIn(message.channel).filter((one) => one !== message),
    );
    this.changed();
  }

  /** How many messages a person has not seen in a conversation. */
  unread(userId: string, channel: string): number {
    const readUpTo = this.#readUpTo.get(`${userId} ${channel}`) ?? '';
    return this.messagesIn(channel).filter(
      ({ ts, from, ephemeralTo, threadTs }) =>
        ts > readUpTo && from !== userId && (ephemeralTo ?? userId) === userId && threadTs === null,
    ).length;
  }

  /** Notes that a person has seen all that a conversation holds. */
  markRead(userId: string, channel: string): void {
    const last = this.messagesIn(channel).at(-1)?.ts ?? '';
    if (this.#readUpTo.get(`${userId} ${channel}`) === last) return;
    this.#readUpTo.set(`${userId} ${channel}`, last);
    this.changed();
  }

  /** A person's open modals, the visible one last. */
  modalsOf(userId: string): readonly StoredView[] {
    return this.#modals.get(userId) ?? [];
  }

  /** Replaces a person's open modals. */
  setModals(userId: string, stack: readonly StoredView[]): void {
    this.#modals.set(userId, [...stack]);
    this.changed();
  }

  /** An open modal or a published home by its id; undefined when it is closed or never was. */
  viewById(id: string): StoredView | undefined {
    return this.#views().find((view) => view.id === id);
  }

  /** An open modal or a published home by the id that the app gave it. */
  viewByExternalId(externalId: string): StoredView | undefined {
    return this.#views().find((view) => view.content['external_id'] === externalId);
  }

  #views(): StoredView[] {
    return [...[...this.#modals.values()].flat(), ...this.homes.values()];
  }

  /** Tells one person something outside any message. */
  notify(userId: string, channel: string | null, kind: Notice['kind'], text: string): void {
    this.notices.push({ id: randomUUID(), userId, at: this.now(), channel, kind, text });
    if (this.notices.length > 200) this.notices.shift();
    this.changed();
  }

  /** Gives a person another status; none clears it. */
  setStatus(userId: string, status: Parameters<typeof parseStatus>[0]): void {
    const person = this.people.get(userId);
    if (!person) return;
    person.status = parseStatus(status);
    this.changed();
  }

  /** The workspaces in a channel: ours, and the partner's where it is shared. */
  teamsIn({ shared }: StoredConversation): readonly string[] {
    return shared ? [this.team.id, PARTNER_TEAM.id] : [this.team.id];
  }
}

/** True if a person of flesh may see a conversation: they are in it, and their account is open. */
export function sees(person: SlackPerson, conversation: StoredConversation): boolean {
  return person.kind !== 'deactivated' && conversation.members.has(person.id);
}

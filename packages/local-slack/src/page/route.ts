/** The current person and conversation. Part of the URL, so that two tabs can be two people. */
export interface PageRoute {
  readonly user: string | undefined;
  readonly channel: string | undefined;
  /** The app's tab; only where the channel is the app's. */
  readonly tab: 'home' | 'messages';
  /** The message whose thread is open. */
  readonly thread: string | undefined;
}

/** The place that an address names, by its hash (`#/U1/C1`, `#/U1/D9/home`) or, for a permalink, by `?channel=C1`. */
export function parseRoute(hash: string, search = ''): PageRoute {
  const [, user, channel, ...rest] = hash.replace(/^#/, '').split('/').map(decoded);
  const thread = rest[0] === 'thread' ? rest[1] : undefined;
  return {
    user: user || undefined,
    channel: channel || new URLSearchParams(search).get('channel') || undefined,
    tab: rest[0] === 'home' ? 'home' : 'messages',
    thread: thread || undefined,
  };
}

/** The hash that names a place. */
export function formatRoute({ user, channel, tab, thread }: PageRoute): string {
  if (!user) return '#/';
  if (!channel) return `#/${user}`;
  const rest = thread ? `/thread/${thread}` : tab === 'home' ? '/home' : '';
  return `#/${user}/${channel}${rest}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

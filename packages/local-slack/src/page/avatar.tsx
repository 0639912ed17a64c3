import { useId } from 'preact/hooks';
import { useSession } from './session.tsx';

const COLOURS = [
  '#7b4ea3',
  '#2b6cb0',
  '#b7591d',
  '#2f7d5b',
  '#a8324a',
  '#46637f',
  '#8a6d1b',
  '#3f5fbf',
  '#99407e',
];

/** The picture of a person or of the bot, drawn from the name: the page loads nothing from anywhere. */
export function Avatar({ id, size = 36 }: { readonly id: string; readonly size?: number }) {
  const { state } = useSession();
  if (id === state.bot.userId) return <BotAvatar size={size} />;

  const person = state.people.find((other) => other.id === id);
  const name = person?.name ?? '?';
  return (
    <span
      class={`avatar ${person?.kind === 'deactivated' ? 'avatar--gone' : ''}`}
      style={{ width: size, height: size, fontSize: size * 0.42, background: colourOf(id) }}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}

function BotAvatar({ size }: { readonly size: number }) {
  // One gradient per avatar: a gradient in a hidden part of the page paints nothing elsewhere.
  const ground = useId();
  return (
    <svg class="avatar" width={size} height={size} viewBox="0 0 36 36" aria-hidden="true">
      <defs>
        <linearGradient id={ground} x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stop-color="#23405f" />
          <stop offset="1" stop-color="#0f2136" />
        </linearGradient>
      </defs>
      <rect width="36" height="36" rx="8" fill={`url(#${ground})`} />
      <path d="M18 6.5l9.5 3.4v7.3c0 6-4 10.3-9.5 12.3-5.5-2-9.5-6.3-9.5-12.3V9.900z" fill="#ff9d2b" />
      <circle cx="18" cy="15.5" r="3.6" fill="none" stroke="#10233a" stroke-width="2.4" />
      <path
        d="M18 19v6m0-1.2h3m-3-2.6h2.2"
        stroke="#10233a"
        stroke-width="2.4"
        fill="none"
        stroke-linecap="round"
      />
    </svg>
  );
}

function colourOf(id: string): string {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return COLOURS[sum % COLOURS.length] ?? '#46637f';
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? '')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toUpperCase();
}

import type { JSX } from 'preact';

const PATHS = {
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5.2 12.2L20.5 20.5',
  close: 'M5.5 5.5l13 13m0-13l-13 13',
  back: 'M14.5 5l-7 7 7 7',
  down: 'M6 9.5l6 6 6-6',
  right: 'M9 5.5l6.5 6.5L9 18.5',
  left: 'M15 5.5L8.5 12l6.5 6.5',
  more: 'M5.2 12h.1m6.7 0h.1m6.7 0h.1',
  lock: 'M6.5 10.5h11v9h-11zM8.5 10.5v-3a3.5 3.5 0 0 1 7 0v3',
  file: 'M7 3.5h7l4 4v13H7zM14 3.5v4h4',
  download: 'M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14',
  reply: 'M5 5.5h14v10.5h-8L7 19.5V16H5z',
  eye: 'M2.5 12S6 6 12 6s9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6Zm9.5-2.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z',
  calendar: 'M4.5 6h15v13.5h-15zM4.5 10h15M8.5 3.5V7m7-3.5V7',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm0 4v4.5l3 2',
  cloud: 'M7 18.5a4 4 0 0 1-.5-8A5.5 5.5 0 0 1 17 9a4.8 4.8 0 0 1 .5 9.5z',
  pulse: 'M3 12.5h4l2.5-7 4 13 2.5-6h5',
  send: 'M4 4.5l16 7.5-16 7.5 2.2-6.3L14 12 6.2 10.8z',
  at: 'M12 8.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6Zm3.8 0v5.3c0 3.3 4.2 2.6 4.2-1.5a8 8 0 1 0-3 6.2',
  slash: 'M15.5 4.5l-7 15',
  home: 'M4.5 11.5L12 5l7.5 6.5M6.5 10v9h11v-9',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  people:
    'M9 5.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm-6 13c0-3 2.6-5 6-5s6 2 6 5M15.5 6a2.6 2.6 0 0 1 0 5m2 2.8c2 .6 3.5 2.3 3.5 4.7',
  menu: 'M4 7h16M4 12h16M4 17h16',
  warning: 'M12 4.5l8.5 15h-17zM12 10v4.5m0 2.4v.1',
} as const;

/** One of the page's line drawings, in the colour of the text around it. */
export function Icon({
  name,
  size = 18,
}: {
  readonly name: keyof typeof PATHS;
  readonly size?: number;
}): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill={name === 'send' ? 'currentColor' : 'none'}
        stroke={name === 'send' ? 'none' : 'currentColor'}
        stroke-width={name === 'more' ? 3 : 1.8}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

import type { ViewOutput } from '@slack/bolt';

/** What a form holds, by `block_id`. */
export interface Form {
  text(blockId: string): string | undefined;
  selected(blockId: string): string | undefined;
  /** A Slack user id. */
  person(blockId: string): string | undefined;
  selectedMany(blockId: string): readonly string[];
  /** `2026-11-24` */
  date(blockId: string): string | undefined;
  dateTime(blockId: string): Date | undefined;
}

/** The form in a view. */
export function parseForm({ state }: ViewOutput): Form {
  const input = (blockId: string) => Object.values(state.values[blockId] ?? {})[0];
  return {
    text: (blockId) => input(blockId)?.value?.trim() || undefined,
    selected: (blockId) => input(blockId)?.selected_option?.value,
    person: (blockId) => input(blockId)?.selected_user ?? undefined,
    selectedMany: (blockId) => (input(blockId)?.selected_options ?? []).map(({ value }) => value),
    dateTime: (blockId) => {
      const seconds = input(blockId)?.selected_date_time;
      return seconds ? new Date(seconds * 1000) : undefined;
    },
    date: (blockId) => input(blockId)?.selected_date ?? undefined,
  };
}

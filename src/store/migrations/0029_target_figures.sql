-- How many accounts of a target were done, as the weekly digests reported it: the pace of a target is measured by these
-- figures, which never change.
create table target_figures (
  -- Empty for the whole company; otherwise the channel of the part of it.
  scope text not null default '',
  target text not null,
  -- What it asked of which accounts: figures of another definition do not compare.
  definition text not null,
  -- ISO week: 2026-W48
  week text not null,
  reported_at timestamptz not null,
  total integer not null check (total >= 0),
  done integer not null check (done between 0 and total),
  primary key (scope, target, definition, week)
);

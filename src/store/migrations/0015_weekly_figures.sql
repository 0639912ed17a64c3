-- The coverage that each weekly digest reported. Later digests and charts compare with these figures, not with scans, so
-- that what was once reported never changes.
create table weekly_figures (
  -- Empty for the whole company; otherwise the channel of the part of it.
  scope text not null default '',
  -- ISO week: 2026-W48
  week text not null,
  reported_at timestamptz not null,
  coverage jsonb not null,
  primary key (scope, week)
);

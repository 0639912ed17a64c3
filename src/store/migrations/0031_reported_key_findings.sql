-- The findings about keys when a digest was written, so that the next one says only what has changed. `scope` is empty
-- for the whole company, otherwise the channel.
create table reported_key_findings (
  scope text not null,
  -- '2026-W48'
  week text not null,
  -- '111122223333/no-spare-named'
  findings text[] not null,
  primary key (scope, week)
);

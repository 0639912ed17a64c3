-- Restores of a backup: what was sent after the backup was written is not in the outbox, so it is looked up in Slack.
create table restores (
  restored_at timestamptz primary key default clock_timestamp(),
  backup_at timestamptz not null
);

-- The order in which scans began, whatever the clock said.
alter table scans add column number bigint;
update scans set number = numbered.number
  from (select id, row_number() over (order by started_at, id) as number from scans) as numbered
 where numbered.id = scans.id;
alter table scans alter column number set not null;
alter table scans alter column number add generated always as identity;
select setval(pg_get_serial_sequence('scans', 'number'), coalesce(max(number), 1), max(number) is not null) from scans;
create index scans_number on scans (number) where finished_at is not null;

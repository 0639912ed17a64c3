-- A scan that could not run says why; an account that the organization stopped listing waits for an admin where too
-- many did at once.
alter table scans
  add column failed_at timestamptz,
  add column failure text,
  add check ((failed_at is null) = (failure is null)),
  add check (failed_at is null or finished_at is null);
alter table accounts add column unlisted_since timestamptz;
create index accounts_unlisted on accounts (id) where unlisted_since is not null;

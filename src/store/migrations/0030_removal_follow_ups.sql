-- A removal request can be withdrawn, and is followed up while it waits.
alter table removal_requests
  add column withdrawn_at timestamptz,
  add column followed_up_at timestamptz,
  add column follow_ups integer not null default 0;
drop index removal_requests_open;
create unique index removal_requests_open on removal_requests (account_id)
  where done_at is null and withdrawn_at is null;

-- What owners ask of admins: to remove the root credentials of an account. A scan that sees none closes it.
create table removal_requests (
  id text primary key,
  account_id text not null references accounts (id),
  requested_by text not null,
  requested_at timestamptz not null,
  assigned_to text,
  assigned_at timestamptz,
  done_at timestamptz
);
create unique index removal_requests_open on removal_requests (account_id) where done_at is null;

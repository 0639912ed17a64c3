-- One look at all accounts, and the coverage it found: the history that trends are drawn from.
create table scans (
  id text primary key,
  started_at timestamptz not null,
  finished_at timestamptz,
  started_by text not null,
  accounts integer not null default 0,
  unread integer not null default 0,
  coverage jsonb
);
create index scans_started_at on scans (started_at);

-- The last verdict of each account that was really read, and whether later looks told us nothing.
create table verdicts (
  account_id text primary key references accounts (id),
  -- These eight are null together, until the first look that tells something.
  mfa text,
  level1 text,
  level2 text,
  confidence text,
  flags text[],
  why text,
  hardware_assumed boolean,
  since timestamptz,
  checked_at timestamptz,
  unread_since timestamptz,
  unread_errors jsonb,
  check (num_nulls(mfa, level1, level2, confidence, flags, why, hardware_assumed, since, checked_at) in (0, 9)),
  check ((unread_since is null) = (unread_errors is null))
);

-- A row only when a verdict changes, so years of scans stay small.
create table verdict_history (
  id bigint generated always as identity primary key,
  account_id text not null references accounts (id),
  -- The scan that saw it first; null for a check of one account.
  scan_id text references scans (id),
  mfa text not null,
  level1 text not null,
  level2 text not null,
  confidence text not null,
  flags text[] not null,
  why text not null,
  hardware_assumed boolean not null,
  since timestamptz not null,
  until timestamptz
);
create index verdict_history_account on verdict_history (account_id, since);
create index verdict_history_since on verdict_history (since);
create unique index verdict_history_current on verdict_history (account_id) where until is null;

-- Times in which root of an account can have credentials although policy forbids them: asked for by one person, granted
-- by a second one, ended by a check, a person or time.
create table recovery_windows (
  id text primary key,
  account_id text not null references accounts (id),
  state text not null check (state in ('asked', 'withdrawn', 'declined', 'granted', 'revoked', 'ended', 'completed')),
  asked_by text not null,
  asked_at timestamptz not null,
  reason text not null,
  ticket text,
  ends_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  decision_note text,
  -- When root was first seen with credentials during the window.
  credentials_seen_at timestamptz,
  end_announced_at timestamptz,
  closed_by text,
  closed_at timestamptz,
  check (decided_by <> asked_by),
  check (num_nulls(decided_by, decided_at) in (0, 2)),
  check ((state in ('asked', 'withdrawn')) = (decided_by is null)),
  check ((state in ('withdrawn', 'revoked', 'ended', 'completed')) = (closed_at is not null)),
  check (state not in ('withdrawn', 'revoked') or closed_by is not null)
);
create unique index recovery_windows_open on recovery_windows (account_id) where state in ('asked', 'granted');
create index recovery_windows_account on recovery_windows (account_id, asked_at);

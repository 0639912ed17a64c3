-- Root lost its MFA: what its owner was asked and said, and who looks into it. It ends when MFA is registered again.
create table mfa_removals (
  id text primary key,
  account_id text not null references accounts (id),
  -- What protected root before.
  was text not null,
  seen_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'explained', 'denied')),
  asked text[] not null default '{}',
  -- When its owner was asked, or was found to be none.
  asked_at timestamptz,
  answered_by text,
  answered_at timestamptz,
  reason text,
  -- By when MFA is to be registered again: a day in the company's zone.
  until_day text,
  acknowledged_by text,
  acknowledged_at timestamptz,
  assigned_to text,
  assigned_by text,
  assigned_at timestamptz,
  ended_at timestamptz,
  check (num_nulls(answered_by, answered_at) in (0, 2)),
  check ((state = 'open') = (answered_by is null)),
  check (num_nulls(acknowledged_by, acknowledged_at) in (0, 2)),
  check (num_nulls(assigned_to, assigned_by, assigned_at) in (0, 3))
);
create unique index mfa_removals_open on mfa_removals (account_id) where ended_at is null;

-- From when on grace is counted, and whether root had MFA and lost it.
alter table reminders
  add column owed_since timestamptz,
  add column regressed boolean not null default false,
  add check (num_nulls(disowned_by, disowned_at, disowned_reason) in (0, 3));
update reminders set owed_since = unmet_since;
alter table reminders alter column owed_since set not null;

-- When the bot last asked something of somebody, about whatever: one nudge a day.
create table nudges (
  slack_id text primary key,
  last_nudged_at timestamptz not null
);

-- The request's message is a letter, found by its key.
alter table token_requests
  drop column channel,
  drop column message_ts,
  -- A Slack id, or `bot`.
  add column cancelled_by text,
  -- A second person decides.
  add check (decided_by <> requested_by),
  add check (num_nulls(decided_by, decided_at) in (0, 2)),
  add check (num_nulls(shipped_by, shipped_at, shipping_note) in (0, 3)),
  -- Each step of the way leaves its traces.
  add check (state not in ('approved', 'declined', 'shipped', 'received') or decided_by is not null),
  add check (state not in ('shipped', 'received') or shipped_by is not null),
  add check (state <> 'received' or received_at is not null),
  add check (state <> 'declined' or reason is not null),
  add check ((state = 'cancelled') = (cancelled_by is not null)),
  add check ((state in ('declined', 'enrolled', 'cancelled')) = (closed_at is not null));

alter table token_request_accounts
  drop column enrolled_at,
  -- What protected root when the request was made.
  add column mfa_then text not null default 'unknown',
  -- Null: the account still needs the request.
  add column settled text check (settled in ('enrolled', 'not-needed')),
  add column settled_at timestamptz,
  add check ((settled is null) = (settled_at is null)),
  add check (settled is null or closed_at is not null);

alter table exemptions
  drop column channel,
  drop column message_ts,
  add check (num_nulls(decided_by, decided_at) in (0, 2)),
  add check ((state in ('asked', 'withdrawn')) = (decided_by is null)),
  add check ((state in ('withdrawn', 'revoked')) = (closed_by is not null)),
  add check ((state in ('withdrawn', 'revoked', 'ended')) = (closed_at is not null));

-- Since when an owner's word is void: root was seen without such a device.
alter table attestations add column void_since timestamptz;

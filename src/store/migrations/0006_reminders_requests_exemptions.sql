-- How often an owner was reminded of an account that falls short, and what they answered.
create table reminders (
  account_id text primary key references accounts (id),
  -- Slack id of the person reminded last; another owner starts anew.
  owner text,
  unmet_since timestamptz not null,
  times_sent integer not null default 0,
  last_sent_at timestamptz,
  snoozed_until timestamptz,
  snoozes integer not null default 0,
  escalated_at timestamptz,
  disowned_by text,
  disowned_at timestamptz,
  disowned_reason text,
  -- The letter in which the owner was told, to turn it into a thank-you.
  letter_key text
);
create index reminders_owner on reminders (owner);

-- Hardware keys on their way.
create table token_requests (
  id text primary key,
  state text not null
    check (state in ('requested', 'approved', 'declined', 'shipped', 'received', 'enrolled', 'cancelled')),
  requested_by text not null,
  requested_at timestamptz not null,
  kind text not null,
  quantity integer not null check (quantity > 0),
  office text,
  note text,
  decided_by text,
  decided_at timestamptz,
  reason text,
  shipped_by text,
  shipped_at timestamptz,
  shipping_note text,
  serial text,
  received_at timestamptz,
  closed_at timestamptz,
  -- When somebody was last asked to go on, how often, and when it was escalated.
  chased_at timestamptz,
  chases integer not null default 0,
  escalated_at timestamptz,
  -- The message in the tokens channel that shows the request.
  channel text,
  message_ts text
);
create index token_requests_state on token_requests (state);
create index token_requests_by on token_requests (requested_by);

create table token_request_accounts (
  request_id text not null references token_requests (id),
  account_id text not null references accounts (id),
  -- Null while the request is open for this account.
  closed_at timestamptz,
  enrolled_at timestamptz,
  primary key (request_id, account_id)
);
create unique index token_request_accounts_open on token_request_accounts (account_id) where closed_at is null;

-- Leave to fall short for a time.
create table exemptions (
  id text primary key,
  account_id text not null references accounts (id),
  state text not null check (state in ('asked', 'granted', 'declined', 'revoked', 'ended', 'withdrawn')),
  asked_by text not null,
  asked_at timestamptz not null,
  reason text not null,
  compensating_control text,
  ends_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  decision_note text,
  closed_by text,
  closed_at timestamptz,
  -- When the owner was told that the end is near.
  end_announced_at timestamptz,
  channel text,
  message_ts text,
  -- A second person decides.
  check (decided_by <> asked_by)
);
create index exemptions_account on exemptions (account_id);
create unique index exemptions_open on exemptions (account_id) where state in ('asked', 'granted');

-- What an owner says of a device that AWS cannot tell apart: a hardware key, or a passkey on a phone.
create table attestations (
  id bigint generated always as identity primary key,
  account_id text not null references accounts (id),
  said_by text not null,
  kind text not null check (kind in ('hardware', 'passkey')),
  make_model text,
  said_at timestamptz not null,
  expires_at timestamptz not null
);
create index attestations_account on attestations (account_id, said_at);

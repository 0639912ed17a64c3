-- Use of root that someone announced before it happened.
create table announced_root_uses (
  id text primary key,
  account_id text not null references accounts (id),
  announced_by text not null,
  announced_at timestamptz not null,
  reason text not null,
  ticket text,
  ends_at timestamptz not null,
  ended_by text,
  ended_at timestamptz,
  check (num_nulls(ended_by, ended_at) in (0, 2))
);
create index announced_root_uses_account on announced_root_uses (account_id, ends_at);

-- Events of one sign-in as root, or of one root session: one conversation.
create table root_incidents (
  id text primary key,
  account_id text not null references accounts (id),
  via text not null check (via in ('root-user', 'root-session')),
  source text,
  first_at timestamptz not null,
  last_at timestamptz not null,
  event_count integer not null check (event_count > 0),
  opened_at timestamptz not null,
  state text not null check (state in ('open', 'explained', 'denied', 'expected')),
  -- Slack ids of the people that were asked.
  asked text[] not null default '{}',
  answered_by text,
  answered_at timestamptz,
  reason text,
  ticket text,
  explanation_id text,
  alerted_at timestamptz,
  -- Something changed that its readers have not been sent yet.
  notify_due boolean not null default true,
  check (num_nulls(answered_by, answered_at) in (0, 2)),
  check ((state in ('explained', 'denied')) = (answered_by is not null)),
  check ((state = 'expected') <= (explanation_id is not null))
);
create index root_incidents_account on root_incidents (account_id, last_at);
create index root_incidents_last on root_incidents (last_at);
create index root_incidents_due on root_incidents (opened_at) where notify_due;
create index root_incidents_open on root_incidents (opened_at) where state = 'open' and alerted_at is null;

-- What CloudTrail recorded. The id is CloudTrail's: the same event is the same row, however often it is delivered.
create table root_events (
  id text primary key,
  incident_id text not null references root_incidents (id) on delete cascade,
  account_id text not null,
  kind text not null,
  name text not null,
  at timestamptz not null,
  received_at timestamptz not null,
  via text not null,
  succeeded boolean not null,
  error_code text,
  source text,
  user_agent text,
  mfa_used boolean,
  device text,
  opened_by text,
  task_policy text,
  region text
);
create index root_events_incident on root_events (incident_id, at);

-- Who heard of an incident, and in which message: one of its own, or that of a storm.
create table root_incident_notices (
  incident_id text not null references root_incidents (id) on delete cascade,
  recipient_kind text not null check (recipient_kind in ('channel', 'person')),
  recipient text not null,
  announced_at timestamptz not null,
  storm_id text,
  primary key (incident_id, recipient)
);
create index root_incident_notices_recipient on root_incident_notices (recipient, announced_at);
create index root_incident_notices_storm on root_incident_notices (storm_id) where storm_id is not null;

-- Messages that became nothing, and why.
create table root_event_rejects (
  id bigint generated always as identity primary key,
  received_at timestamptz not null,
  reason text not null,
  detail text not null,
  account_id text,
  event_id text,
  -- Kept of accounts that are not known: a new account can be used before it is listed.
  body text
);
create index root_event_rejects_received on root_event_rejects (received_at);

-- When an account was heard last: a sign of life, or an event of root.
create table root_event_wires (
  account_id text primary key,
  last_heard_at timestamptz not null,
  last_event_at timestamptz
);

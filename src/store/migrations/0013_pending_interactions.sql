-- Forms and button presses that were acknowledged before they were handled. Deleted when they are.
create table pending_interactions (
  id text primary key,
  payload jsonb not null,
  attempts integer not null,
  received_at timestamptz not null default clock_timestamp(),
  -- By the database's clock. Once it has passed, another instance may handle the interaction.
  lease_until timestamptz not null
);
create index pending_interactions_lease_until on pending_interactions (lease_until);

-- Counts changes to who can read a channel: every instance compares it with what it looked up.
create table channel_changes (
  channel_id text primary key,
  changes integer not null default 1
);

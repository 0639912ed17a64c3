-- How many MFA devices of each kind root has, from the last session that listed them; null: never listed.
alter table verdicts add column root_devices jsonb;

-- The key register: which hardware keys a root user has, who holds them and where they are. An account can have several.
create table registered_keys (
  id text primary key,
  account_id text not null references accounts (id),
  role text not null check (role in ('main', 'spare')),
  kind text not null check (kind in ('security-key', 'totp-token', 'passkey')),
  -- A Slack user id; null: not named.
  holder text,
  -- A label such as "safe 2, Madrid office", never an address.
  place text,
  serial text,
  -- When the battery of a display token ends: a calendar day.
  battery_ends_on text,
  source text not null check (source in ('request', 'attestation', 'person', 'import')),
  request_id text references token_requests (id),
  added_at timestamptz not null,
  confirmed_at timestamptz,
  -- When its holder was last asked to confirm it.
  asked_at timestamptz
);
create index registered_keys_account on registered_keys (account_id);
create index registered_keys_holder on registered_keys (holder);

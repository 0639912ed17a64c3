-- Owners picked in Slack: proposed until the person confirms. It applies while what it replaces is unchanged.
create table owner_assignments (
  account_id text primary key references accounts (id),
  owner text not null,
  -- As lists and files show the owner: an e-mail address in lower case, or the Slack id.
  identifier text not null,
  -- The owner that tags, contact or configuration named at that time; null: none.
  replaces text,
  proposed_by text not null,
  proposed_at timestamptz not null,
  note text,
  confirmed_at timestamptz
);

-- People as Slack described them when we last asked.
create table people (
  slack_id text primary key,
  team_id text,
  -- Lower case.
  email text,
  name text not null,
  time_zone text,
  kind text not null check (kind in ('member', 'guest', 'external', 'bot', 'deactivated')),
  away_until timestamptz,
  read_at timestamptz not null
);
create index people_email on people (email);

-- E-mails that Slack knows nobody by, so that we do not ask again at once.
create table unknown_emails (
  email text primary key,
  asked_at timestamptz not null
);

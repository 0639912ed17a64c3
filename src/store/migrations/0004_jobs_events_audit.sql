-- Who runs which job for which period: one instance, once, whatever crashes.
create table job_runs (
  job text not null,
  period text not null,
  state text not null check (state in ('claimed', 'failed', 'done')),
  claimed_by text not null,
  claimed_at timestamptz not null,
  -- Claimed: from then on somebody else may take over. Failed: from then on it may be tried again.
  lease_until timestamptz not null,
  attempts integer not null,
  finished_at timestamptz,
  error text,
  primary key (job, period)
);
create index job_runs_claimed_at on job_runs (job, claimed_at);

-- Events of Slack that arrived already: it delivers some twice.
create table seen_events (
  id text primary key,
  at timestamptz not null
);
create index seen_events_at on seen_events (at);

-- Who decided what about which account. Nothing here is ever changed or taken away.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  kind text not null,
  -- No foreign key: the log outlives whatever it speaks of.
  account_id text,
  before jsonb,
  after jsonb,
  detail jsonb
);
create index audit_log_account on audit_log (account_id, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % is refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_log_is_append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_change();

-- Stretches of time in which an account could not be read, for proof over a period. `until` is null while it lasts.
create table observation_gaps (
  account_id text not null references accounts (id),
  since timestamptz not null,
  until timestamptz,
  errors jsonb not null,
  primary key (account_id, since),
  check (until > since)
);
create unique index observation_gaps_open on observation_gaps (account_id) where until is null;

insert into observation_gaps (account_id, since, errors)
select account_id, unread_since, unread_errors from verdicts where unread_since is not null;

-- Makes pseudonyms in redacted evidence packs the same in every pack of this database, and of no other.
create table redaction_salt (
  only_row boolean primary key default true check (only_row),
  salt text not null default gen_random_uuid()::text
);
insert into redaction_salt default values;

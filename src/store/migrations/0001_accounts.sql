-- The accounts of the company, and what the directory knows of them. A vanished account is closed, never deleted.
create table accounts (
  id text primary key check (id ~ '^[0-9]{12}$'),
  name text not null,
  partition text not null,
  -- What Organizations says; null where there is no organization to ask.
  state text,
  management_account boolean not null,
  -- Null: not read yet. The contact is null, too, where none is set.
  org_unit text,
  tags jsonb,
  security_contact text,
  directory_read_at timestamptz,
  first_seen_at timestamptz not null,
  closed_at timestamptz
);

-- One row, counted up by every transaction that changes what a list of accounts shows: readers that keep the whole
-- company in memory ask for this number instead of for the company.
create table revision (
  only_row boolean primary key default true check (only_row),
  number bigint not null
);
insert into revision (number) values (1);

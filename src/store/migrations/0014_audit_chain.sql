-- A hash chain over the audit log: each link holds the hash of the one before, so that a row that someone with
-- database rights changed or removed shows. Links are in the order of commits.
create table audit_chain (
  position bigint primary key check (position > 0),
  -- No foreign key: a link outlives an entry that was removed.
  audit_id bigint not null unique,
  -- What was hashed: the entry as a JSON array of id, time, actor, kind, account and detail.
  line text not null,
  previous_hash text not null,
  hash text not null
);

create function audit_entry_json(entry audit_log) returns jsonb language sql stable as $$
  select jsonb_build_array(
    entry.id, to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    entry.actor, entry.kind, entry.account_id, entry.detail)
$$;

create function audit_hash(previous_hash text, line text) returns text language sql immutable as $$
  select encode(sha256(convert_to(previous_hash || line, 'UTF8')), 'hex')
$$;

-- Runs at the commit, so that the lock is held only for a moment and always after all others.
create function append_to_audit_chain() returns trigger language plpgsql as $$
declare
  last record;
  new_line text := audit_entry_json(new)::text;
begin
  perform pg_advisory_xact_lock(hashtext('audit_chain'));
  -- A restored backup brings its own links.
  if exists (select from audit_chain where audit_id = new.id) then return null; end if;
  select position, hash into last from audit_chain order by position desc limit 1;
  insert into audit_chain (position, audit_id, line, previous_hash, hash)
  values (coalesce(last.position, 0) + 1, new.id, new_line, coalesce(last.hash, repeat('0', 64)),
          audit_hash(coalesce(last.hash, repeat('0', 64)), new_line));
  return null;
end
$$;

do $$
declare
  entry audit_log;
  place bigint := 0;
  previous text := repeat('0', 64);
begin
  for entry in select * from audit_log order by id loop
    place := place + 1;
    insert into audit_chain (position, audit_id, line, previous_hash, hash)
    values (place, entry.id, audit_entry_json(entry)::text, previous,
            audit_hash(previous, audit_entry_json(entry)::text))
    returning hash into previous;
  end loop;
end
$$;

create constraint trigger audit_log_is_chained after insert on audit_log
  deferrable initially deferred for each row execute function append_to_audit_chain();

create trigger audit_chain_is_append_only before update or delete or truncate on audit_chain
  for each statement execute function refuse_change();

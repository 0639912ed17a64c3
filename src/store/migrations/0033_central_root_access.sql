-- Whether the organization managed root credentials centrally, as each scan saw it; null: scans of former versions.
alter table scans add column central_root_access text
  check (central_root_access in ('enabled', 'disabled', 'unknown', 'not_applicable'));

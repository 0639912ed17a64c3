-- How often a person who was picked as an owner was asked again, and when last.
alter table owner_assignments
  add column asked_again integer not null default 0,
  add column asked_again_at timestamptz;

-- How many keys of each kind an office has left: as counted in the configuration, less what was shipped since.
create table token_stock (
  place text not null,
  kind text not null,
  counted integer not null,
  remaining integer not null,
  primary key (place, kind)
);
-- When a parcel should arrive: a calendar day.
alter table token_requests add column expected_on text;

-- The e-mail address of the root user, as the organization lists it; null where it does not.
alter table accounts add column root_email text;

-- When root was last used, as the last credential report said; null: none was read.
alter table verdicts add column root_last_use jsonb;

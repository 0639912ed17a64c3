-- When the first of two keys was seen on root of an account that was promised two.
alter table token_request_accounts add column first_key_at timestamptz;

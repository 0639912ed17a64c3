-- Who requested keys and has left the company since, and when the accounts' present owner took the request over.
alter table token_requests add column handed_over_from text;
alter table token_requests add column handed_over_at timestamptz;

-- The accounts without a reachable owner that the digest of a week counted; null: not kept then.
alter table weekly_figures add column without_owner jsonb;

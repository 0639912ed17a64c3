-- The ticket of a token request in another system of the company.
alter table token_requests add column ticket text;

-- Who said that the keys have come: the requester, or a system of the company. Older rows: the requester.
alter table token_requests add column received_by text;

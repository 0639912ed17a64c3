-- Why an alert about this use of root is still owed to the admins: Slack could not name them.
alter table root_incidents add column alert_owed_to_admins text check (alert_owed_to_admins in ('denied', 'unanswered'));
create index root_incidents_alert_owed on root_incidents (opened_at) where alert_owed_to_admins is not null;

-- When an owner was first reminded, and how often and since when others were asked to help.
alter table reminders
  add column first_sent_at timestamptz,
  add column escalations integer not null default 0,
  add column first_escalated_at timestamptz;
update reminders
   set first_sent_at = last_sent_at, escalations = case when escalated_at is null then 0 else 1 end,
       first_escalated_at = escalated_at;

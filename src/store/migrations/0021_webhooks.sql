-- A notification can go to a webhook of the configuration: `recipient` is its name there.
alter table outbox drop constraint outbox_recipient_kind_check;
alter table outbox add constraint outbox_recipient_kind_check
  check (recipient_kind in ('channel', 'person', 'webhook'));

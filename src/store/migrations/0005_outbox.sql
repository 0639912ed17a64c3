-- Letters: what the bot says unasked, written in the transaction that decided it, delivered by the postman.
create table outbox (
  id bigint generated always as identity primary key,
  -- The same key is the same letter, however often it is written.
  key text not null unique,
  kind text not null,
  recipient_kind text not null check (recipient_kind in ('channel', 'person')),
  recipient text not null,
  -- The key of the letter whose thread this one belongs to.
  thread_key text,
  -- The accounts it speaks of, to find it again when one of them changes.
  about text[] not null default '{}',
  payload jsonb not null,
  -- How often it was written, and which writing the reader sees: a letter may be rewritten after it was sent.
  revision integer not null default 1,
  rendered_revision integer not null default 0,
  state text not null check (state in ('waiting', 'sending', 'sent', 'uncertain', 'dead', 'withdrawn')),
  attempts integer not null default 0,
  -- When the postman has something to do: first attempt, next attempt, end of a lease, an edit. Null: nothing.
  due_at timestamptz,
  claimed_by text,
  sent_channel text,
  sent_ts text,
  last_error text,
  created_at timestamptz not null,
  sent_at timestamptz,
  check ((sent_channel is null) = (sent_ts is null))
);
create index outbox_due on outbox (due_at, id) where due_at is not null;
create index outbox_about on outbox using gin (about);
create index outbox_dead on outbox (id) where state = 'dead';
-- At most one letter on its way to each recipient, so that they arrive in order.
create unique index outbox_in_flight on outbox (recipient) where state = 'sending';

-- When the user's client said that it has the notification; one that has not is sent again.
alter table inbox_notification add column delivered_at timestamptz;

create index inbox_waiting on inbox_notification (tenant, user_id, created_at, id)
  where delivered_at is null and read_at is null;

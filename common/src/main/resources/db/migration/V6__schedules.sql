-- What makes a task each time it fires.
create table schedule (
  -- The ids of its tasks are made of this and not of the name, which may be given anew.
  id            uuid        primary key,
  tenant        text        not null,
  name          text        collate "C" not null,
  -- When: one of cron, every_ms and fire_at.
  cron          text,
  zone          text,
  -- Counted from created_at.
  every_ms      bigint      check (every_ms >= 1000),
  fire_at       timestamptz,
  catch_up      text        not null check (catch_up in ('skip', 'once', 'all')),
  enabled       boolean     not null,
  -- The task; without an ordering_key each has its own.
  type          text        not null,
  priority      text        not null,
  ordering_key  text,
  payload       json        not null,
  max_attempts  integer,
  timeout_ms    bigint,
  expires_at    timestamptz,
  tags          text,
  callback_url  text,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  -- Null if it is disabled, or will not fire any more.
  next_fire_at  timestamptz,
  last_fired_at timestamptz,
  last_task_id  uuid,
  unique (tenant, name),
  check (num_nonnulls(cron, every_ms, fire_at) = 1),
  check ((cron is null) = (zone is null)),
  check (enabled or next_fire_at is null)
);

create index schedule_due on schedule (next_fire_at) where next_fire_at is not null;

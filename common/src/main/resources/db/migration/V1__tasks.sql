-- A task that has been attempted, scheduled or ended. What only waits in a queue is in Kafka.
create table task (
  id               uuid primary key,
  tenant           text        not null,
  type             text        not null,
  priority         text        not null,
  ordering_key     text        not null,
  state            text        not null check (state in ('scheduled', 'queued', 'running', 'succeeded',
                                 'retrying', 'deferred', 'dead', 'cancelled', 'expired')),
  -- Attempts spent.
  attempt          integer     not null,
  -- How often the task has been put on a topic; a record with a lower number is a duplicate.
  delivery         integer     not null,
  max_attempts     integer,
  timeout_ms       bigint,
  -- json and not jsonb: a retry publishes the bytes that came in.
  payload          json,
  payload_hash     bytea       not null,
  result           json,
  error_code       text,
  error_class      text,
  error_detail     text,
  run_at           timestamptz,
  due_at           timestamptz,
  expires_at       timestamptz,
  traceparent      text,
  source_topic     text        not null,
  source_partition integer     not null,
  source_offset    bigint      not null,
  worker           text        not null,
  created_at       timestamptz not null,
  first_failed_at  timestamptz,
  started_at       timestamptz,
  finished_at      timestamptz,
  redrive_count    integer     not null default 0
);

create index task_due on task (due_at) where due_at is not null;
create index task_dead on task (type, finished_at) where state = 'dead';

-- The timeline: attempts that failed. The last attempt of a task that succeeded is in its row.
create table task_attempt (
  task_id      uuid        not null,
  delivery     integer     not null,
  attempt      integer     not null,
  outcome      text        not null,
  error_class  text        not null,
  error_detail text        not null,
  worker       text        not null,
  started_at   timestamptz,
  finished_at  timestamptz not null,
  primary key (task_id, delivery)
);

create table analytics_event (
  id         uuid primary key,
  tenant     text        not null,
  name       text        not null,
  user_id    text,
  value      numeric,
  properties json,
  at         timestamptz not null
);

create index analytics_event_name_at on analytics_event (tenant, name, at);

create table analytics_rollup (
  tenant    text        not null,
  name      text        not null,
  minute    timestamptz not null,
  count     bigint      not null,
  sum       numeric     not null,
  min       numeric,
  max       numeric,
  primary key (tenant, name, minute)
);

create table api_key (
  id         uuid primary key,
  tenant     text        not null,
  name       text        not null,
  -- SHA-256 of the key; the key itself is shown once and not kept.
  hash       bytea       not null unique,
  scopes     text[]      not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz
);

-- Follow-up tasks and those of a batch; order that is kept through retries.
alter table task
  add column batch_id uuid,
  -- Only under "ordering: strict": the place of the task among those of its key.
  add column key_position bigint,
  -- A follow-up task has not been a record yet.
  alter column source_topic drop not null,
  alter column source_partition drop not null,
  alter column source_offset drop not null;

create index task_batch on task (batch_id) where batch_id is not null;
create index task_behind on task (type, priority, tenant, ordering_key, key_position)
  where key_position is not null and state not in ('succeeded', 'dead', 'cancelled', 'expired');
-- In the order in which a relay takes them: many tasks are due at the same full hour, and the
-- backlog of a type whose topic takes nothing must not be walked through again and again.
drop index task_due;
create index task_due on task (type, due_at, created_at) where due_at is not null;
create index task_cancelled on task (finished_at) where state = 'cancelled';

-- In the order in which a redrive takes them.
create index task_dead_at on task (finished_at, id) where state = 'dead';

-- An operator may act on a task after the same delivery that failed.
alter table task_attempt
  drop constraint task_attempt_pkey,
  add primary key (task_id, delivery, outcome);

-- How many tasks of a batch have ended, and how. The first to end makes the row, or the gateway does.
create table batch (
  id          uuid primary key,
  tenant      text        not null,
  -- How many there are; null until all have been accepted.
  total       integer,
  succeeded   integer     not null default 0,
  dead        integer     not null default 0,
  cancelled   integer     not null default 0,
  expired     integer     not null default 0,
  created_at  timestamptz not null default now(),
  finished_at timestamptz
);

-- Records that may have taken a worker down: how often an attempt at one began and none ended.
create table crash_suspect (
  topic         text        not null,
  partition     integer     not null,
  record_offset bigint      not null,
  started       integer     not null,
  started_at    timestamptz not null default now(),
  primary key (topic, partition, record_offset)
);

-- What operators change while the fleet runs. A null leaves the configured value.
create table queue_control (
  type           text        not null,
  -- 'type', 'tenant:<tenant>' or 'key:<prefix of ordering keys>'
  scope          text        not null check (scope = 'type' or scope like 'tenant:_%' or scope like 'key:_%'),
  paused         boolean     not null default false,
  -- Attempts at once in each worker; of a type only.
  concurrency    integer     check (concurrency > 0),
  -- Attempts at once in the whole fleet.
  max_concurrent integer     check (max_concurrent > 0),
  -- The share of free permits; of a tenant only.
  weight         integer     check (weight > 0),
  updated_at     timestamptz not null default now(),
  updated_by     text        not null,
  primary key (type, scope)
);

create table dependency_control (
  name           text        primary key,
  forced         text        check (forced in ('open', 'closed')),
  max_concurrent integer     check (max_concurrent > 0),
  per_second     integer     check (per_second > 0),
  updated_at     timestamptz not null default now(),
  updated_by     text        not null
);

-- A request to put dead tasks back on their topics, and how far it has come.
create table redrive (
  id           uuid        primary key,
  -- Which dead tasks; null means any.
  tenant       text,
  type         text,
  error_code   text,
  error_class  text,
  task_ids     uuid[],
  died_from    timestamptz,
  died_until   timestamptz,
  per_second   integer     not null check (per_second > 0),
  state        text        not null default 'running' check (state in ('running', 'done', 'cancelled')),
  moved        bigint      not null default 0,
  refused      bigint      not null default 0,
  -- The last dead task looked at; what died before it is not looked at again.
  reached_at   timestamptz not null default '-infinity',
  reached_id   uuid        not null default '00000000-0000-0000-0000-000000000000',
  -- Not before this time, so that the whole fleet keeps to per_second.
  continue_at  timestamptz not null default now(),
  requested_by text        not null,
  created_at   timestamptz not null default now(),
  finished_at  timestamptz
);

create index redrive_running on redrive (continue_at) where state = 'running';

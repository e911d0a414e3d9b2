-- Task types that are not built in, as the workers that run them have told when they started.

create table task_type (
  name text primary key,
  payload_schema json not null,
  settings json not null,
  worker text not null,
  registered_at timestamptz not null
);

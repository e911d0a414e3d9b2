-- Whom notifications can be addressed to. The tenant is part of every key, so that no id reaches
-- across tenants.
create table app_user (
  tenant       text        not null,
  id           uuid        not null,
  email        text        not null,
  status       text        not null check (status in ('active', 'inactive', 'suspended')),
  -- SHA-256 of the request, if it had an idempotency key: tells a replay from another request.
  request_hash bytea,
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (tenant, id)
);

create unique index app_user_email on app_user (tenant, lower(email));
create index app_user_newest on app_user (tenant, created_at desc, id desc);
create index app_user_newest_of_status on app_user (tenant, status, created_at desc, id desc);

create table user_profile (
  tenant  text not null,
  user_id uuid not null,
  name    text not null,
  -- BCP 47.
  locale  text,
  -- IANA.
  zone    text,
  primary key (tenant, user_id),
  foreign key (tenant, user_id) references app_user (tenant, id) on delete cascade
);

create table user_permission (
  tenant     text not null,
  user_id    uuid not null,
  permission text not null,
  primary key (tenant, user_id, permission),
  foreign key (tenant, user_id) references app_user (tenant, id) on delete cascade
);

create table user_preference (
  tenant     text   not null,
  user_id    uuid   not null,
  -- In the order in which they are tried; none means silence.
  channels   text[] not null check (channels <@ array ['webhook', 'in_app', 'email']),
  -- From this time of day until that one; over midnight if it is the earlier one.
  quiet_from time,
  quiet_to   time,
  -- Null: that of the profile, else UTC.
  quiet_zone text,
  -- Null: that of the profile.
  locale     text,
  primary key (tenant, user_id),
  foreign key (tenant, user_id) references app_user (tenant, id) on delete cascade,
  check ((quiet_from is null) = (quiet_to is null))
);

create table inbox_notification (
  tenant     text        not null,
  id         uuid        not null,
  user_id    uuid        not null,
  title      text,
  message    text        not null,
  data       json,
  created_at timestamptz not null,
  read_at    timestamptz,
  primary key (tenant, id),
  foreign key (tenant, user_id) references app_user (tenant, id) on delete cascade
);

create index inbox_newest on inbox_notification (tenant, user_id, created_at desc, id desc);
create index inbox_unread on inbox_notification (tenant, user_id, created_at desc, id desc)
  where read_at is null;

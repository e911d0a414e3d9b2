-- Where a tenant's webhooks go.
create table webhook_endpoint (
  tenant           text        not null,
  id               uuid        not null,
  url              text        not null,
  description      text,
  -- Notifications for this user go here too.
  user_id          uuid,
  created_at       timestamptz not null,
  updated_at       timestamptz not null,
  -- Since when no call has succeeded; null after one that has.
  failing_since    timestamptz,
  last_failure     text,
  disabled_at      timestamptz,
  disabled_because text check (disabled_because in ('gone', 'failing', 'owner')),
  primary key (tenant, id),
  foreign key (tenant, user_id) references app_user (tenant, id) on delete cascade,
  check ((disabled_at is null) = (disabled_because is null))
);

create index webhook_endpoint_of_user on webhook_endpoint (tenant, user_id)
  where user_id is not null;

-- What its calls are signed with. The secrets are sealed with a key that is not in this database.
create table webhook_signing_key (
  tenant      text        not null,
  endpoint_id uuid        not null,
  id          uuid        not null,
  sealed      bytea       not null,
  -- The id of the key that opens it.
  sealed_with text        not null,
  created_at  timestamptz not null,
  -- Null: the newest. The others sign along until then.
  expires_at  timestamptz,
  primary key (tenant, endpoint_id, id),
  foreign key (tenant, endpoint_id) references webhook_endpoint (tenant, id) on delete cascade
);

-- Which task was let through last for a deduplication key.
create table notification_claim (
  tenant  text        not null,
  key     text        collate "C" not null,
  task_id uuid        not null,
  -- Until then others with the key are suppressed.
  until   timestamptz not null,
  primary key (tenant, key)
);

create index notification_claim_until on notification_claim (until);

-- Notifications that are delivered to a user as one. The id is that of the task that delivers it.
create table notification_digest (
  tenant    text        not null,
  id        uuid        not null,
  user_id   uuid        not null,
  key       text        collate "C" not null,
  due_at    timestamptz not null,
  -- Null while it takes more.
  closed_at timestamptz,
  primary key (tenant, id),
  foreign key (tenant, user_id) references app_user (tenant, id) on delete cascade
);

create unique index notification_digest_open on notification_digest (tenant, user_id, key)
  where closed_at is null;
create index notification_digest_closed on notification_digest (closed_at)
  where closed_at is not null;

create table notification_digest_item (
  tenant    text        not null,
  task_id   uuid        not null,
  digest_id uuid        not null,
  title     text,
  message   text        not null,
  data      json,
  added_at  timestamptz not null,
  primary key (tenant, task_id),
  foreign key (tenant, digest_id) references notification_digest (tenant, id) on delete cascade
);

create index notification_digest_items on notification_digest_item
  (tenant, digest_id, added_at, task_id);

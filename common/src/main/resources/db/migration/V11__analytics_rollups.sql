-- The events that one transaction stored and that are not in the rollups yet. A number begins with
-- the time of its transaction in milliseconds, so that they are in order of age.
create sequence analytics_batch minvalue 0 maxvalue 999999 cycle;

create table analytics_pending (
  batch  bigint  primary key
                 default (extract(epoch from now()) * 1000)::bigint * 1000000 + nextval('analytics_batch'),
  events integer not null
);

-- Null in events of workers before this version, until a newer worker gives them one.
alter table analytics_event add column batch bigint;
create index analytics_event_batch on analytics_event (batch);
-- Nothing asks for events by name: that is what rollups are for.
drop index analytics_event_name_at;

create table analytics_bucket (
  tenant    text        not null,
  name      text        not null,
  step      text        not null check (step in ('1m', '1h', '1d')),
  -- Empty: of all events.
  property  text        not null,
  start     timestamptz not null,
  -- Of the property; empty: of all events that have it, and then without sketches.
  value     text        not null,
  count     bigint      not null,
  sum       numeric     not null,
  min       numeric,
  max       numeric,
  quantiles bytea,
  users     bytea,
  primary key (tenant, name, step, property, start, value)
) with (fillfactor = 80);

-- Sketches do not compress.
alter table analytics_bucket
  alter column quantiles set storage external,
  alter column users set storage external;

create index analytics_bucket_age on analytics_bucket (step, start);

-- What older than this has been deleted, or is to be. Whoever adds to buckets locks the rows of the
-- steps, whoever deletes the row of what it deletes.
create table analytics_kept (
  what  text        primary key check (what in ('event', '1m', '1h', '1d')),
  since timestamptz not null default 'epoch'
);

insert into analytics_kept (what) values ('event'), ('1m'), ('1h'), ('1d');

comment on table analytics_rollup is 'Written by workers before V11 and read by none; to be dropped.';
